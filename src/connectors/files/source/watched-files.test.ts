import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { FoundFile } from './file-discovery.ts';
import { WatchedFiles } from './watched-files.ts';

function file(path: string, sizeBytes: number, modifiedMs: number): FoundFile {
  return { path, sizeBytes, modifiedMs };
}

const byLines = (): boolean => false;

describe('WatchedFiles', () => {
  it('finds new files whole, and of those that grew what was not assigned', () => {
    const watched = new WatchedFiles();
    expect(watched.changes([file('/a', 10, 1)], byLines)).toEqual([{ ...file('/a', 10, 1), assignedBytes: 0 }]);
    watched.record({ ...file('/a', 10, 1), assignedBytes: 8 });
    expect(watched.changes([file('/a', 10, 1)], byLines)).toEqual([]);
    expect(watched.changes([file('/a', 12, 1)], byLines)).toEqual([{ ...file('/a', 12, 1), assignedBytes: 8 }]);
    expect(watched.changes([file('/a', 10, 2)], byLines)).toEqual([{ ...file('/a', 10, 2), assignedBytes: 8 }]);
  });

  it('refuses a file that shrank, and one that was taken whole and changed', () => {
    const watched = new WatchedFiles();
    watched.record({ ...file('/a', 10, 1), assignedBytes: 8 });
    expect(() => watched.changes([file('/a', 9, 2)], byLines)).toThrow(
      expect.objectContaining({
        code: 'INPUT_CHANGED',
        message: "Watching '/a' failed: it has shrunk from 10 to 9 bytes",
      }),
    );
    expect(() => watched.changes([file('/a', 11, 2)], () => true)).toThrow(
      expect.objectContaining({ code: 'INPUT_CHANGED' }),
    );
  });

  it('takes a name anew once its file was gone', () => {
    const watched = new WatchedFiles();
    watched.record({ ...file('/a', 10, 1), assignedBytes: 10 });
    expect(watched.missing([file('/b', 1, 1)])).toEqual(['/a']);
    watched.forget('/a');
    expect(watched.changes([file('/a', 3, 5)], byLines)).toEqual([{ ...file('/a', 3, 5), assignedBytes: 0 }]);
  });

  it('forgets the oldest beyond its bound, and counts as seen what is not newer than those', () => {
    const watched = new WatchedFiles(undefined, 2);
    for (const [path, modifiedMs] of [
      ['/c', 3],
      ['/a', 1],
      ['/b', 2],
    ] as const) {
      watched.record({ ...file(path, 1, modifiedMs), assignedBytes: 1 });
    }
    watched.prune();
    expect(watched.snapshot()).toEqual({
      files: [
        { ...file('/b', 1, 2), assignedBytes: 1 },
        { ...file('/c', 1, 3), assignedBytes: 1 },
      ],
      forgottenMs: 1,
    });
    expect(watched.changes([file('/a', 1, 1), file('/late', 1, 1), file('/new', 1, 2)], byLines)).toEqual([
      { ...file('/new', 1, 2), assignedBytes: 0 },
    ]);
  });

  it('takes each file once over any scans and restores, as long as files come in the order of their times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 2 }) }), { maxLength: 5 }), { maxLength: 8 }),
        fc.integer({ min: 4, max: 8 }),
        (arrivals, filesMax) => {
          let watched = new WatchedFiles(undefined, filesMax);
          const all: FoundFile[] = [];
          const taken: string[] = [];
          let nowMs = 0;
          for (const arrival of arrivals) {
            nowMs++;
            for (const { afterMs } of arrival) all.push(file(`/${all.length}`, 1, (nowMs += afterMs)));
            for (const change of watched.changes(all, byLines)) {
              taken.push(change.path);
              watched.record({ ...change, assignedBytes: change.sizeBytes });
            }
            watched.prune();
            expect(watched.snapshot().files.length).toBeLessThanOrEqual(filesMax);
            watched = new WatchedFiles(structuredClone(watched.snapshot()), filesMax);
          }
          expect(taken).toEqual(all.map(({ path }) => path));
        },
      ),
    );
  });
});
