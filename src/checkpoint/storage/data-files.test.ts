import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryEnvironment, SimFiles } from '../../../test/support/memory-environment.ts';
import type { SimFileOperation } from '../../../test/support/memory-environment.ts';
import { ByteReader } from '../../base/byte-reader.ts';
import { checkpointId } from '../../base/ids.ts';
import type { KeyGroupSection } from '../../base/keyed-state.ts';
import type { SectionRef } from '../../base/state-handle.ts';
import { DataFileReader } from './data-file-reader.ts';
import { SlotDataWriter } from './slot-data-writer.ts';
import type { SlotDataWriterOptions } from './slot-data-writer.ts';

const JOB = '/checkpoints/job';
const ONE = checkpointId(1);
const TWO = checkpointId(2);

interface Fault {
  operation: SimFileOperation;
  path: RegExp;
}

class Slot {
  readonly faults: Fault[] = [];
  readonly files = new SimFiles({
    fault: (operation, path) =>
      this.faults.some((fault) => fault.operation === operation && fault.path.test(path))
        ? Object.assign(new Error('no space left'), { code: 'ENOSPC' })
        : undefined,
  });
  readonly environment = memoryEnvironment(this.files);
  wakeUps = 0;

  async writer(options: Partial<SlotDataWriterOptions> = {}): Promise<SlotDataWriter> {
    await this.files.makeDirectories(`${JOB}/shared`);
    await this.files.makeDirectories(`${JOB}/chk-1`);
    return new SlotDataWriter({
      environment: this.environment,
      jobDirectory: JOB,
      slotIndex: 0,
      fencingEpoch: 3,
      attemptNumber: 4,
      location: 'shared',
      onWritable: () => void this.wakeUps++,
      ...options,
    });
  }

  async names(folder = 'shared'): Promise<string[]> {
    return (await this.files.list(`${JOB}/${folder}`)).map(({ name }) => name);
  }

  reader(): DataFileReader {
    return new DataFileReader({ environment: this.environment, jobDirectory: JOB });
  }
}

function section(keyGroup: number, bytes: Uint8Array, isBase = true): KeyGroupSection {
  return { keyGroup, isBase, entryCount: bytes.length, bytes };
}

function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

/** Incompressible. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed + 1;
  return Uint8Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff);
}

describe('a slot data file', () => {
  it('gives back every section that was written, whatever their sizes', async () => {
    const sizes = fc.array(
      fc.oneof(fc.nat(50), fc.integer({ min: 900, max: 1200 }), fc.integer({ min: 4000, max: 9000 })),
      {
        minLength: 1,
        maxLength: 25,
      },
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.boolean(), async (lengths, isNoise) => {
        const slot = new Slot();
        const writer = await slot.writer({ blockBytes: 4096 });
        writer.begin(ONE, 1);
        const part = writer.openPart(ONE);
        const written = lengths.map((length, index) => (isNoise ? noise(length, index) : filled(length, index)));
        for (const [index, bytes] of written.entries()) part.writeSection(section(index, bytes, index % 2 === 0));
        const { refs } = await part.complete();
        expect(refs.map(({ isBase, entryCount }) => [isBase, entryCount])).toEqual(
          lengths.map((length, index) => [index % 2 === 0, length]),
        );
        const reader = slot.reader();
        const read = await Promise.all(refs.toReversed().map((ref) => reader.readSection(ref)));
        expect(read.toReversed()).toEqual(written);
      }),
      { numRuns: 40 },
    );
  });

  it('puts several sections into a block and compresses it', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    for (let keyGroup = 0; keyGroup < 20; keyGroup++) part.writeSection(section(keyGroup, filled(10_000, keyGroup)));
    const { refs, writtenBytes } = await part.complete();
    expect(new Set(refs.map(({ blockOffset }) => blockOffset)).size).toBe(2);
    expect(writtenBytes).toBeLessThan(2000);
  });

  it('has its final name, which says whose it is, only when all participants are done', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 2);
    const first = writer.openPart(ONE);
    first.writeSection(section(0, filled(100, 1)));
    const done = first.complete();
    let isDone = false;
    void done.then(() => (isDone = true));
    const second = writer.openPart(ONE);
    second.writeSection(section(1, filled(100, 2)));
    await expect.poll(() => slot.names()).toEqual(['chk-1.epoch-3.attempt-4.slot-0.tmp']);
    expect(isDone).toBe(false);
    const [a, b] = [await second.complete(), await done];
    expect(await slot.names()).toEqual(['chk-1.epoch-3.attempt-4.slot-0']);
    expect(a.refs[0]?.file).toBe('shared/chk-1.epoch-3.attempt-4.slot-0');
    const reader = slot.reader();
    expect(await reader.readSection(a.refs[0] as SectionRef)).toEqual(filled(100, 2));
    expect(await reader.readSection(b.refs[0] as SectionRef)).toEqual(filled(100, 1));
  });

  it('does not wait for a participant that withdrew', async () => {
    const slot = new Slot();
    const writer = await slot.writer({ location: 'exclusive' });
    writer.begin(ONE, 2);
    const part = writer.openPart(ONE);
    part.writeSection(section(0, filled(3, 1)));
    writer.withdraw(ONE);
    const { refs } = await part.complete();
    expect(refs[0]?.file).toBe('chk-1/chk-1.epoch-3.attempt-4.slot-0');
    expect(await slot.names('chk-1')).toEqual(['chk-1.epoch-3.attempt-4.slot-0']);
  });

  it('is not made when nobody writes a section', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 1);
    expect(await writer.openPart(ONE).complete()).toEqual({ refs: [], writtenBytes: 0 });
    expect(await slot.names()).toEqual([]);
  });

  it('survives a power failure once its parts have settled', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    part.writeSection(section(0, filled(5000, 1)));
    const { refs } = await part.complete();
    slot.files.disk.losePower();
    expect(await slot.reader().readSection(refs[0] as SectionRef)).toEqual(filled(5000, 1));
  });

  it('keeps files of two checkpoints apart', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 1);
    writer.begin(TWO, 1);
    const parts = [writer.openPart(ONE), writer.openPart(TWO)];
    for (const [index, part] of parts.entries()) part.writeSection(section(0, filled(10, index)));
    const results = await Promise.all(parts.map((part) => part.complete()));
    expect(results.map(({ refs }) => refs[0]?.file)).toEqual([
      'shared/chk-1.epoch-3.attempt-4.slot-0',
      'shared/chk-2.epoch-3.attempt-4.slot-0',
    ]);
  });
});

describe('the form of a data file', () => {
  /** Reads it as docs/checkpoint-format.md describes it. */
  it('is the one that is described', async () => {
    const slot = new Slot();
    const writer = await slot.writer({ blockBytes: 1000 });
    writer.begin(TWO, 1);
    const part = writer.openPart(TWO);
    for (const keyGroup of [1, 2, 3]) part.writeSection(section(keyGroup, filled(600, keyGroup), keyGroup > 1));
    const { refs } = await part.complete();
    const bytes = await slot.files.readFile(`${JOB}/${refs[0]?.file}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const crc = (start: number, end: number): number => slot.environment.checksum.crc32(bytes.subarray(start, end));
    expect(Buffer.from(bytes.subarray(0, 4)).toString()).toBe('MRDF');
    expect([view.getUint16(4, true), view.getUint16(6, true)]).toEqual([1, 36]);
    expect([view.getFloat64(8, true), view.getFloat64(16, true)]).toEqual([2, 3]);
    expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([4, 0]);
    expect(view.getUint32(32, true)).toBe(crc(0, 32));

    expect(Buffer.from(bytes.subarray(-4)).toString()).toBe('MRFT');
    const indexBytes = view.getUint32(bytes.length - 8, true);
    const indexStart = bytes.length - 12 - indexBytes;
    expect(view.getUint32(bytes.length - 12, true)).toBe(crc(indexStart, bytes.length - 12));
    const reader = new ByteReader(bytes, indexStart);
    const blocks = Array.from({ length: reader.varint() }, () => ({
      offset: reader.varint(),
      length: reader.varint(),
      contentBytes: reader.varint(),
      sections: Array.from({ length: reader.varint() }, () => [reader.varint(), reader.u8(), reader.varint()]),
    }));
    expect(blocks.map(({ contentBytes, sections }) => [contentBytes, sections])).toEqual([
      [600, [[1, 0, 600]]],
      [600, [[2, 1, 600]]],
      [600, [[3, 1, 600]]],
    ]);
    expect(blocks.map(({ offset, length }) => [offset, length])).toEqual(
      refs.map(({ blockOffset, blockLength }) => [blockOffset, blockLength]),
    );
    for (const { offset } of blocks) expect(Buffer.from(bytes.subarray(offset, offset + 4)).toString()).toBe('MRBK');
    expect(blocks.at(-1)).toMatchObject({ offset: indexStart - (blocks.at(-1)?.length ?? 0) });
  });
});

describe('giving a data file up', () => {
  it.each([
    ['while it is written', false],
    ['when it is durable already', true],
  ])('removes it %s', async (_when, isDurable) => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, isDurable ? 1 : 2);
    const part = writer.openPart(ONE);
    part.writeSection(section(0, filled(200_000, 1)));
    const done = part.complete();
    if (isDurable) await done;
    writer.abort(ONE);
    await expect.poll(() => slot.names()).toEqual([]);
    if (!isDurable) await expect(done).rejects.toThrow('checkpoint 1 was aborted');
  });

  it('leaves a completed checkpoint alone', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    part.writeSection(section(0, filled(10, 1)));
    await part.complete();
    writer.completed(ONE);
    writer.abort(ONE);
    await writer.close();
    expect(await slot.names()).toHaveLength(1);
  });

  it('happens to what is not durable when the attempt ends', async () => {
    const slot = new Slot();
    const writer = await slot.writer();
    for (const id of [ONE, TWO]) {
      writer.begin(id, id === ONE ? 1 : 2);
      writer.openPart(id).writeSection(section(0, filled(200_000, 1)));
    }
    const part = writer.openPart(TWO);
    part.writeSection(section(1, filled(10, 1)));
    const done = part.complete();
    await writer.close();
    await expect(done).rejects.toThrow('aborted');
    expect(await slot.names()).toEqual([]);
  });
});

describe('a full disk', () => {
  it.each([
    ['open', /tmp$/],
    ['write', /tmp$/],
    ['sync', /tmp$/],
    ['rename', /tmp$/],
    ['syncDirectory', /shared$/],
  ] as const)('at %s fails the part, and the slot goes on with the next checkpoint', async (operation, path) => {
    const slot = new Slot();
    const writer = await slot.writer({ pendingBytesMax: 1000 });
    slot.faults.push({ operation, path });
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    part.writeSection(section(0, filled(2000, 1)));
    await expect(part.complete()).rejects.toMatchObject({ code: 'CHECKPOINT_STORAGE_FAILED' });
    expect(part.isWritable).toBe(true);
    slot.faults.length = 0;
    writer.abort(ONE);
    writer.begin(TWO, 1);
    const next = writer.openPart(TWO);
    next.writeSection(section(0, filled(2000, 2)));
    await next.complete();
    await expect.poll(() => slot.names()).toEqual(['chk-2.epoch-3.attempt-4.slot-0']);
  });
});

describe('a slow disk', () => {
  it('makes parts wait, and wakes them when half is written', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const files = new SimFiles({ delay: (operation) => (operation === 'write' ? gate : Promise.resolve()) });
    await files.makeDirectories(`${JOB}/shared`);
    const slot = new Slot();
    const writer = await slot.writer({
      environment: memoryEnvironment(files),
      blockBytes: 1000,
      pendingBytesMax: 3000,
    });
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    for (let keyGroup = 0; keyGroup < 3; keyGroup++) {
      expect(part.isWritable).toBe(true);
      part.writeSection(section(keyGroup, filled(1000, 1)));
    }
    expect(part.isWritable).toBe(false);
    expect(slot.wakeUps).toBe(0);
    release();
    await part.complete();
    expect(slot.wakeUps).toBe(1);
    expect(part.isWritable).toBe(true);
  });
});

describe('reading', () => {
  async function written(): Promise<{ slot: Slot; ref: SectionRef; path: string; bytes: Uint8Array }> {
    const slot = new Slot();
    const writer = await slot.writer();
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    part.writeSection(section(0, filled(3000, 1)));
    const { refs } = await part.complete();
    const ref = refs[0] as SectionRef;
    const path = `${JOB}/${ref.file}`;
    return { slot, ref, path, bytes: await slot.files.readFile(path) };
  }

  it('notices every changed byte of a block', async () => {
    const { slot, ref, path, bytes } = await written();
    for (let position = ref.blockOffset; position < ref.blockOffset + ref.blockLength; position++) {
      const damaged = bytes.slice();
      damaged[position] = (damaged[position] ?? 0) ^ 0x10;
      const handle = await slot.files.open(path, 'write');
      await handle.write(damaged, 0);
      await expect(slot.reader().readSection(ref)).rejects.toMatchObject({
        code: 'CHECKPOINT_CORRUPT',
        message: expect.stringContaining(`'${path}' failed at byte ${ref.blockOffset}`),
      });
    }
  });

  it('notices a cut file, a missing file and a reference beyond the block', async () => {
    const { slot, ref, path } = await written();
    await expect(slot.reader().readSection({ ...ref, offset: 2999 })).rejects.toMatchObject({
      code: 'CHECKPOINT_CORRUPT',
    });
    const handle = await slot.files.open(path, 'write');
    await handle.truncate(ref.blockOffset + ref.blockLength - 1);
    await expect(slot.reader().readSection(ref)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
    await slot.files.remove(path);
    await expect(slot.reader().readSection(ref)).rejects.toThrow('the file is missing');
  });

  it('keeps blocks while neighbours are read, within its bound', async () => {
    const opened: string[] = [];
    const slot = new Slot();
    const writer = await slot.writer({ blockBytes: 1000 });
    writer.begin(ONE, 1);
    const part = writer.openPart(ONE);
    for (let keyGroup = 0; keyGroup < 8; keyGroup++) part.writeSection(section(keyGroup, filled(500, keyGroup)));
    const { refs } = await part.complete();
    const files = slot.files.nextProcess({
      delay: async (operation, path) => void (operation === 'open' && opened.push(path)),
    });
    const reader = new DataFileReader({
      environment: memoryEnvironment(files),
      jobDirectory: JOB,
      cacheBytesMax: 2000,
    });
    for (const ref of refs) await reader.readSection(ref);
    expect(opened).toHaveLength(4);
    await reader.readSection(refs[7] as SectionRef);
    expect(opened).toHaveLength(4);
    await reader.readSection(refs[0] as SectionRef);
    expect(opened).toHaveLength(5);
  });

  it('finds files of another directory by their absolute path', async () => {
    const { slot, ref } = await written();
    const reader = new DataFileReader({ environment: slot.environment, jobDirectory: '/elsewhere' });
    expect(await reader.readSection({ ...ref, file: `${JOB}/${ref.file}` })).toHaveLength(3000);
  });
});
