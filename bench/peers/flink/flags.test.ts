import { describe, expect, it } from 'vitest';
import { parseFlinkPeerFlags } from './flags.ts';

function parse(args: string): ReturnType<typeof parseFlinkPeerFlags> {
  return parseFlinkPeerFlags(args.split(' ').filter((part) => part !== ''));
}

describe('flags of the comparison with Flink', () => {
  it('compare every job once when they name no query', () => {
    const { queries, events, runs, isVerified } = parse('');
    expect({ events, runs, isVerified }).toEqual({ events: undefined, runs: 3, isVerified: false });
    expect(queries).toContain('q18');
    expect(queries).not.toContain('q18final');
  });

  it('verify every query when they name none', () => {
    const { queries, isVerified } = parse('--verify');
    expect(isVerified).toBe(true);
    expect(queries).toHaveLength(13);
    expect(queries).toContain('q18final');
  });

  it('name queries, in the order in which they run', () => {
    expect(parse('--queries keyed,q0 --events 1000 --runs 5 --parallelism 1')).toEqual({
      queries: ['keyed', 'q0'],
      events: 1000,
      runs: 5,
      parallelism: 1,
      isVerified: false,
    });
  });

  it.each([
    ['--queries q0,q99', "no query 'q99'"],
    ['--queries q0,', "no query ''"],
    ['--queries toString', "no query 'toString'"],
    ['--events 1.5', "'--events' is '1.5'"],
    ['--runs 0', "'--runs' is '0'"],
    ['--parallelism two', "'--parallelism' is 'two'"],
    ['--query q0', '--query'],
  ])('%s is refused', (args, message) => {
    expect(() => parse(args)).toThrow(TypeError);
    expect(() => parse(args)).toThrow(message);
  });
});
