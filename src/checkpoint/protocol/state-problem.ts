import type { ErrorCode } from '../../base/error-catalogue.ts';

/** One thing that does not fit. */
export interface StateProblem {
  readonly code: ErrorCode;
  readonly text: string;
}
