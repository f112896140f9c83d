import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointStatistics, jobStatus, vertexStatus } from '../../test/support/job-status-fixture.ts';
import { displayWidth } from './display-width.ts';
import { statusLines } from './status-lines.ts';
import { statusTable } from './status-table.ts';
import { plainStyles } from './styles.ts';
import type { Styles } from './styles.ts';
import { vertexRates } from './vertex-rates.ts';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const names = ['Source: flights -> Filter', 'mean-delay -> Sink: results'];
const before = jobStatus({
  atMs: atMs - 1000,
  vertices: names.map((name, index) => vertexStatus(index, {}, { name })),
});
const after = jobStatus({
  atMs,
  jobName: 'flight-delays',
  completedCheckpoints: 1234,
  failedCheckpoints: 1,
  lastCheckpoint: checkpointStatistics(11),
  checkpointInProgress: true,
  restarts: 2,
  vertices: [
    vertexStatus(
      0,
      {
        numRecordsIn: 1_200_000,
        numRecordsOut: 1_180_000,
        accumulateBusyTimeMs: 1860,
        accumulateBackPressuredTimeMs: 80,
        currentOutputWatermark: Date.UTC(2001, 0, 3, 12),
      },
      { name: names[0] ?? '' },
    ),
    vertexStatus(1, { numRecordsIn: 900, numRecordsSend: 5, accumulateBusyTimeMs: 200 }, { name: names[1] ?? '' }),
  ],
});
const rates = vertexRates(before, after);

describe('statusTable', () => {
  it('shows all columns where there is room', () => {
    expect(statusTable(after, rates, { width: 120, height: 20 }, plainStyles)).toEqual([
      'flight-delays  RUNNING  12 s  restarts 2',
      '                                   in/s   out/s         in   busy  backpr.   idle  watermark               lag',
      '[1] Source: flights -> Filter    1.20 M  1.18 M  1,200,000   93 %      4 %    3 %  2001-01-03 12:00:00  25.0 y',
      '[2] mean-delay -> Sink: results     900     5.0        900   10 %      0 %   90 %  -',
      'checkpoints 1,234 completed, 1 failed; last chk-11 in 35 ms, 2.1 MB written; one in progress',
    ]);
  });

  it('leaves columns out and cuts names where there is little', () => {
    expect(statusTable(after, rates, { width: 60, height: 20 }, plainStyles)).toEqual([
      'flight-delays  RUNNING  12 s  restarts 2',
      '                    in/s   out/s   busy  watermark',
      '[1] Source: fli…  1.20 M  1.18 M   93 %  2001-01-03 12:00:00',
      '[2] mean-delay …     900     5.0   10 %  -',
      'checkpoints 1,234 completed, 1 failed; last chk-11 in 35 ms…',
    ]);
  });

  it('says how many vertices do not fit', () => {
    const lines = statusTable(after, rates, { width: 60, height: 4 }, plainStyles);
    expect(lines).toHaveLength(4);
    expect(lines[2]).toBe('  ... and 2 more');
  });

  it('says when the next attempt starts', () => {
    const restarting = jobStatus({ atMs, status: 'RESTARTING', nextAttemptAtMs: atMs + 1500 });
    expect(statusTable(restarting, [], { width: 80, height: 20 }, plainStyles)[0]).toBe(
      'totals  RESTARTING  12 s  restarts 0, next in 1.5 s',
    );
  });

  it('fits any terminal, whatever the names are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii', maxLength: 80 })), {
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 4, max: 12 }),
        (vertexNames, width, height) => {
          const status = jobStatus({
            jobName: vertexNames[0] ?? 'x',
            vertices: vertexNames.map((name, index) => vertexStatus(index, { numRecordsIn: 1e9 }, { name })),
          });
          const lines = statusTable(status, vertexRates(undefined, status), { width, height }, plainStyles);
          expect(lines.length).toBeLessThanOrEqual(height);
          expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('colours a vertex that is busy or back-pressured', () => {
    const styles: Styles = { ...plainStyles, yellow: (text) => `<y>${text}</y>`, red: (text) => `<r>${text}</r>` };
    const pressed = jobStatus({
      atMs,
      vertices: [
        vertexStatus(0, { accumulateBusyTimeMs: 1700 }),
        vertexStatus(1, { accumulateBackPressuredTimeMs: 1900 }),
      ],
    });
    const lines = statusTable(pressed, vertexRates(before, pressed), { width: 120, height: 20 }, styles);
    expect(lines[2]).toContain('<y> 85 %</y>');
    expect(lines[3]).toContain('<r>   95 %</r>');
  });
});

describe('statusLines', () => {
  it('say the same without a terminal', () => {
    expect(statusLines(after, rates)).toEqual([
      '12 s  RUNNING  restarts 2  checkpoints 1,234 completed, 1 failed; last chk-11 in 35 ms, 2.1 MB written; one in progress',
      '  [1] Source: flights -> Filter: in 1.20 M/s, out 1.18 M/s, busy 93 %, back-pressured 4 %, idle 3 %, watermark 2001-01-03 12:00:00 (lag 25.0 y)',
      '  [2] mean-delay -> Sink: results: in 900/s, out 5.0/s, busy 10 %, back-pressured 0 %, idle 90 %',
    ]);
  });

  it('know nothing of a vertex at first', () => {
    const first = jobStatus({ vertices: [vertexStatus(0)] });
    expect(statusLines(first, vertexRates(undefined, first))).toEqual([
      '12 s  RUNNING  restarts 0  no checkpoints',
      '  [1] vertex-0: starting',
    ]);
  });
});
