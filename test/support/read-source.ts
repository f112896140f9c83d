/** Reads a bounded source to its end, as one subtask would. */
import type { Source } from '../../src/base/source.ts';
import { FakeSourceJob } from './fake-source-job.ts';
import type { MemoryEnvironment } from './memory-environment.ts';

/** Rejects with what the source fails with. */
export async function readSource<T>(source: Source<T>, environment: MemoryEnvironment): Promise<readonly T[]> {
  const job = new FakeSourceJob({ source, environment, parallelism: 1 });
  try {
    await job.start();
    await job.runToEnd();
    return job.records;
  } finally {
    await job.close();
  }
}
