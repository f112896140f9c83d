import { describe, expect, it } from 'vitest';
import { checkpointMetadata, operatorMetadata } from '../../../test/support/checkpoint-fixture.ts';
import { checkpointId } from '../../base/ids.ts';
import type { PointerEntry, PointerRecord } from '../pointer-log/pointer-entry.ts';
import { decideRestore, decideStart, relativeToJob, startLine } from './resume.ts';
import type { RestoreDecision, RestoreFacts, StartDecision, StartFacts, StartRequest } from './resume.ts';
import { isSameModule, jobIdOf } from './job-identity.ts';

const IDENTITY = { jobName: 'flights', module: 'jobs/flights.ts', packageName: 'shop' };
const TAKEOVER: PointerRecord = { kind: 'takeover', host: 'h', pid: 1 };

function checkpoint(n: number): PointerRecord {
  return { kind: 'checkpoint', checkpointId: checkpointId(n) };
}

function log(...records: PointerRecord[]): PointerEntry[] {
  return records.map((record, index) => ({
    sequence: index + 1,
    fencingEpoch: 1,
    runId: 'run-1',
    writtenAtMs: 0,
    record,
  }));
}

function decide(facts: Partial<StartFacts> = {}, request: Partial<StartRequest> = {}): StartDecision {
  return decideStart(
    { jobDirectory: '/c/job', lock: { kind: 'acquired' }, stored: IDENTITY, entries: [], ...facts },
    { identity: IDENTITY, fresh: false, adopt: false, restoreFrom: undefined, ...request },
  );
}

describe('which run a start is', () => {
  const cases: readonly [string, Partial<StartFacts>, Partial<StartRequest>, StartDecision][] = [
    ['the first one', { stored: undefined }, {}, { kind: 'new-run', reason: 'first-start', runId: undefined }],
    [
      'after a crash: the latest checkpoint',
      { entries: log(TAKEOVER, checkpoint(1), checkpoint(2)) },
      {},
      { kind: 'resume', runId: 'run-1', checkpointId: checkpointId(2) },
    ],
    [
      'after a crash of a resumed start',
      { entries: log(TAKEOVER, checkpoint(1), TAKEOVER) },
      {},
      { kind: 'resume', runId: 'run-1', checkpointId: checkpointId(1) },
    ],
    [
      'after a crash before the first checkpoint',
      { entries: log(TAKEOVER) },
      {},
      { kind: 'new-run', reason: 'no-checkpoint-yet', runId: 'run-1' },
    ],
    [
      'after FINISHED',
      { entries: log(TAKEOVER, checkpoint(1), { kind: 'finished' }) },
      {},
      { kind: 'new-run', reason: 'finished', runId: undefined },
    ],
    [
      'after CANCELED',
      { entries: log(TAKEOVER, checkpoint(1), { kind: 'canceled' }) },
      {},
      { kind: 'new-run', reason: 'canceled', runId: undefined },
    ],
    [
      '--fresh',
      { entries: log(TAKEOVER, checkpoint(1)) },
      { fresh: true },
      { kind: 'new-run', reason: 'fresh', runId: undefined },
    ],
    [
      '--restore-from one of its own',
      { entries: log(TAKEOVER, checkpoint(1), checkpoint(2)) },
      { restoreFrom: '/c/job/chk-1' },
      { kind: 'restore', directory: 'chk-1', isRequested: true, runId: undefined },
    ],
    [
      '--restore-from a foreign one',
      {},
      { restoreFrom: '/other/chk-9/_metadata' },
      { kind: 'restore', directory: '/other/chk-9', isRequested: true, runId: undefined },
    ],
    [
      'after a crash of a start with --restore-from',
      { entries: log(TAKEOVER, checkpoint(2), { ...TAKEOVER, restoreFrom: 'chk-1' }) },
      {},
      { kind: 'restore', directory: 'chk-1', isRequested: false, runId: 'run-1' },
    ],
    [
      'of another module with --adopt',
      { stored: { ...IDENTITY, module: 'other.ts' } },
      { adopt: true },
      { kind: 'new-run', reason: 'first-start', runId: undefined },
    ],
    [
      'of a renamed job under the same --job-id',
      { stored: { ...IDENTITY, jobName: 'old name' } },
      {},
      { kind: 'new-run', reason: 'first-start', runId: undefined },
    ],
  ];

  it.each(cases)('%s', (_name, facts, request, decision) => {
    expect(decide(facts, request)).toEqual(decision);
  });

  it('is refused while another process runs the job, with who and since when', () => {
    const holder = { host: 'box', pid: 4711, sinceMs: Date.UTC(2026, 0, 2, 3, 4, 5) };
    expect(decide({ lock: { kind: 'held', holder } })).toEqual({
      kind: 'fail',
      code: 'JOB_ALREADY_RUNNING',
      message:
        "Starting job 'flights' failed: process 4711 on 'box' (since 2026-01-02T03:04:05.000Z) runs it in '/c/job'",
    });
    expect(decide({ lock: { kind: 'held', holder: undefined } })).toMatchObject({ code: 'JOB_ALREADY_RUNNING' });
  });

  it('is refused when another module has the name', () => {
    expect(decide({ stored: { ...IDENTITY, module: 'other.ts', packageName: undefined } })).toEqual({
      kind: 'fail',
      code: 'JOB_NAME_TAKEN',
      message:
        "Starting job 'flights' failed: '/c/job' belongs to 'other.ts', not to 'jobs/flights.ts' of package 'shop'",
    });
  });

  it('is refused when it contradicts itself', () => {
    expect(decide({}, { fresh: true, restoreFrom: 'chk-1' })).toMatchObject({ kind: 'fail', code: 'CONFIG_INVALID' });
  });
});

const RESUME: StartDecision & { kind: 'resume' } = { kind: 'resume', runId: 'run-1', checkpointId: checkpointId(41) };
const TOLD: StartDecision & { kind: 'restore' } = {
  kind: 'restore',
  directory: 'chk-12',
  isRequested: true,
  runId: undefined,
};

const sink = operatorMetadata({
  name: 'results',
  sink: { kind: 'files', guarantee: 'exactly-once', identity: ['/out'] },
});
const printed = operatorMetadata({ name: 'print', sink: { kind: 'print', guarantee: 'none', identity: [] } });
const older = checkpointMetadata({ checkpointId: checkpointId(12), operators: [sink, printed] });

function facts(overrides: Partial<RestoreFacts> = {}): RestoreFacts {
  return {
    metadata: { kind: 'read', metadata: older },
    isForeign: false,
    latest: undefined,
    latestId: undefined,
    ...overrides,
  };
}

describe('the checkpoint that a start restores', () => {
  it('never falls back by itself', () => {
    const corrupt = { kind: 'unreadable', code: 'CHECKPOINT_CORRUPT', message: 'Reading failed at byte 7' } as const;
    expect(decideRestore(RESUME, facts({ metadata: corrupt }))).toEqual({
      kind: 'fail',
      code: 'CHECKPOINT_CORRUPT',
      message:
        'Reading failed at byte 7; an older checkpoint is only taken by --restore-from, because sinks have committed up to chk-41',
    });
    const missing = { kind: 'missing', path: '/c/job/chk-41/_metadata' } as const;
    expect(decideRestore(RESUME, facts({ metadata: missing }))).toMatchObject({
      kind: 'fail',
      code: 'CHECKPOINT_CORRUPT',
    });
  });

  it('that was asked for must exist', () => {
    const missing = { kind: 'missing', path: '/c/job/chk-12/_metadata' } as const;
    expect(decideRestore(TOLD, facts({ metadata: missing }))).toMatchObject({
      kind: 'fail',
      code: 'CHECKPOINT_NOT_FOUND',
    });
  });

  it('names the sinks that have committed beyond it', () => {
    const latest = { latestId: checkpointId(41), latest: checkpointMetadata({ operators: [sink, printed] }) };
    const decision = decideRestore(TOLD, facts(latest)) as RestoreDecision & { kind: 'restore' };
    expect(decision).toMatchObject({ runId: older.runId, committedBeyond: ['results (/out)'] });
    expect(startLine('flights', TOLD, decision)).toBe(
      "restoring chk-12 of 'flights'; these sinks have committed beyond it and will repeat output: results (/out)",
    );
    expect(decideRestore(TOLD, facts({ latestId: checkpointId(41) }))).toMatchObject({
      committedBeyond: ['results (/out)'],
    });
    expect(decideRestore(TOLD, facts({ latestId: checkpointId(12) }))).toMatchObject({ committedBeyond: [] });
  });

  it('begins a run of its own when it lies in another directory', () => {
    expect(decideRestore(TOLD, facts({ isForeign: true }))).toMatchObject({ runId: undefined, committedBeyond: [] });
    expect(decideRestore({ ...TOLD, runId: 'run-7' }, facts({ isForeign: true }))).toMatchObject({ runId: 'run-7' });
  });
});

describe('the start line', () => {
  it.each([
    [{ kind: 'new-run', reason: 'first-start', runId: undefined }, "new run of 'flights'"],
    [{ kind: 'new-run', reason: 'fresh', runId: undefined }, "new run of 'flights' (--fresh)"],
    [{ kind: 'new-run', reason: 'finished', runId: undefined }, "new run of 'flights' (the last one has finished)"],
    [{ kind: 'new-run', reason: 'canceled', runId: undefined }, "new run of 'flights' (the last one was canceled)"],
    [
      { kind: 'new-run', reason: 'no-checkpoint-yet', runId: 'r' },
      "new run of 'flights' (the last start completed no checkpoint)",
    ],
  ] as const)('of %o', (decision, line) => {
    expect(startLine('flights', decision, undefined)).toBe(line);
  });

  it('of a resumed run', () => {
    const metadata = checkpointMetadata({ checkpointId: checkpointId(41) });
    const restore = { kind: 'restore', metadata, runId: 'run-1', committedBeyond: [] } as const;
    expect(startLine('flights', RESUME, restore)).toBe("resuming chk-41 of 'flights'");
  });
});

describe('identity', () => {
  it('of a job is a hash of its name or what was given', () => {
    expect(jobIdOf('flights')).toMatch(/^[0-9a-f]{32}$/);
    expect(jobIdOf('flights')).toBe(jobIdOf('flights'));
    expect(jobIdOf('flights', '0'.repeat(32))).toBe('0'.repeat(32));
    expect(() => jobIdOf('flights', 'XYZ')).toThrow("'XYZ' is not 32 hex digits");
  });

  it('of a module does not depend on the name of the job', () => {
    expect(isSameModule(IDENTITY, { ...IDENTITY, jobName: 'other' })).toBe(true);
    expect(isSameModule(IDENTITY, { ...IDENTITY, packageName: undefined })).toBe(false);
  });

  it('of a checkpoint within the job is its name', () => {
    expect(relativeToJob('chk-5', '/c/job')).toBe('chk-5');
    expect(relativeToJob('/c/job/chk-5/', '/c/job')).toBe('chk-5');
    expect(relativeToJob('/c/job/chk-5/_metadata', '/c/job')).toBe('chk-5');
    expect(relativeToJob('/c/other/chk-5', '/c/job')).toBe('/c/other/chk-5');
  });
});
