import { expect, it } from 'vitest';
import { checkpointMetadata, operatorMetadata } from '../../../test/support/checkpoint-fixture.ts';
import { StreamGraphFixture } from '../../../test/support/stream-graph-fixture.ts';
import { buildJobGraph } from '../../graph/build-job-graph.ts';
import { operatorIdOfUid } from '../../graph/operator-id.ts';
import { movedSinks } from './moved-sinks.ts';

const fixture = new StreamGraphFixture();
fixture.sink('results', [fixture.source('in')], { uid: 'results' });
const jobGraph = buildJobGraph(fixture.graph(), { parallelism: 1, maxParallelism: undefined });

it('names sinks with another target than in the checkpoint', () => {
  const metadata = (identity: readonly string[], guarantee: 'exactly-once' | 'at-least-once' = 'exactly-once') =>
    checkpointMetadata({
      operators: [
        operatorMetadata({ operatorId: operatorIdOfUid('results'), sink: { kind: 'files', guarantee, identity } }),
      ],
    });
  expect(movedSinks(jobGraph, metadata(['/old']))).toEqual([
    "Sink 'results' wrote to '/old' and now writes to '': output of the checkpoint is looked for there",
  ]);
  expect(movedSinks(jobGraph, metadata([]))).toEqual([]);
  expect(movedSinks(jobGraph, metadata(['/old'], 'at-least-once'))).toEqual([]);
  expect(movedSinks(jobGraph, undefined)).toEqual([]);
});
