import { formatCount } from '../../../src/metrics/format-values.ts';
import type { ExpectedResult } from '../../nexmark/queries.ts';
import type { RunRequest } from './engine.ts';

export interface Verification {
  readonly request: RunRequest;
  /** Undefined where nothing is known: then the engines are compared with each other. */
  readonly expected: ExpectedResult | undefined;
  readonly flink: ExpectedResult;
  /** Undefined where it was not asked. */
  readonly millrace: ExpectedResult | undefined;
}

export interface VerificationTable {
  /** In Markdown. */
  readonly text: string;
  readonly isWrong: boolean;
}

const HEAD = ['| query | events | subtasks | rows | check value | Flink | Millrace |', '|---|--:|--:|--:|--:|---|---|'];

export function verificationTable(verifications: readonly Verification[]): VerificationTable {
  const text = [...HEAD, ...verifications.map(row)].join('\n');
  return { text, isWrong: verifications.some((verification) => !isRight(verification)) };
}

function row(verification: Verification): string {
  const { request, flink, millrace } = verification;
  const { rows, check } = wanted(verification);
  const cells = [
    request.query,
    formatCount(request.events),
    request.parallelism,
    formatCount(rows),
    check,
    verdict(flink, verification),
    millrace === undefined ? '' : verdict(millrace, verification),
  ];
  return `| ${cells.join(' | ')} |`;
}

function wanted({ expected, flink }: Verification): ExpectedResult {
  return expected ?? flink;
}

function isRight(verification: Verification): boolean {
  const { flink, millrace = wanted(verification) } = verification;
  return isSame(flink, wanted(verification)) && isSame(millrace, wanted(verification));
}

function verdict(result: ExpectedResult, verification: Verification): string {
  if (!isSame(result, wanted(verification))) return `WRONG: ${formatCount(result.rows)} rows, ${result.check}`;
  return verification.expected === undefined ? 'not known' : 'right';
}

function isSame(one: ExpectedResult, other: ExpectedResult): boolean {
  return one.rows === other.rows && one.check === other.check;
}
