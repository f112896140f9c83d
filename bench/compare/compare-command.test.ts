import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { latestAcceptedState, thisMachine, writeAcceptedState } from './accepted-state.ts';
import type { AcceptedState } from './accepted-state.ts';
import { parseCompareFlags } from './compare-command.ts';
import { QUERY_EVENTS } from './query-events.ts';
import { parseFigures } from './run-checkout.ts';
import { QUERIES } from '../nexmark/queries.ts';

describe('flags of the comparison', () => {
  it('take all queries, each with its events', () => {
    expect(parseCompareFlags([]).queries).toEqual(new Map(Object.entries(QUERY_EVENTS)));
  });

  it('take some queries, all with the same events', () => {
    const { queries } = parseCompareFlags('--query q5,keyed --events 1000'.split(' '));
    expect([...queries]).toEqual([
      ['q5', 1000],
      ['keyed', 1000],
    ]);
  });

  it.each([['--query q5,q99'], ['--query toString'], ['--runs 0']])('%s is refused', (flags) => {
    expect(() => parseCompareFlags(flags.split(' '))).toThrow(TypeError);
  });
});

describe('the queries that are compared', () => {
  it('are all that there are, but for q18final, which is the same job as q18', () => {
    expect(Object.keys(QUERY_EVENTS).toSorted()).toEqual(
      Object.keys(QUERIES)
        .filter((name) => name !== 'q18final')
        .toSorted(),
    );
  });
});

describe('accepted states', () => {
  const state = (date: string, commit: string): AcceptedState => ({
    date,
    commit,
    machine: thisMachine(0),
    versions: { millrace: '0.1.0', node: 'v24.0.0' },
    parallelism: 2,
    queries: { q0: [{ seconds: 2, eventsPerSecond: 50 }] },
  });

  it('are found by their date', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeAcceptedState(folder, state('2026-01-02T00:00:00.000Z', 'bbbbbbbbbbbb'));
    const later = state('2026-01-10T00:00:00.000Z', 'aaaaaaaaaaaa');
    writeAcceptedState(folder, later);
    expect(latestAcceptedState(folder)).toEqual(later);
  });

  it('need not be there', () => {
    expect(latestAcceptedState('/there/is/no/such/folder')).toBeUndefined();
  });
});

describe('figures of a run', () => {
  it('stand in the last line', () => {
    const figures = parseFigures('a warning\n{"seconds":2,"eventsPerSecond":5,"rows":7}\n');
    expect(figures).toEqual({ seconds: 2, eventsPerSecond: 5, rows: 7 });
  });

  it.each(['', 'nothing', '{"seconds":2}'])('are not in %o', (output) => {
    expect(() => parseFigures(output)).toThrow('does not end with figures');
  });
});
