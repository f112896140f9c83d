/**
 * `npm start`: delays by airport and day over three million real flights, on all cores, with exactly-once checkpoints each second.
 *
 *     npm start
 *     npm start -- --rows-per-second 100000    slow enough to kill it; start it again the same way and it goes on
 *     npm start -- --parallelism 1 --host inline
 */
import { parseArgs } from 'node:util';
import { runJob } from '../src/cli/run-command.ts';
import { FLIGHTS_FILE, JOB_FILE, requireFlights, workDirectory } from './flights-input.ts';
import { worstAirports } from './worst-airports.ts';

const { values } = parseArgs({
  options: {
    'rows-per-second': { type: 'string' },
    parallelism: { type: 'string' },
    host: { type: 'string' },
  },
});

const output = workDirectory('flights/output');
const rowsPerSecond = values['rows-per-second'];
const again = `npm start -- --rows-per-second ${rowsPerSecond ?? '100000'}`;

function whatToTryNext(): readonly string[] {
  return [
    '',
    worstAirports(output),
    '',
    'What to try next:',
    `  ${again}`,
    '      slow enough to end it in the middle: press Ctrl-C, or kill -9 its process, and type the same again: it goes on from its',
    '      last checkpoint, and the result is the same',
    '  npm run demo:crash',
    '      does that five times by itself and compares the output with that of an undisturbed run',
    '  examples/flight-delays.ts',
    '      is the job; README.md has a ten-minute path from there',
  ];
}

requireFlights();
process.exitCode = await runJob(
  JOB_FILE,
  {
    existingOutput: 'overwrite',
    parameters: {
      input: FLIGHTS_FILE,
      output,
      ...(rowsPerSecond === undefined ? {} : { 'rows-per-second': rowsPerSecond }),
    },
    configuration: { 'execution.checkpointing.dir': workDirectory('flights/checkpoints') },
    ...(values.parallelism === undefined ? {} : { parallelism: Number(values.parallelism) }),
    ...(values.host === 'inline' ? { host: 'inline' } : {}),
  },
  {
    title: 'Delays by airport and day, over 3,000,000 flights',
    resumeCommand: again,
    afterwards: ({ outcome }) => {
      if (outcome === 'FINISHED') console.log(whatToTryNext().join('\n'));
    },
  },
);
