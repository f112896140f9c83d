// Writes the table of layers into ARCHITECTURE.md, between its two markers: `npm run docs:layers`.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layers } from './layers.ts';
import type { Layer } from './layers.ts';

const start = '<!-- layers:start -->';
const end = '<!-- layers:end -->';

/** The table as ARCHITECTURE.md prints it. */
export function layerTable(): string {
  const rows = layers.map(
    (layer) => `| \`${layer.folder}/\` | ${layer.holds} | ${purity(layer)} | ${imports(layer)} |`,
  );
  return ['| folder | what lives there | pure | may import |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function purity(layer: Layer): string {
  if (!layer.isPure) return 'no';
  if (layer.impureParts.length === 0) return 'yes';
  return `all but ${layer.impureParts.map((part) => `\`${part}\``).join(', ')}`;
}

function imports(layer: Layer): string {
  const position = layers.indexOf(layer);
  const isAllAbove = position > 1 && layer.mayImport.length === position;
  return isAllAbove ? 'all above' : layer.mayImport.join(', ') || 'nothing';
}

/** What stands between the markers of a document, or undefined when it has no markers. */
export function printedLayerTable(document: string): string | undefined {
  const from = document.indexOf(start);
  const to = document.indexOf(end);
  return from < 0 || to < from ? undefined : document.slice(from + start.length, to).trim();
}

if (import.meta.main) {
  const path = join(import.meta.dirname, '../ARCHITECTURE.md');
  const document = readFileSync(path, 'utf8');
  const printed = printedLayerTable(document);
  if (printed === undefined)
    throw new Error(`Printing the layers failed: '${path}' lacks the markers '${start}' and '${end}'`);
  const before = document.slice(0, document.indexOf(start) + start.length);
  writeFileSync(path, `${before}\n${layerTable()}\n${document.slice(document.indexOf(end))}`);
}
