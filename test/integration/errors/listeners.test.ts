/** What a listener of events throws is told, and changes nothing for the job. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../../../src/base/environment.ts';
import { run } from '../../../src/index.ts';
import type { JobEvent, RunOptions } from '../../../src/index.ts';
import { RECORDS } from '../../support/resumable.ts';
import { checkpointFolder, jobUrl, outputFolder, outputRows, scratchFolder } from '../../support/run-job.ts';

interface Logged {
  readonly level: string;
  readonly message: string;
  readonly error: unknown;
}

async function runWith(options: Pick<RunOptions, 'onEvent' | 'logger'>): Promise<string> {
  const folder = scratchFolder();
  const { result } = await run(jobUrl('resumable'), {
    host: 'inline',
    parameters: { output: outputFolder(folder) },
    configuration: { 'execution.checkpointing.dir': checkpointFolder(folder) },
    ...options,
  });
  expect((await result).outcome).toBe('FINISHED');
  return folder;
}

function collecting(logged: Logged[]): Logger {
  const logger: Logger = {
    log: (level, message, fields) => void logged.push({ level, message, error: fields?.['error'] }),
    with: () => logger,
  };
  return logger;
}

describe.each<[string, (heard: string[]) => (event: JobEvent) => void]>([
  [
    'throws',
    (heard) => (event) => {
      heard.push(event.kind);
      throw new RangeError(`not ${event.kind}`);
    },
  ],
  [
    'rejects',
    (heard) => async (event) => {
      heard.push(event.kind);
      await Promise.reject(new RangeError(`not ${event.kind}`));
    },
  ],
])('onEvent that %s', (_how, listenerOf) => {
  it('is logged each time, and the job runs to its end', async () => {
    const heard: string[] = [];
    const logged: Logged[] = [];
    const folder = await runWith({ onEvent: listenerOf(heard), logger: collecting(logged) });
    expect(outputRows(folder)).toHaveLength(RECORDS);
    expect(heard).toEqual(expect.arrayContaining(['started', 'checkpoint-completed']));
    expect(logged.filter(({ message }) => message.includes('onEvent'))).toMatchObject(
      heard.map((kind) => ({
        level: 'error',
        message: `onEvent of job 'resumable' failed at event '${kind}': not ${kind}`,
        error: { name: 'RangeError', message: `not ${kind}` },
      })),
    );
  });

  it('is a warning of the process where nobody takes the log', async () => {
    const warning = once(process, 'warning');
    await runWith({ onEvent: listenerOf([]) });
    const [first] = await warning;
    expect(first).toMatchObject({
      name: 'MillraceWarning',
      message: "onEvent of job 'resumable' failed at event 'started': not started",
      detail: expect.stringContaining('listeners.test.ts'),
    });
  });
});
