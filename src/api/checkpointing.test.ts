import { expect, test } from 'vitest';
import { checkpointingConfiguration } from './checkpointing.ts';

test("settings of checkpoints come out under Flink's keys", () => {
  const configuration = checkpointingConfiguration('1 s', {
    mode: 'AT_LEAST_ONCE',
    minPause: '500 ms',
    timeout: '1 min',
    tolerableFailedCheckpoints: 3,
    maxConcurrentCheckpoints: 2,
    incremental: true,
    dir: 'file:///tmp/checkpoints',
  });
  expect(Object.fromEntries(configuration)).toEqual({
    'execution.checkpointing.interval': '1000 ms',
    'execution.checkpointing.mode': 'AT_LEAST_ONCE',
    'execution.checkpointing.min-pause': '500 ms',
    'execution.checkpointing.timeout': '60000 ms',
    'execution.checkpointing.tolerable-failed-checkpoints': '3',
    'execution.checkpointing.max-concurrent-checkpoints': '2',
    'execution.checkpointing.incremental': 'true',
    'execution.checkpointing.dir': 'file:///tmp/checkpoints',
  });
});

test('what the job leaves out is left to command line and configuration', () => {
  expect([...checkpointingConfiguration(1000, {})]).toEqual([['execution.checkpointing.interval', '1000 ms']]);
});

test.each([
  [
    'an interval below 10 ms',
    () => checkpointingConfiguration(9, {}),
    /checkpoint interval failed: '9' is below 10 ms/,
  ],
  ['a timeout below 10 ms', () => checkpointingConfiguration(10, { timeout: 1 }), /checkpoint timeout failed/],
  [
    'a negative count',
    () => checkpointingConfiguration(10, { tolerableFailedCheckpoints: -1 }),
    /-1 is not an integer/,
  ],
  ['no concurrent checkpoint', () => checkpointingConfiguration(10, { maxConcurrentCheckpoints: 0 }), /at least 1/],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  expect(make).toThrow(message);
});
