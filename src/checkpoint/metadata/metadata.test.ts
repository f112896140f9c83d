import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkpointMetadata,
  operatorMetadata,
  richMetadata,
  subtaskMetadata,
} from '../../../test/support/checkpoint-fixture.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { MillraceError } from '../../base/errors.ts';
import { hasNoState, referencedFiles, withFilesIn } from './checkpoint-metadata.ts';
import type { CheckpointMetadata } from './checkpoint-metadata.ts';
import { decodeMetadata } from './decode-metadata.ts';
import { encodeMetadata } from './encode-metadata.ts';

const environment = memoryEnvironment();
const options = { ...environment, file: '/c/chk-3/_metadata' };

function decode(bytes: Uint8Array): CheckpointMetadata {
  return decodeMetadata(bytes, options);
}

/** Puts a right checksum behind changed bytes, so that the fields themselves are looked at. */
function resealed(bytes: Uint8Array): Uint8Array {
  const sealed = bytes.slice();
  new DataView(sealed.buffer).setUint32(sealed.length - 4, environment.checksum.crc32(sealed.subarray(0, -4)), true);
  return sealed;
}

function failureOf(action: () => unknown): MillraceError {
  try {
    action();
  } catch (error) {
    if (MillraceError.is(error)) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

describe('metadata', () => {
  it('comes back as it was written', () => {
    expect(decode(encodeMetadata(richMetadata(), environment))).toEqual(richMetadata());
  });

  it('keeps every list state, watermark and chain', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 });
    const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => new Uint8Array(array));
    const size = fc.nat({ max: 2 ** 40 });
    const section = fc.record({
      file: fc.constantFrom('shared/a', 'shared/b', 'chk-3/c'),
      blockOffset: size,
      blockLength: size,
      offset: size,
      length: size,
      isBase: fc.boolean(),
      entryCount: size,
    });
    const subtask = fc.record({
      isFinished: fc.boolean(),
      watermarkMs: fc.option(fc.oneof(fc.constantFrom(Infinity, -Infinity), fc.maxSafeInteger()), { nil: undefined }),
      keyed: fc.array(fc.record({ keyGroup: fc.nat(32_767), sections: fc.array(section, { maxLength: 3 }) }), {
        maxLength: 3,
      }),
      lists: fc.array(
        fc.record({
          name: text,
          mode: fc.constantFrom('split' as const, 'union' as const, 'broadcast' as const),
          elements: fc.array(bytes, { maxLength: 3 }),
        }),
        { maxLength: 3 },
      ),
    });
    const metadata = fc.record({
      subtasks: fc.array(subtask, { minLength: 1, maxLength: 3 }),
      uid: text,
      jobName: text,
    });
    fc.assert(
      fc.property(metadata, ({ subtasks, uid, jobName }) => {
        const operator = operatorMetadata({ uid, parallelism: subtasks.length, subtasks });
        const written = checkpointMetadata({ jobName, operators: [operator] });
        expect(decode(encodeMetadata(written, environment))).toEqual(written);
      }),
    );
  });

  it('notices every changed byte', () => {
    const bytes = encodeMetadata(richMetadata(), environment);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const damaged = bytes.slice();
        damaged[position] = (damaged[position] ?? 0) ^ change;
        const failure = failureOf(() => decode(damaged));
        expect(failure.code).toBe('CHECKPOINT_CORRUPT');
        expect(failure.message).toMatch(/'\/c\/chk-3\/_metadata' failed at byte \d+/);
      }),
    );
  });

  it('notices every cut', () => {
    const bytes = encodeMetadata(richMetadata(), environment);
    for (let length = 0; length < bytes.length; length += 7) {
      expect(failureOf(() => decode(bytes.subarray(0, length))).code).toBe('CHECKPOINT_CORRUPT');
    }
  });

  it('never fails in another way, whatever stands under a right checksum', () => {
    const bytes = encodeMetadata(richMetadata(), environment);
    fc.assert(
      fc.property(fc.nat(bytes.length - 5), fc.nat(255), (position, value) => {
        const changed = bytes.slice();
        changed[position] = value;
        try {
          decode(resealed(changed));
        } catch (error) {
          expect(MillraceError.is(error) && error.code).toMatch(/^CHECKPOINT_(CORRUPT|VERSION_UNSUPPORTED)$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a later format version', () => {
    const bytes = encodeMetadata(richMetadata(), environment);
    bytes[4] = 2;
    const failure = failureOf(() => decode(resealed(bytes)));
    expect(failure.code).toBe('CHECKPOINT_VERSION_UNSUPPORTED');
    expect(failure.message).toContain('format version 2');
  });

  it('refuses a required feature that it does not know', () => {
    const bytes = encodeMetadata(richMetadata(), environment);
    bytes[15] = 0x80;
    const failure = failureOf(() => decode(resealed(bytes)));
    expect(failure.code).toBe('CHECKPOINT_VERSION_UNSUPPORTED');
    expect(failure.message).toContain('0x8000000000000000');
  });

  it('passes over fields that a later writer of this version appends to a record', () => {
    const bytes = encodeMetadata(checkpointMetadata(), environment);
    // The header record starts behind the envelope; two unknown bytes at its end.
    const headerLength = new DataView(bytes.buffer).getUint32(16, true);
    const end = 20 + headerLength;
    const longer = new Uint8Array(bytes.length + 2);
    longer.set(bytes.subarray(0, end));
    longer.set(bytes.subarray(end), end + 2);
    new DataView(longer.buffer).setUint32(16, headerLength + 2, true);
    expect(decode(resealed(longer))).toEqual(checkpointMetadata());
  });

  it('hands list state out without the rest of the file', () => {
    const bytes = Buffer.from(encodeMetadata(richMetadata(), environment));
    const [element] = decode(bytes).operators[0]?.subtasks[1]?.lists[0]?.elements ?? [];
    expect(element?.buffer.byteLength).toBe(1);
  });
});

describe('what metadata tells', () => {
  it('names each data file once', () => {
    expect([...referencedFiles(richMetadata())]).toEqual([
      'shared/chk-2.epoch-2.attempt-1.slot-0',
      'shared/chk-3.epoch-2.attempt-1.slot-0',
      'shared/chk-3.epoch-2.attempt-1.slot-1',
    ]);
  });

  it('names the data files of another directory by absolute path', () => {
    const files = referencedFiles(withFilesIn(richMetadata(), '/other/job'));
    expect([...files][0]).toBe('/other/job/shared/chk-2.epoch-2.attempt-1.slot-0');
  });

  it('knows operators that bring nothing back', () => {
    const empty = [{ name: 'splits', mode: 'split' as const, elements: [] }];
    expect(hasNoState(operatorMetadata({ subtasks: [subtaskMetadata({ lists: empty })] }))).toBe(true);
    expect(richMetadata().operators.map(hasNoState)).toEqual([false, false, false]);
  });
});
