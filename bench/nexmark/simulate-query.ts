/** A query under the faults that a seed draws, in one thread. Its result counts; its times do not, as most of them is simulation. */
import { simulate } from 'millrace/testing';
import { loadJobModule } from '../../src/launch/load-job-module.ts';
import { parsedResults } from './result-folder.ts';
import type { Measurement, QueryRun } from './measurement.ts';
import type { Query } from './queries.ts';

const RESULT_FOLDER = '/results';

/** @throws SimulationFailure when the engine breaks a promise of its own */
export async function simulateQuery(query: Query, run: QueryRun, seed: number): Promise<Measurement> {
  const { events, parallelism, isVerified } = run;
  const { definition } = await loadJobModule(query.module);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const { output, checkpointCount } = await simulate(
    {
      name: definition.name,
      job: definition,
      parameters: { events: String(events), results: RESULT_FOLDER, verify: String(isVerified) },
      // What a subtask keeps of its keys' rows does not move with them.
      parallelism: [parallelism],
      outputs: [RESULT_FOLDER],
      check: (committed) => void parsedResults(committed.lines(RESULT_FOLDER), parallelism),
    },
    seed,
  );
  const { rows, sum } = parsedResults(output.lines(RESULT_FOLDER), parallelism);
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    rows,
    check: isVerified ? sum : undefined,
    seconds: (performance.now() - startedAt) / 1000,
    cpuSeconds: (user + system) / 1e6,
    checkpoints: { count: checkpointCount, medianMs: 0, longestMs: 0, bytes: 0 },
    restarts: 0,
  };
}
