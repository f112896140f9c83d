// What snapshots of keyed state cost the thread that makes them: `node --conditions=source bench/micro/snapshot.ts`. One million
// counts in 128 key groups. Compressing and writing what they give is not part of it.
import { bench, do_not_optimize, group, run } from 'mitata';
import { checkpointId } from '../../src/base/ids.ts';
import type { KeyGroupSection, SnapshotCursor } from '../../src/base/keyed-state.ts';
import { counting, newBackend } from './keyed-load.ts';

/** Between two looks at the clock. */
const ENTRIES_AT_ONCE = 256;

let id = 0;

/** Returns its bytes. */
function write(cursor: SnapshotCursor): number {
  let bytes = 0;
  const sink = { writeSection: (section: KeyGroupSection): void => void (bytes += section.bytes.length) };
  while (!cursor.advance(ENTRIES_AT_ONCE, sink));
  return bytes;
}

group('snapshot of 1 M counts', () => {
  const backend = newBackend();
  const change = counting(backend);

  bench('full', () => {
    const cursor = backend.startSnapshot(checkpointId(++id), 'full');
    do_not_optimize(write(cursor));
    backend.checkpointAborted(cursor.checkpointId);
  });

  bench('full, with 100,000 changes while it is written', () => {
    const cursor = backend.startSnapshot(checkpointId(++id), 'full');
    change();
    do_not_optimize(write(cursor));
    backend.checkpointAborted(cursor.checkpointId);
  });

  bench('the synchronous part, incremental', () => {
    backend.startSnapshot(checkpointId(++id), 'incremental').cancel();
  });
});

group('restore of 1 M counts', () => {
  const sections: KeyGroupSection[] = [];
  const filled = newBackend();
  counting(filled);
  const cursor = filled.startSnapshot(checkpointId(++id), 'full');
  const sink = {
    writeSection: (section: KeyGroupSection): void => void sections.push({ ...section, bytes: section.bytes.slice() }),
  };
  while (!cursor.advance(ENTRIES_AT_ONCE, sink));

  bench('from a full snapshot', () => {
    const backend = newBackend();
    backend.table({ name: 'count', kind: 'value' });
    for (const { keyGroup, bytes } of sections) backend.restoreKeyGroup(keyGroup, [bytes], []);
    do_not_optimize(backend);
  });
});

await run();
