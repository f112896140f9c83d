import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All committed lines of an output folder, sorted: what two runs must have in common. Names with a dot are not committed. */
export function sortedOutput(folder: string): string {
  const lines = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '');
  return lines.sort().join('\n');
}
