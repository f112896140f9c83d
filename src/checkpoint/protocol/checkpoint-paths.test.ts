import { describe, expect, it } from 'vitest';
import { checkpointId, jobId } from '../../base/ids.ts';
import {
  CheckpointPaths,
  dataFilePath,
  joinPath,
  lastName,
  parentPath,
  parseCheckpointDirectory,
  parseDataFileName,
  parseLockName,
  parsePointerName,
  pointerName,
} from './checkpoint-paths.ts';

describe('names in a checkpoint directory', () => {
  it('are those of Flink where Flink has one', () => {
    const paths = CheckpointPaths.of('/c', jobId('0123456789abcdef0123456789abcdef'));
    expect(paths.metadata(checkpointId(7))).toBe('/c/0123456789abcdef0123456789abcdef/chk-7/_metadata');
    expect(paths.shared).toBe('/c/0123456789abcdef0123456789abcdef/shared');
  });

  it('of data files say whose they are', () => {
    const owner = { checkpointId: checkpointId(7), fencingEpoch: 3, attemptNumber: 12, slotIndex: 0 };
    expect(dataFilePath(owner, 'shared')).toBe('shared/chk-7.epoch-3.attempt-12.slot-0');
    expect(dataFilePath(owner, 'exclusive')).toBe('chk-7/chk-7.epoch-3.attempt-12.slot-0');
    expect(parseDataFileName('chk-7.epoch-3.attempt-12.slot-0')).toEqual({ ...owner, isTemporary: false });
    expect(parseDataFileName('chk-7.epoch-3.attempt-12.slot-0.tmp')).toEqual({ ...owner, isTemporary: true });
    for (const other of [
      'chk-0.epoch-3.attempt-1.slot-0',
      'chk-7.epoch-3',
      '_metadata',
      'chk-7.epoch-3.attempt-1.slot-0.x',
    ]) {
      expect(parseDataFileName(other)).toBeUndefined();
    }
  });

  it('of checkpoints, pointer entries and locks are read strictly', () => {
    expect(parseCheckpointDirectory('chk-41')).toBe(41);
    for (const other of ['chk-0', 'chk-01', 'chk-', 'chk-1x', 'chk-99999999999999999']) {
      expect(parseCheckpointDirectory(other)).toBeUndefined();
    }
    expect(parsePointerName(pointerName(12))).toBe(12);
    expect(pointerName(12)).toBe('00000000000000000012');
    for (const other of ['12', '.00000000000000000012.tmp', '99999999999999999999']) {
      expect(parsePointerName(other)).toBeUndefined();
    }
    expect(parseLockName('lock-2')).toBe(2);
    expect(parseLockName('lock-0')).toBeUndefined();
  });

  it('are taken apart and put together', () => {
    expect([parentPath('/a/b'), parentPath('/a'), parentPath('a')]).toEqual(['/a', '/', '.']);
    expect([lastName('/a/b'), lastName('b')]).toEqual(['b', 'b']);
    expect([joinPath('/', 'a'), joinPath('/a', 'b')]).toEqual(['/a', '/a/b']);
  });
});
