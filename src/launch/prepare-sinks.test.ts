import { describe, expect, it } from 'vitest';
import { FakeSink } from '../../test/support/fake-sink.ts';
import { VirtualEnvironment } from '../../test/support/virtual-environment.ts';
import { job } from '../api/job.ts';
import { WatermarkStrategy } from '../api/watermark-strategies.ts';
import { MillraceError } from '../base/errors.ts';
import { jobId } from '../base/ids.ts';
import type { Sink } from '../base/sink.ts';
import { CollectionSource } from '../connectors/collection/collection-source.ts';
import { buildJobGraph } from '../graph/build-job-graph.ts';
import type { JobGraph } from '../graph/job-graph.ts';
import { checkSinks, prepareSinks } from './prepare-sinks.ts';

const TIMEOUT_MS = 5000;
const world = new VirtualEnvironment();
const context = {
  environment: world.environment,
  logger: world.environment.logger,
  jobId: jobId('0123456789abcdef0123456789abcdef'),
  runId: 'run',
  fencingEpoch: 1,
  isNewRun: true,
  existingOutput: 'refuse',
} as const;

type Ask = () => Promise<void>;

/** A job with one sink for each, named 'out 0', 'out 1', ..., whose `check` and `prepare` do this. */
function jobWith(...asks: readonly Ask[]): JobGraph {
  const definition = job('orders', (env) => {
    const numbers = env.fromSource(CollectionSource.of([1]), WatermarkStrategy.noWatermarks(), 'numbers');
    for (const [index, ask] of asks.entries()) {
      const sink: Sink<unknown> = Object.assign(new FakeSink({ name: 'out', log: [] }), { check: ask, prepare: ask });
      numbers.sinkTo(sink).uid(`out-${index}`).name(`out ${index}`);
    }
  });
  const graph = definition.build({ parameters: new Map(), parallelism: 1 });
  return buildJobGraph(graph, { parallelism: 1, maxParallelism: undefined });
}

const fine: Ask = () => Promise.resolve();
const never: Ask = () => new Promise(() => {});
const refuses: Ask = () => Promise.reject(new MillraceError('OUTPUT_NOT_EMPTY', 'The folder is not empty'));

describe.each([
  ['check', checkSinks],
  ['prepare', prepareSinks],
])('%s of the sinks', (_name, ask) => {
  it('succeeds when all do, and leaves no timer behind', async () => {
    await ask(jobWith(fine, fine), context, TIMEOUT_MS);
    expect(world.openTimers).toBe(0);
  });

  it('that does not settle in time is given up, with the sink named', async () => {
    const asked = ask(jobWith(never), context, TIMEOUT_MS).catch((error: unknown) => error);
    await world.advance(TIMEOUT_MS);
    const error = await asked;
    expect(error).toMatchObject({
      code: 'FUNCTION_TIMEOUT',
      context: { operatorName: 'out 0', operatorUid: 'out-0' },
    });
    expect(error).toHaveProperty('message', expect.stringContaining(`it did not settle within ${TIMEOUT_MS} ms`));
  });

  it('goes on to the next sink after one that fails, and tells of all', async () => {
    const asked = ask(jobWith(refuses, fine, never, refuses), context, TIMEOUT_MS).catch((error: unknown) => error);
    await world.advance(TIMEOUT_MS);
    const error = await asked;
    expect(error).toMatchObject({ code: 'OUTPUT_NOT_EMPTY', context: { operatorName: 'out 0' } });
    expect(String(error).match(/The folder is not empty|did not settle/g)).toHaveLength(3);
  });

  it('tells of an error of the sink that is not ours as OUTPUT_FAILED', async () => {
    const breaks: Ask = () => Promise.reject(new RangeError('no room'));
    await expect(ask(jobWith(breaks), context, TIMEOUT_MS)).rejects.toMatchObject({
      code: 'OUTPUT_FAILED',
      message: expect.stringMatching(/sink 'out 0' failed: no room$/),
      cause: { name: 'RangeError' },
    });
  });
});
