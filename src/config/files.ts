/**
 * Reads conf/config.yaml: Flink's standard YAML, nested or with flat dotted keys, or both. Each value becomes one setting that
 * knows its line. Lists are joined with ';' as in Flink.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Node } from 'yaml';
import { fileErrorCode } from '../base/files.ts';
import { MillraceError, messageOf } from '../base/errors.ts';
import type { Setting } from './configuration.ts';

export const CONFIG_FILE_NAME = 'config.yaml';

/**
 * @param isRequired false: a missing file gives no settings
 * @throws CONFIG_INVALID when the file is missing or is not YAML
 */
export function readConfigFile(directory: string, isRequired: boolean): readonly Setting[] {
  const path = join(directory, CONFIG_FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (!isRequired && fileErrorCode(error) === 'ENOENT') return [];
    throw new MillraceError('CONFIG_INVALID', `Reading '${path}' failed: ${messageOf(error)}`, { cause: error });
  }
  return parseConfig(text, path);
}

export function parseConfig(text: string, path: string): readonly Setting[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message }) => message.split('\n')[0]);
    throw new MillraceError('CONFIG_INVALID', [`Reading '${path}' failed:`, ...problems].join('\n  '));
  }
  const settings: Setting[] = [];
  collect(document.contents, '', (key, value, node) => {
    const { line } = lines.linePos(node?.range?.[0] ?? 0);
    settings.push({ key, value, origin: `${path}, line ${line}` });
  });
  return settings;
}

type OnValue = (key: string, value: string, node: Node | null) => void;

function collect(node: Node | null, prefix: string, onValue: OnValue): void {
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      collect(value as Node | null, prefix === '' ? name : `${prefix}.${name}`, onValue);
    }
  } else if (isSeq(node)) {
    const items = node.items.map((item) => (isScalar(item) ? String(item.value) : String(item)));
    onValue(prefix, items.join(';'), node);
  } else if (isScalar(node) && node.value !== null) {
    // The source text: '1 s' and 10 alike, and no float loses digits.
    onValue(prefix, typeof node.value === 'string' ? node.value : (node.source ?? ''), node);
  } else if (prefix !== '') {
    onValue(prefix, '', node);
  }
}
