import { describe, expect, it } from 'vitest';
import { fromErrorRecord, MillraceError, revivedError, toErrorRecord, withContext } from './errors.ts';

const CAUSE = new RangeError('too far');
const ERROR = new MillraceError('TASK_STUCK', 'Slot 1 is stuck', {
  context: { operatorName: 'map', subtaskIndex: 1 },
  cause: CAUSE,
});

describe('an error', () => {
  it('crosses a thread as a record, with code, place, cause and stacks', () => {
    const revived = fromErrorRecord(structuredClone(toErrorRecord(ERROR)));
    expect(MillraceError.is(revived)).toBe(true);
    expect(revived).toMatchObject({
      code: 'TASK_STUCK',
      recovery: 'restart',
      context: { operatorName: 'map', subtaskIndex: 1 },
      stack: ERROR.stack,
      cause: { name: 'RangeError', message: 'too far', stack: CAUSE.stack },
    });
  });

  it('keeps what deeper layers said of its place', () => {
    const error = new MillraceError('TASK_STUCK', 'x', { context: { operatorName: 'deep' } });
    expect(withContext(error, { operatorName: 'shallow', jobName: 'job' }, 'USER_FUNCTION_FAILED').context).toEqual({
      operatorName: 'deep',
      jobName: 'job',
    });
  });

  it('has few causes of causes left after crossing', () => {
    let error = new Error('0');
    for (let depth = 1; depth < 20; depth++) error = new Error(String(depth), { cause: error });
    let record: ReturnType<typeof toErrorRecord> | undefined = toErrorRecord(error);
    let length = 0;
    for (; record !== undefined; record = record.cause) length++;
    expect(length).toBe(6);
  });
});

describe('an error that came from a thread by itself', () => {
  /** What Node makes of it: the properties, in an object of class Error. */
  function crossed(error: Error): Error {
    const copy = Object.assign(new Error(error.message, { cause: error.cause }), error);
    copy.name = error.name;
    return copy;
  }

  it('is ours again by its code', () => {
    const revived = revivedError(crossed(ERROR));
    expect(MillraceError.is(revived)).toBe(true);
    expect(revived).toMatchObject({ code: 'TASK_STUCK', message: 'Slot 1 is stuck', context: { operatorName: 'map' } });
    expect(revivedError(ERROR)).toBe(ERROR);
  });

  it('is not ours when its code is not', () => {
    const other = Object.assign(new Error('x'), { name: 'MillraceError', code: 'SOMETHING_ELSE' });
    for (const error of [other, new Error('x'), 'x', undefined]) expect(revivedError(error)).toBeUndefined();
  });
});
