/** Runs `bench nexmark` of a checkout, in a process of its own that warms itself up. */
import { runQueryChild } from '../nexmark/query-child.ts';

export interface CheckoutRequest {
  readonly query: string;
  readonly events: number;
  readonly parallelism: number;
}

/** What `--json` prints, as far as it is needed here; the rest is kept as it comes. */
export interface QueryFigures {
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly [name: string]: unknown;
}

/**
 * @param root of the checkout
 * @throws Error when the run fails
 */
export async function runCheckout(root: string, request: CheckoutRequest): Promise<QueryFigures> {
  const { output, exitCode } = await runQueryChild(root, request);
  if (exitCode !== 0) throw new Error(`The run of '${request.query}' in '${root}' ended with ${exitCode}`);
  return parseFigures(output);
}

/** @throws Error when the output does not end with figures */
export function parseFigures(output: string): QueryFigures {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const parsed: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
  if (!isFigures(parsed)) throw new Error(`The output does not end with figures: '${line}'`);
  return parsed;
}

function isFigures(value: unknown): value is QueryFigures {
  if (typeof value !== 'object' || value === null) return false;
  if (!('seconds' in value) || !('eventsPerSecond' in value)) return false;
  return typeof value.seconds === 'number' && typeof value.eventsPerSecond === 'number';
}
