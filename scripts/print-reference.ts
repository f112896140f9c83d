// Writes the reference pages from the tables they describe: `npm run docs:reference`. test/docs/reference.test.ts compares them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cliPage } from './reference/cli-page.ts';
import { configurationPage } from './reference/configuration-page.ts';
import { errorsPage } from './reference/errors-page.ts';
import { sampleConfiguration } from './reference/sample-configuration.ts';

/** Path from the root of the repository → content. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/cli.md', cliPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/errors.md', errorsPage()],
    ['conf/config.yaml', sampleConfiguration()],
  ]);
}

if (import.meta.main) {
  for (const [name, content] of referencePages()) {
    const path = join(import.meta.dirname, '..', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
