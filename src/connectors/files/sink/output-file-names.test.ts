import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { jobId } from '../../../base/ids.ts';
import {
  checkNameParts,
  finalName,
  parseTemporaryName,
  runOfFinalName,
  suffixOfFinalName,
  temporaryName,
} from './output-file-names.ts';

const JOB = jobId('0123456789abcdef0123456789abcdef');
const writers = fc.record({ fencingEpoch: fc.nat(), attemptNumber: fc.nat(), subtaskIndex: fc.nat() });
const prefixes = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
const suffixes = fc.constantFrom('', '.jsonl', '.csv.zst');

describe('names of output files', () => {
  it('tell from a temporary name who made it', () => {
    fc.assert(
      fc.property(writers, fc.nat(), (writer, counter) => {
        const name = temporaryName(JOB, 'cafe0123', writer, counter);
        expect(parseTemporaryName(name)).toEqual({ jobId: JOB, sink: 'cafe0123', writer, counter });
        expect(runOfFinalName(name)).toBeUndefined();
      }),
    );
  });

  it('tell from a final name the run and the suffix, for every prefix', () => {
    fc.assert(
      fc.property(prefixes, suffixes, writers, fc.nat(), (prefix, suffix, writer, counter) => {
        const name = finalName({ prefix, suffix, runId: 'run9', sink: 'cafe0123' }, writer, counter);
        expect(runOfFinalName(name)).toBe('run9');
        expect(suffixOfFinalName(`bucket/${name}`)).toBe(suffix);
        expect(parseTemporaryName(name)).toBeUndefined();
      }),
    );
  });

  it.each(['readme.md', 'part-1.jsonl', '.millrace-1', 'part-run-cafe0123-s0-e0-a0.jsonl'])(
    'are not seen in %s',
    (name) => {
      expect(runOfFinalName(name)).toBeUndefined();
      expect(parseTemporaryName(name)).toBeUndefined();
    },
  );

  it.each([
    ['', '.txt'],
    ['.hidden', '.txt'],
    ['a/b', '.txt'],
    ['a', 'txt'],
    ['a', '.t/x'],
  ])('refuse prefix %j with suffix %j', (prefix, suffix) => {
    expect(() => checkNameParts(prefix, suffix)).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });
});
