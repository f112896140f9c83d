import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MillraceError } from './errors.ts';
import { redact, REDACTED } from './redact.ts';

describe('redact of a text', () => {
  it.each([
    ['postgres://me:pw@db:5432/x', `postgres://${REDACTED}@db:5432/x`],
    ['postgres://me:p@w@db/x and s3://key@bucket', `postgres://${REDACTED}@db/x and s3://${REDACTED}@bucket`],
    ['https://host/path?user=a@b', 'https://host/path?user=a@b'],
    ['mail me@host', 'mail me@host'],
    ['https://host/?access_token=abc&page=2', `https://host/?access_token=${REDACTED}&page=2`],
    ["-D s3.secret-key=abc -D a='b'", `-D s3.secret-key=${REDACTED} -D a='b'`],
    ['s3a://x?session-token=a', `s3a://x?session-token=${REDACTED}`],
    ['ssl.Password = "with blanks", next', `ssl.Password = ${REDACTED}, next`],
    ['--db-password hunter2 --events 5', `--db-password ${REDACTED} --events 5`],
    ['--token --events 5', '--token --events 5'],
    ['{"apiToken":"a\\"b","n":1}', `{"apiToken":"${REDACTED}","n":1}`],
    ["Unexpected token 'x' in JSON", "Unexpected token 'x' in JSON"],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('takes linear time for a line without blanks', () => {
    const line = `${'token'.repeat(100_000)}://`;
    expect(redact(line)).toBe(line);
  });
});

describe('redact of a value', () => {
  it('replaces what has a secret name, at any depth and in any container', () => {
    const value = {
      parameters: new Map([['password', 'x'] as const, ['input', 'https://a:b@c/d'] as const]),
      list: [{ clientSecret: { a: 1 } }, { TOKEN: 7n }],
      set: new Set(['https://a@b']),
    };
    expect(redact(value)).toEqual({
      parameters: { password: REDACTED, input: `https://${REDACTED}@c/d` },
      list: [{ clientSecret: REDACTED }, { TOKEN: REDACTED }],
      set: [`https://${REDACTED}@b`],
    });
  });

  it('shows that a secret is absent', () => {
    expect(redact({ password: undefined, secret: null, token: '', hasToken: true })).toEqual({
      password: undefined,
      secret: null,
      token: '',
      hasToken: true,
    });
  });

  it('makes errors plain, with their causes', () => {
    const error = new MillraceError('INPUT_UNREADABLE', 'Reading https://u:p@h failed', {
      cause: new Error('token=abc'),
      context: { operatorName: 'in' },
    });
    expect(redact({ error })).toMatchObject({
      error: {
        name: 'MillraceError',
        code: 'INPUT_UNREADABLE',
        message: `Reading https://${REDACTED}@h failed`,
        context: { operatorName: 'in' },
        cause: { message: `token=${REDACTED}` },
      },
    });
  });

  it('ends at circles and at depth', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(redact(circle)).toEqual({ self: '[circular]' });
    let deep: unknown = 'end';
    for (let level = 0; level < 100; level++) deep = [deep];
    expect(JSON.stringify(redact(deep))).toBe(`${'['.repeat(8)}"[...]"${']'.repeat(8)}`);
  });

  it('gives something that JSON can hold, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true }), (value) => void JSON.stringify(redact(value))),
    );
  });
});
