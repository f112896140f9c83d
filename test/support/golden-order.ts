/** Which differences of order count between what was recorded and what came out: the `order` of a case. */

export interface OutputLine {
  readonly out?: string;
  readonly ts?: number | string | null;
  readonly value?: unknown;
  readonly watermark?: number | string;
  readonly status?: 'idle' | 'active';
  /** Index of the input line that caused it; only where the clock was set by hand. */
  readonly step?: number;
}

/** Brings lines into one of the orders that count as equal. Lines of several outs with rules of their own come out by out. */
export function normalised(lines: readonly OutputLine[], order: string, isParallel: boolean): OutputLine[][] {
  if (!order.endsWith('-per-out')) return [normalisedOut(lines, order, isParallel)];
  const rule = order.slice(0, -'-per-out'.length);
  const outs = [...new Set(lines.map(outOf))].sort();
  return outs.map((out) =>
    normalisedOut(
      lines.filter((line) => outOf(line) === out),
      rule,
      isParallel,
    ),
  );
}

/** Watermarks and statuses belong to the main output. */
function outOf({ out }: OutputLine): string {
  return out ?? 'main';
}

function normalisedOut(lines: readonly OutputLine[], rule: string, isParallel: boolean): OutputLine[] {
  switch (rule) {
    case 'total':
      return [...lines];
    case 'ties':
      // Subtasks fire one after the other, so that only the order within a key is left between two watermarks.
      return sortedRuns(lines, (a, b) => isParallel || a.ts === b.ts);
    case 'perKey':
      return [...sortedRuns(lines.filter(isRecord), () => true), ...lines.filter((line) => !isRecord(line))];
    case 'none':
      return lines.filter(isRecord).toSorted((a, b) => compare(textOf(a), textOf(b)));
    default:
      throw new Error(`No rule for order '${rule}'`);
  }
}

/** The same for lines that are equal, whatever the order of their fields. */
function textOf({ out, ts, value }: OutputLine): string {
  const fields = typeof value === 'object' && value !== null ? Object.entries(value) : [['', value]];
  return JSON.stringify([out, ts, fields.toSorted(([a], [b]) => compare(String(a), String(b)))]);
}

function isRecord(line: OutputLine): boolean {
  return line.out !== undefined;
}

/** Sorts neighbouring records that belong together by key, stably. */
function sortedRuns(
  lines: readonly OutputLine[],
  belongTogether: (a: OutputLine, b: OutputLine) => boolean,
): OutputLine[] {
  const sorted: OutputLine[] = [];
  let run: OutputLine[] = [];
  const endRun = (): void => {
    sorted.push(...run.sort((a, b) => compare(keyOf(a), keyOf(b))));
    run = [];
  };
  for (const line of lines) {
    const [first] = run;
    if (first !== undefined && !(isRecord(line) && belongTogether(first, line))) endRun();
    if (isRecord(line)) run.push(line);
    else sorted.push(line);
  }
  endRun();
  return sorted;
}

function keyOf({ value }: OutputLine): string {
  if (Array.isArray(value)) return String(value[0]);
  const { key, k } = value as { key?: unknown; k?: unknown };
  return String(key ?? k);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
