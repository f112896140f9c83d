import { describe, expect, it } from 'vitest';
import { parseNexmarkFlags } from './nexmark-command.ts';

describe('flags of the benchmark', () => {
  it('have defaults but for the query', () => {
    expect(parseNexmarkFlags(['--query', 'keyed', '--parallelism', '2'])).toEqual({
      query: 'keyed',
      run: { events: 20_000_000, parallelism: 2, host: 'threads', checkpointIntervalMs: 1000, isVerified: false },
      seed: 1,
      warmUpEvents: 5_000_000,
      isJson: false,
    });
  });

  it('warm up with no more events than are counted', () => {
    const flags = parseNexmarkFlags(
      '--query keyed --events 1000 --verify --json --host inline --checkpoint-interval 0'.split(' '),
    );
    expect(flags).toMatchObject({
      run: { events: 1000, host: 'inline', checkpointIntervalMs: 0, isVerified: true },
      warmUpEvents: 1000,
      isJson: true,
    });
  });

  it.each([
    ['', "no query ''"],
    ['--query q99', "no query 'q99'"],
    ['--query toString', "no query 'toString'"],
    ['--query keyed --events 1.5', "'--events' is '1.5'"],
    ['--query keyed --parallelism 0', "'--parallelism' is '0'"],
    ['--query keyed --host cluster', "no host 'cluster'"],
    ['--query keyed --evens 5', '--evens'],
  ])('%s is refused', (args, message) => {
    const parse = (): unknown => parseNexmarkFlags(args.split(' ').filter((part) => part !== ''));
    expect(parse).toThrow(TypeError);
    expect(parse).toThrow(message);
  });
});
