/**
 * The live status of a terminal: what the job does now, one row for each vertex, and its checkpoints. Every line fits into
 * `width` columns: where there is little room the columns that matter least go first, then names are cut.
 */
import { formatDuration } from '../base/duration.ts';
import type { JobStatus, JobStatusSnapshot } from '../job/job-status.ts';
import { checkpointText } from './checkpoint-text.ts';
import { displayWidth, fitWidth, padWidth, printable } from './display-width.ts';
import { formatCount, formatLag, formatRate, formatShare, formatWatermark } from './format-values.ts';
import type { Styles } from './styles.ts';
import type { VertexRates } from './vertex-rates.ts';

export interface StatusTableSize {
  /** Columns and lines that may be used. */
  readonly width: number;
  readonly height: number;
}

interface Column {
  readonly title: string;
  readonly cell: (vertex: VertexRates, nowMs: number) => string;
  readonly align: 'left' | 'right';
  /** The highest is left out first. */
  readonly priority: number;
  /** So that columns do not move with every digit. */
  readonly minWidth: number;
  /** Left out in jobs without watermarks. */
  readonly isOfWatermark?: true;
}

const NAME_WIDTH_MIN = 12;
const NAME_WIDTH_MAX = 60;
const GAP = '  ';
const UNKNOWN = '-';
/** At this share of busy or back-pressured time a cell is coloured. */
const HIGH_SHARE = 0.8;

const COLUMNS: readonly Column[] = [
  { title: 'in/s', align: 'right', priority: 0, minWidth: 6, cell: (vertex) => rate(vertex.perSecond?.recordsIn) },
  { title: 'out/s', align: 'right', priority: 1, minWidth: 6, cell: (vertex) => rate(vertex.perSecond?.recordsOut) },
  { title: 'in', align: 'right', priority: 5, minWidth: 9, cell: (vertex) => formatCount(vertex.recordsIn) },
  { title: 'busy', align: 'right', priority: 2, minWidth: 5, cell: (vertex) => share(vertex.shares?.busy) },
  { title: 'backpr.', align: 'right', priority: 4, minWidth: 7, cell: (vertex) => share(vertex.shares?.backPressured) },
  { title: 'idle', align: 'right', priority: 7, minWidth: 5, cell: (vertex) => share(vertex.shares?.idle) },
  {
    title: 'watermark',
    align: 'left',
    priority: 3,
    minWidth: 19,
    isOfWatermark: true,
    cell: (vertex) => formatWatermark(vertex.watermarkMs),
  },
  {
    title: 'lag',
    align: 'right',
    priority: 6,
    minWidth: 6,
    isOfWatermark: true,
    cell: (vertex, nowMs) => formatLag(vertex.watermarkMs, nowMs),
  },
];

export function statusTable(
  snapshot: JobStatusSnapshot,
  rates: readonly VertexRates[],
  size: StatusTableSize,
  styles: Styles,
): readonly string[] {
  const head = headLine(snapshot, size.width, styles);
  const checkpoints = styles.dim(fitWidth(checkpointText(snapshot), size.width));
  const rows = vertexRows(rates, snapshot.atMs, size.width, styles);
  // Head, titles and checkpoints stand in any case; of the vertices what there is room for.
  const room = Math.max(0, size.height - 3);
  if (rows.length - 1 <= room) return [head, ...rows, checkpoints];
  const shown = rows.slice(0, Math.max(1, room));
  const left = rates.length - (shown.length - 1);
  return [head, ...shown, styles.dim(fitWidth(`  ... and ${left} more`, size.width)), checkpoints];
}

function headLine(snapshot: JobStatusSnapshot, width: number, styles: Styles): string {
  const { status, runtimeMs, restarts, nextAttemptAtMs, atMs } = snapshot;
  const waits = nextAttemptAtMs === undefined ? '' : `, next in ${formatDuration(Math.max(0, nextAttemptAtMs - atMs))}`;
  const rest = `${GAP}${formatDuration(runtimeMs)}${GAP}restarts ${restarts}${waits}`;
  const others = displayWidth(`${GAP}${status}${rest}`);
  const name = fitWidth(printable(snapshot.jobName), Math.max(NAME_WIDTH_MIN, width - others));
  const plain = `${name}${GAP}${status}${rest}`;
  if (displayWidth(plain) > width) return fitWidth(plain, width);
  return `${styles.bold(name)}${GAP}${styledStatus(status, styles)}${styles.dim(rest)}`;
}

function styledStatus(status: JobStatus, styles: Styles): string {
  switch (status) {
    case 'RUNNING':
    case 'FINISHED':
      return styles.green(status);
    case 'FAILING':
    case 'FAILED':
      return styles.red(status);
    case 'RESTARTING':
    case 'SUSPENDED':
    case 'CANCELLING':
    case 'CANCELED':
      return styles.yellow(status);
    case 'INITIALIZING':
    case 'CREATED':
      return styles.dim(status);
  }
}

function vertexRows(rates: readonly VertexRates[], nowMs: number, width: number, styles: Styles): readonly string[] {
  const names = rates.map(({ name }, index) => `[${index + 1}] ${printable(name)}`);
  const widestName = Math.min(NAME_WIDTH_MAX, Math.max(NAME_WIDTH_MIN, ...names.map(displayWidth)));
  const columns = columnsThatFit(rates, nowMs, width);
  const used = columns.reduce((sum, { width: columnWidth }) => sum + columnWidth + GAP.length, 0);
  const nameWidth = Math.max(1, Math.min(widestName, width - used));
  const line = (name: string, cells: readonly string[]): string =>
    [padWidth(fitWidth(name, nameWidth), nameWidth), ...cells].join(GAP).trimEnd();
  const titles = columns.map((column) => padWidth(column.title, column.width, column.align));
  return [
    styles.dim(line('', titles)),
    ...rates.map((vertex, row) => {
      const cells = columns.map((column) => {
        const cell = padWidth(column.cells[row] ?? '', column.width, column.align);
        return styledCell(column, vertex, cell, styles);
      });
      return line(names[row] ?? '', cells);
    }),
  ];
}

interface SizedColumn extends Column {
  readonly width: number;
  readonly cells: readonly string[];
}

function columnsThatFit(rates: readonly VertexRates[], nowMs: number, width: number): readonly SizedColumn[] {
  let columns: readonly SizedColumn[] = COLUMNS.map((column) => {
    const cells = rates.map((vertex) => column.cell(vertex, nowMs));
    return { ...column, cells, width: Math.max(column.minWidth, ...cells.map(displayWidth)) };
  });
  const hasWatermarks = rates.some(({ watermarkMs }) => watermarkMs !== Number.NEGATIVE_INFINITY);
  if (!hasWatermarks) columns = columns.filter(({ isOfWatermark }) => isOfWatermark !== true);
  const needed = (): number => columns.reduce((sum, column) => sum + column.width + GAP.length, NAME_WIDTH_MIN);
  while (columns.length > 0 && needed() > width) {
    const last = Math.max(...columns.map(({ priority }) => priority));
    columns = columns.filter(({ priority }) => priority !== last);
  }
  return columns;
}

function styledCell(column: Column, vertex: VertexRates, cell: string, styles: Styles): string {
  if (column.title === 'busy' && (vertex.shares?.busy ?? 0) >= HIGH_SHARE) return styles.yellow(cell);
  if (column.title === 'backpr.' && (vertex.shares?.backPressured ?? 0) >= HIGH_SHARE) return styles.red(cell);
  return cell;
}

function rate(perSecond: number | undefined): string {
  return perSecond === undefined ? UNKNOWN : formatRate(perSecond);
}

function share(value: number | undefined): string {
  return value === undefined ? UNKNOWN : formatShare(value);
}
