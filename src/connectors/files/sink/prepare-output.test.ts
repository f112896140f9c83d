import { beforeEach, describe, expect, it } from 'vitest';
import { JOB_ID, OPERATOR_ID, prepareContext } from '../../../../test/support/fake-sink-task.ts';
import { memoryEnvironment } from '../../../../test/support/memory-environment.ts';
import { FileSink } from './file-sink.ts';
import { finalName, sinkPart, temporaryName } from './output-file-names.ts';

const writer = { fencingEpoch: 1, attemptNumber: 0, subtaskIndex: 0 };
const sinkId = sinkPart(OPERATOR_ID);
const oldOutput = finalName({ prefix: 'part', suffix: '.txt', runId: 'oldrun', sink: sinkId }, writer, 0);
const oldTemporary = temporaryName(JOB_ID, sinkId, writer, 1);

describe('FileSink.prepare', () => {
  let environment = memoryEnvironment();
  const sink = FileSink.text('/data/out');
  const put = async (path: string): Promise<void> => {
    await environment.files.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    const handle = await environment.files.open(path, 'create');
    await handle.close();
  };
  const paths = (): readonly string[] => environment.files.disk.filePaths();

  beforeEach(() => {
    environment = memoryEnvironment();
  });

  it('makes the folder', async () => {
    await sink.prepare(prepareContext(environment));
    expect(await environment.files.stat('/data/out')).toMatchObject({ kind: 'directory' });
  });

  it('refuses output of another run, also in buckets, and names a file of it', async () => {
    await put(`/data/out/bucket/${oldOutput}`);
    await expect(sink.prepare(prepareContext(environment))).rejects.toMatchObject({
      code: 'OUTPUT_NOT_EMPTY',
      message: expect.stringContaining(oldOutput) as string,
    });
  });

  it('keeps output of another run when it is to append', async () => {
    await put(`/data/out/${oldOutput}`);
    await sink.prepare(prepareContext(environment, { existingOutput: 'append' }));
    expect(paths()).toEqual([`/data/out/${oldOutput}`]);
  });

  it('removes output of another run, and nothing else, when it is to overwrite', async () => {
    await put(`/data/out/${oldOutput}`);
    await put(`/data/out/bucket/${oldOutput}`);
    await put('/data/out/readme.md');
    await sink.prepare(prepareContext(environment, { existingOutput: 'overwrite' }));
    expect(paths()).toEqual(['/data/out/readme.md']);
  });

  it('removes temporary files that older processes of the job left, and not those of other jobs or newer ones', async () => {
    const newer = temporaryName(JOB_ID, sinkId, { ...writer, fencingEpoch: 2 }, 1);
    const foreign = oldTemporary.replace('0123', 'ffff');
    for (const name of [oldTemporary, newer, foreign]) await put(`/data/out/${name}`);
    await sink.prepare(prepareContext(environment, { fencingEpoch: 2 }));
    expect(paths()).toEqual([`/data/out/${newer}`, `/data/out/${foreign}`].toSorted());
  });

  it('leaves everything as it is when the run is resumed', async () => {
    await put(`/data/out/${oldOutput}`);
    await put(`/data/out/${oldTemporary}`);
    const before = paths();
    await sink.prepare(prepareContext(environment, { isNewRun: false, existingOutput: 'overwrite', fencingEpoch: 2 }));
    expect(paths()).toEqual(before);
  });

  it('says that the folder cannot be made', async () => {
    await put('/data');
    await expect(sink.prepare(prepareContext(environment))).rejects.toMatchObject({ code: 'OUTPUT_FAILED' });
  });

  it.each([{ size: 0 }, { size: '1 parsec' }, { interval: 0 }, { interval: 'soon' }])(
    'refuses rolling %j',
    (rolling) => {
      expect(() => FileSink.text('/out', { rolling })).toThrow(
        expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }),
      );
    },
  );
});
