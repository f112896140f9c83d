import { describe, expect, it } from 'vitest';
import { memoryEnvironment, SimFiles } from '../../../test/support/memory-environment.ts';
import type { SimFileOperation } from '../../../test/support/memory-environment.ts';
import { checkpointId } from '../../base/ids.ts';
import { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { decodePointerEntry, encodePointerEntry } from './pointer-entry.ts';
import type { PointerEntry, PointerRecord } from './pointer-entry.ts';
import {
  archivableEntries,
  currentRun,
  decideAppend,
  decidePermit,
  prunableEntries,
  TAKEOVERS_KEPT,
} from './pointer-log-state.ts';
import { PointerLog } from './pointer-log.ts';

const environment = memoryEnvironment();
const paths = new CheckpointPaths('/c/job');
const TAKEOVER: PointerRecord = { kind: 'takeover', host: 'here', pid: 7 };

function entry(sequence: number, fencingEpoch: number, record: PointerRecord, runId = 'run-1'): PointerEntry {
  return { sequence, fencingEpoch, runId, writtenAtMs: 5, record };
}

function checkpoint(n: number): PointerRecord {
  return { kind: 'checkpoint', checkpointId: checkpointId(n) };
}

describe('a pointer entry', () => {
  const records: PointerRecord[] = [
    TAKEOVER,
    { kind: 'takeover', host: 'häuschen', pid: 7, restoreFrom: 'chk-5' },
    checkpoint(41),
    { kind: 'finished' },
    { kind: 'canceled' },
  ];

  it.each(records)('comes back as it was written: $kind', (record) => {
    const written = entry(42, 3, record);
    const bytes = encodePointerEntry(written, environment);
    expect(decodePointerEntry(bytes, { ...environment, file: 'f', sequence: 42 })).toEqual(written);
  });

  it('is readable for people', () => {
    const text = new TextDecoder().decode(encodePointerEntry(entry(42, 3, checkpoint(41)), environment));
    expect(text).toMatch(
      /^\{"version":1,"sequence":42,"fencingEpoch":3,.*"kind":"checkpoint","checkpointId":41\}\n[0-9a-f]{8}\n$/,
    );
  });

  it('is refused when a byte changed, when it is cut, and under another name', () => {
    const bytes = encodePointerEntry(entry(42, 3, checkpoint(41)), environment);
    const options = { ...environment, file: '/c/job/pointers/42', sequence: 42 };
    for (let position = 0; position < bytes.length; position++) {
      const damaged = bytes.slice();
      damaged[position] = (damaged[position] ?? 0) ^ 1;
      expect(() => decodePointerEntry(damaged, options)).toThrow(`Reading pointer entry '/c/job/pointers/42' failed`);
      expect(() => decodePointerEntry(bytes.subarray(0, position), options)).toThrow('failed');
    }
    expect(() => decodePointerEntry(bytes, { ...options, sequence: 43 })).toThrow('not those of an entry of this name');
  });
});

describe('what the log means', () => {
  const log = [entry(1, 1, TAKEOVER), entry(2, 1, checkpoint(1)), entry(3, 2, TAKEOVER), entry(4, 2, checkpoint(2))];

  it('is decided by the highest entry', () => {
    expect(currentRun([])).toEqual({ kind: 'none' });
    expect(currentRun(log)).toMatchObject({ kind: 'open', restorePoint: { kind: 'checkpoint', checkpointId: 2 } });
    expect(currentRun(log.slice(0, 3))).toMatchObject({ kind: 'open', restorePoint: { checkpointId: 1 } });
    expect(currentRun(log.slice(0, 1))).toEqual({ kind: 'open', runId: 'run-1', restorePoint: undefined });
    expect(currentRun([...log, entry(5, 2, { kind: 'finished' })])).toMatchObject({ kind: 'ended', how: 'finished' });
    expect(currentRun([...log, entry(5, 2, { kind: 'canceled' })])).toMatchObject({ kind: 'ended', how: 'canceled' });
  });

  it('does not let a new run see checkpoints of the former one', () => {
    const next = [...log, entry(5, 2, { kind: 'finished' }), entry(6, 3, TAKEOVER, 'run-2')];
    expect(currentRun(next)).toEqual({ kind: 'open', runId: 'run-2', restorePoint: undefined });
  });

  it('takes a checkpoint that a start was told to restore for the latest, until the next completes', () => {
    const told = entry(5, 3, { ...TAKEOVER, restoreFrom: 'chk-1' });
    expect(currentRun([...log, told])).toMatchObject({ restorePoint: { kind: 'path', directory: 'chk-1' } });
    expect(currentRun([...log, told, entry(6, 3, checkpoint(3))])).toMatchObject({ restorePoint: { checkpointId: 3 } });
  });

  it('fences whoever has an older epoch', () => {
    expect(decideAppend(log, 2)).toEqual({ kind: 'append', sequence: 5 });
    expect(decideAppend(log, 1)).toEqual({ kind: 'fenced', by: log[3] });
  });

  it('gives a permit only to the owner of the highest entry', () => {
    const own = entry(4, 2, checkpoint(2));
    expect(decidePermit(log, own)).toEqual({ kind: 'permitted' });
    expect(decidePermit([...log, entry(5, 3, TAKEOVER)], own).kind).toBe('fenced');
    expect(decidePermit(log, { ...own, fencingEpoch: 1 }).kind).toBe('fenced');
    expect(decidePermit([], own)).toEqual({ kind: 'fenced', by: undefined });
  });

  it('can lose entries below the oldest retained checkpoint, but not the last takeovers', () => {
    const takeovers = Array.from({ length: TAKEOVERS_KEPT + 2 }, (_, index) => entry(10 + index, 3 + index, TAKEOVER));
    const newest = entry(500, 200, checkpoint(9));
    const prunable = prunableEntries([...log, ...takeovers, newest], checkpointId(9));
    expect(prunable.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 10, 11]);
    expect(prunableEntries(log, checkpointId(7))).toEqual([]);
  });

  it('moves only what is older than a new run to the archive, and no takeover', () => {
    const entries = [...log, entry(5, 2, { kind: 'canceled' }), entry(6, 3, TAKEOVER, 'run-2')];
    expect(archivableEntries(entries, 6).map(({ sequence }) => sequence)).toEqual([2, 4, 5]);
  });
});

class Disk {
  readonly #disk = new SimFiles();
  failing: SimFileOperation | undefined;
  /** The failing operation takes effect, and its answer is lost. */
  failsAfterEffect = false;
  /** Somebody removes the temporary file just before it is linked. */
  losesLinkSource = false;

  async log(): Promise<PointerLog> {
    await this.#disk.makeDirectories(paths.pointers);
    const files = this.#disk.nextProcess({
      fault: (operation) =>
        operation === this.failing ? Object.assign(new Error('I/O error'), { code: 'EIO' }) : undefined,
    });
    const link = files.link.bind(files);
    files.link = async (from, to) => {
      const isLost = this.failsAfterEffect;
      if (this.losesLinkSource) await files.remove(from);
      await link(from, to);
      if (isLost) throw Object.assign(new Error('connection lost'), { code: 'EIO' });
    };
    const log = new PointerLog({ environment: memoryEnvironment(files), paths, acceptStaleEpochs: false });
    await log.refresh();
    return log;
  }

  async names(): Promise<string[]> {
    return (await this.#disk.list(paths.pointers)).map(({ name }) => name);
  }
}

const OWNER = { fencingEpoch: 1, runId: 'run-1' };

async function owned(disk: Disk): Promise<PointerLog> {
  const log = await disk.log();
  expect(await log.tryTakeOver({ kind: 'takeover', host: 'here', pid: 7 }, 'run-1')).toMatchObject({ kind: 'taken' });
  return log;
}

describe('appending', () => {
  it('leaves entries with 20 digits and nothing else', async () => {
    const disk = new Disk();
    const log = await owned(disk);
    expect(await log.append(checkpoint(1), OWNER)).toMatchObject({ kind: 'permitted', entry: { sequence: 2 } });
    expect(await disk.names()).toEqual(['00000000000000000001', '00000000000000000002']);
  });

  it('is refused to a process that was taken over, also if it has not looked since', async () => {
    const disk = new Disk();
    const old = await owned(disk);
    const next = await disk.log();
    await next.tryTakeOver({ kind: 'takeover', host: 'there', pid: 8 }, 'run-1');
    expect(await old.append(checkpoint(1), OWNER)).toMatchObject({ kind: 'fenced', by: { fencingEpoch: 2 } });
    expect(await disk.names()).toHaveLength(2);
  });

  it('gives no permit for a place below the highest entry, where old ones were removed', async () => {
    const disk = new Disk();
    const old = await owned(disk);
    const next = await disk.log();
    await next.tryTakeOver({ kind: 'takeover', host: 'there', pid: 8 }, 'run-1');
    await next.append(checkpoint(5), { fencingEpoch: 2, runId: 'run-1' });
    await next.remove(next.entries.slice(0, 2));
    expect(await old.append(checkpoint(1), OWNER)).toMatchObject({ kind: 'fenced', by: { sequence: 3 } });
  });

  it('takes a conflict for what it is: the facts of the takeover have changed', async () => {
    const disk = new Disk();
    const [one, two] = [await disk.log(), await disk.log()];
    expect(await one.tryTakeOver({ kind: 'takeover', host: 'a', pid: 1 }, 'r')).toMatchObject({ kind: 'taken' });
    expect(await two.tryTakeOver({ kind: 'takeover', host: 'b', pid: 2 }, 'r')).toEqual({ kind: 'conflict' });
    await two.refresh();
    expect(await two.tryTakeOver({ kind: 'takeover', host: 'b', pid: 2 }, 'r')).toMatchObject({
      entry: { fencingEpoch: 2 },
    });
  });

  it('takes it for a conflict, too, when the winner has cleared its temporary file away', async () => {
    const disk = new Disk();
    const [one, two] = [await disk.log(), await disk.log()];
    await one.tryTakeOver({ kind: 'takeover', host: 'a', pid: 1 }, 'r');
    disk.losesLinkSource = true;
    expect(await two.tryTakeOver({ kind: 'takeover', host: 'b', pid: 2 }, 'r')).toEqual({ kind: 'conflict' });
  });

  it('fails cleanly when the disk is full before the entry stands', async () => {
    const disk = new Disk();
    const log = await owned(disk);
    for (const operation of ['open', 'write', 'sync'] as const) {
      disk.failing = operation;
      await expect(log.append(checkpoint(1), OWNER)).rejects.toMatchObject({
        code: 'CHECKPOINT_STORAGE_FAILED',
        recovery: 'restart',
      });
    }
    disk.failing = undefined;
    expect(await log.append(checkpoint(1), OWNER)).toMatchObject({ kind: 'permitted' });
  });

  it('looks an entry up whose answer got lost', async () => {
    const disk = new Disk();
    const log = await owned(disk);
    disk.failsAfterEffect = true;
    expect(await log.append(checkpoint(1), OWNER)).toMatchObject({ kind: 'permitted', entry: { sequence: 2 } });
  });

  it.each(['syncDirectory', 'list'] as const)(
    'ends the process when nobody knows whether the entry stands: %s',
    async (operation) => {
      const disk = new Disk();
      const log = await owned(disk);
      disk.failing = operation;
      await expect(log.append(checkpoint(1), OWNER)).rejects.toMatchObject({
        code: 'CHECKPOINT_STORAGE_FAILED',
        recovery: 'fail-process',
      });
    },
  );

  it('refuses to go on over an entry that does not verify', async () => {
    const disk = new Disk();
    const log = await owned(disk);
    const files = memoryEnvironment().files;
    await files.makeDirectories(paths.pointers);
    const handle = await files.open(`${paths.pointers}/00000000000000000001`, 'create');
    await handle.write(Uint8Array.of(1, 2, 3), 0);
    const damaged = new PointerLog({ environment: memoryEnvironment(files), paths, acceptStaleEpochs: false });
    await expect(damaged.refresh()).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    expect(log.entries).toHaveLength(1);
  });
});

describe('the archive', () => {
  it('takes entries out of the log and keeps them', async () => {
    const disk = new Disk();
    const log = await owned(disk);
    await log.append(checkpoint(1), OWNER);
    await log.archive(log.entries.slice(1));
    expect(log.entries).toHaveLength(1);
    expect(await disk.names()).toEqual(['00000000000000000001']);
  });
});
