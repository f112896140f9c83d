/**
 * Two or three processes work on one pointer log at once. Each takes the job over, then completes checkpoints one after the other
 * and removes old entries, until it is fenced, dies at some file operation, or is done. fast-check draws the order of all file
 * operations, so that a process may be stopped between any two of its steps for as long as the others like.
 *
 * Property: whoever takes over has seen every checkpoint for which an older epoch has got or will ever get a permit. So what older
 * processes commit is always part of what the new owner restores.
 * Then the power fails, and the log must still name the newest permitted checkpoint.
 *
 * Not modelled: locks (they are not needed for this), metadata and data files.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryEnvironment, SimFiles } from '../../../test/support/memory-environment.ts';
import { checkpointId } from '../../base/ids.ts';
import { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { PointerLog } from './pointer-log.ts';
import { currentRun, prunableEntries } from './pointer-log-state.ts';

const paths = new CheckpointPaths('/c/job');
const RUN = 'run-1';

interface Scenario {
  /** For each process: after how many file operations it dies, and how many checkpoints it wants to complete. */
  readonly processes: readonly { readonly diesAfter: number; readonly checkpoints: number }[];
}

interface Taken {
  readonly epoch: number;
  /** Sequences of the checkpoint entries that it had seen when it took over. */
  readonly seen: ReadonlySet<number>;
}

interface Permit {
  readonly epoch: number;
  readonly sequence: number;
}

class History {
  readonly taken: Taken[] = [];
  readonly permits: Permit[] = [];
  /** Checkpoints are numbered over all processes. */
  lastCheckpointId = 0;

  check(): void {
    const epochs = this.taken.map(({ epoch }) => epoch);
    expect(new Set(epochs).size).toBe(epochs.length);
    const sequences = this.permits.map(({ sequence }) => sequence);
    expect(new Set(sequences).size).toBe(sequences.length);
    for (const permit of this.permits) {
      const newest = Math.max(
        ...this.permits.filter(({ epoch }) => epoch <= permit.epoch).map(({ sequence }) => sequence),
      );
      for (const { epoch, seen } of this.taken) {
        // Older entries than the newest permitted one may have been removed.
        if (epoch > permit.epoch) expect([...seen].some((sequence) => sequence >= newest)).toBe(true);
      }
    }
  }
}

async function runProcess(log: PointerLog, checkpoints: number, history: History): Promise<void> {
  for (;;) {
    await log.refresh();
    const seen = new Set(
      log.entries.filter(({ record }) => record.kind === 'checkpoint').map(({ sequence }) => sequence),
    );
    const takeover = await log.tryTakeOver({ kind: 'takeover', host: 'h', pid: 1 }, RUN);
    if (takeover.kind === 'conflict') continue;
    const { fencingEpoch } = takeover.entry;
    history.taken.push({ epoch: fencingEpoch, seen });
    for (let count = 0; count < checkpoints; count++) {
      const id = checkpointId(++history.lastCheckpointId);
      const outcome = await log.append({ kind: 'checkpoint', checkpointId: id }, { fencingEpoch, runId: RUN });
      if (outcome.kind === 'fenced') return;
      history.permits.push({ epoch: fencingEpoch, sequence: outcome.entry.sequence });
      await log.remove(prunableEntries(log.entries, id));
    }
    return;
  }
}

async function runScenario(
  { processes }: Scenario,
  scheduler: fc.Scheduler,
  acceptStaleEpochs: boolean,
): Promise<void> {
  const disk = new SimFiles();
  await disk.makeDirectories(paths.pointers);
  const history = new History();
  const runs = processes.map(async ({ diesAfter, checkpoints }, index) => {
    let operations = 0;
    await new Promise<void>((resolve, reject) => {
      const files: SimFiles = disk.nextProcess({
        delay: async (operation) => {
          operations++;
          if (operations > diesAfter) files.kill();
          else await scheduler.schedule(Promise.resolve(), `process ${index}: ${operation}`);
        },
        onCrash: resolve,
      });
      const environment = memoryEnvironment(files);
      const random = { next: () => 0, nextInt: () => index };
      const log = new PointerLog({ environment: { ...environment, random }, paths, acceptStaleEpochs });
      runProcess(log, checkpoints, history).then(resolve, reject);
    });
  });
  await scheduler.waitFor(Promise.all(runs));
  history.check();

  disk.disk.losePower();
  const log = new PointerLog({ environment: memoryEnvironment(disk), paths, acceptStaleEpochs: false });
  await log.refresh();
  const run = currentRun(log.entries);
  const newest = Math.max(0, ...history.permits.map(({ sequence }) => sequence));
  const restored = run.kind === 'open' ? (run.restorePoint?.sequence ?? 0) : 0;
  expect(restored).toBeGreaterThanOrEqual(newest);
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  processes: fc.array(
    fc.record({
      diesAfter: fc.oneof(fc.integer({ min: 5, max: 60 }), fc.constant(10_000)),
      checkpoints: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 2, maxLength: 3 },
  ),
});

describe('the pointer log', () => {
  it('lets only the owner of the job commit, whoever is stopped or dies where', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.scheduler(), (processes, scheduler) => runScenario(processes, scheduler, false)),
      { numRuns: 150 },
    );
  });

  it('would not without looking at epochs', async () => {
    const details = await fc.check(
      fc.asyncProperty(scenario, fc.scheduler(), (processes, scheduler) => runScenario(processes, scheduler, true)),
      { numRuns: 300 },
    );
    expect(details.failed).toBe(true);
  });
});
