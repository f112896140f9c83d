/** Places for checkpoints and output in which nobody can make a folder. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf, scratchFolder } from '../../support/run-job.ts';

/** Below /proc, mkdir says that something is missing whatever is there; where there is no /proc, nobody may make it. */
const NOWHERE = '/proc/millrace/here';

describe('a place that takes no folders', () => {
  it('is CHECKPOINT_STORAGE_FAILED for checkpoints', async () => {
    const configuration = { 'execution.checkpointing.dir': NOWHERE };
    const error = await failureOf('resumable', { host: 'inline', configuration });
    expect(error).toMatchObject({ code: 'CHECKPOINT_STORAGE_FAILED', context: { jobName: 'resumable' } });
    expect(error.message).toContain(`Opening '${NOWHERE}/`);
    expect(error.hint).toContain('rights');
  });

  it('is OUTPUT_FAILED for output', async () => {
    const folder = scratchFolder();
    const parameters = { output: join(NOWHERE, 'output') };
    const error = await failureOf('resumable', { host: 'inline', folder, parameters });
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', context: { jobName: 'resumable' } });
    expect(error.message).toContain(NOWHERE);
  });
});
