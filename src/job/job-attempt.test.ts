import { expect, test } from 'vitest';
import { JobMasterFixture } from '../../test/support/job-master-fixture.ts';

test('a slot that is ready before the others may register its reader, which gets its answer', async () => {
  const job = new JobMasterFixture();
  job.source.onCreate = (enumerator) => {
    enumerator.onReader = (subtaskIndex) => enumerator.context.signalNoMoreSplits(subtaskIndex);
  };
  job.host.onDeploying = (attempt) => {
    const [first] = attempt.subtasksOf('orders');
    if (first !== undefined) attempt.listener.readerEvent(first, first.vertexId, { kind: 'register' });
  };
  job.master.start();
  await job.world.settle();
  expect(job.attempt.calls).toContain('no-more-splits orders#0');
  expect(job.master.status().restarts).toBe(0);
});
