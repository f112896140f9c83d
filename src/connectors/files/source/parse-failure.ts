import { messageOf } from '../../../base/errors.ts';
import { isThenable, promiseNotAllowed } from '../../../base/promise-not-allowed.ts';
import type { RecordProblem } from './record-place.ts';

export const NOT_UTF8 = 'its bytes are not UTF-8';

/**
 * One record cannot be parsed; the next one can. `message` continues 'Parsing the record ... failed: ' and says nothing of the
 * record's content.
 */
export class ParseFailure extends Error {}

/** For the catch around a parser: what is not a ParseFailure is no matter of the record and is thrown on. */
export function parseFailure(error: unknown): ParseFailure {
  if (error instanceof ParseFailure) return error;
  throw error;
}

export function problemOf(
  failure: ParseFailure,
  place: Pick<RecordProblem, 'offset' | 'linesBefore' | 'text'>,
): RecordProblem {
  return { ...place, error: failure.message, ...(failure.cause === undefined ? {} : { cause: failure.cause }) };
}

/** JSON.parse without the input in its message. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(messageOf(error))?.[1];
    throw new ParseFailure(
      `it is not valid JSON${position === undefined ? '' : ` at character ${Number(position) + 1}`}`,
    );
  }
}

/** A job's own `parse`: what it throws makes the record malformed; a promise is an error of the job. */
export function guardedParse<In, T>(parse: (value: In) => T): (value: In) => T {
  return (value) => {
    let parsed: T;
    try {
      parsed = parse(value);
    } catch (error) {
      throw new ParseFailure(`the parse function threw: ${messageOf(error)}`, { cause: error });
    }
    if (isThenable(parsed)) {
      throw promiseNotAllowed(parsed, 'Parsing a record failed: the parse function returned a promise');
    }
    return parsed;
  };
}
