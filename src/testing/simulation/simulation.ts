/**
 * One seed: a machine, the processes that run the job on it, the faults that come, and everybody who watches. The loop draws what
 * happens next: a few steps of one slot, or the next action that is due; then everything that promises have waiting runs, and
 * now and then a little time passes. Nothing else decides the order of events, so a seed replays exactly.
 */
import { MillraceError } from '../../base/errors.ts';
import type { LogLevel } from '../../base/environment.ts';
import type { MutantName } from '../../base/mutants.ts';
import { jobIdOf } from '../../checkpoint/protocol/job-identity.ts';
import { SimRandom } from '../../host/sim/sim-random.ts';
import type { SimFileOperation } from '../../host/sim/sim-files.ts';
import type { TracePart } from '../../host/sim/sim-trace.ts';
import type { SimProcess } from '../../host/sim/sim-world.ts';
import { CheckpointDirectory } from './checkpoint-directory.ts';
import { CommittedOutput } from './committed-output.ts';
import { drawFaultPlan } from './fault-plan.ts';
import type { Fault, FaultKind, FaultPlan } from './fault-plan.ts';
import { FinalSweep } from './final-sweep.ts';
import { withVirtualGlobals } from './global-overrides.ts';
import { ProcessSupervisor } from './process-supervisor.ts';
import type { SimulatedJob, SimulatedOutput } from './simulated-job.ts';
import { SimulatedMachine } from './simulated-machine.ts';
import { CHECKPOINT_DIRECTORY } from './simulated-process.ts';
import { SimulationFailure } from './simulation-failure.ts';

export interface SimulationOptions {
  readonly job: SimulatedJob;
  readonly seed: number;
  readonly faultKinds: readonly FaultKind[];
  readonly mutants: readonly MutantName[];
  readonly onTrace: ((parts: readonly TracePart[]) => void) | undefined;
}

export interface SimulationResult {
  readonly seed: number;
  /** Equal for equal runs, and as good as never for others. */
  readonly traceHash: string;
  readonly virtualMs: number;
  readonly turnCount: number;
  readonly faults: readonly Fault[];
  readonly processCount: number;
  readonly checkpointCount: number;
  readonly output: SimulatedOutput;
}

/** After the last fault, virtual. */
const LIVENESS_LIMIT_MS = 60_000;
const TURNS_MAX = 400_000;
const STEP_SHARE = 0.6;
const PASSING_SHARE = 0.1;
const PASSING_MS_MAX = 0.4;

const realSetImmediate = setImmediate;

export class Simulation {
  readonly #options: SimulationOptions;
  readonly #random: SimRandom;
  readonly #machine: SimulatedMachine;
  readonly #output: CommittedOutput;
  readonly #directory: CheckpointDirectory;
  readonly #supervisor: ProcessSupervisor;
  readonly #plan: FaultPlan;
  readonly #happened: Fault[] = [];
  readonly #onUnhandledRejection = (error: unknown): void => this.#found(asError(error));
  /** A crash that waits for an operation of the disk. */
  #armed: { readonly fault: Extract<Fault, { kind: 'crash' }>; left: number } | undefined;
  #finding: Error | undefined;
  #turnCount = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
    const { job, seed } = options;
    const random = new SimRandom(seed);
    this.#plan = drawFaultPlan(random.fork(), options.faultKinds);
    this.#random = random.fork();
    this.#machine = new SimulatedMachine({
      random: random.fork(),
      onTrace: options.onTrace,
      onFileEffect: (operation, path, process) => this.#onFileEffect(operation, path, process),
      onLog: (level, message, fields) => this.#onLog(level, message, fields),
    });
    const { disk } = this.#machine.storage;
    for (const [path, content] of Object.entries(job.files ?? {})) disk.put(path, content);
    this.#output = new CommittedOutput(disk, job.outputs);
    this.#directory = new CheckpointDirectory(disk, `${CHECKPOINT_DIRECTORY}/${jobIdOf(job.job.name)}`);
    this.#supervisor = new ProcessSupervisor({
      machine: this.#machine,
      job,
      random: random.fork(),
      mutants: { active: new Set(options.mutants) },
      directory: this.#directory,
      onFinding: (error) => this.#found(error),
    });
  }

  /** @throws SimulationFailure */
  async run(): Promise<SimulationResult> {
    process.on('unhandledRejection', this.#onUnhandledRejection);
    try {
      await withVirtualGlobals(
        () => this.#machine.globals(),
        () => this.#loop(),
      );
      return this.#result();
    } catch (cause) {
      throw this.#failure(cause);
    } finally {
      process.off('unhandledRejection', this.#onUnhandledRejection);
    }
  }

  async #loop(): Promise<void> {
    this.#planFaults();
    this.#supervisor.start({ takeover: false });
    while (!this.#supervisor.isOver) await this.#oneTurn();
    this.#checkEnd();
    this.#machine.storage.trouble = 'none';
    const sweep = new FinalSweep(this.#machine, this.#options.job.job);
    while (!sweep.isOver) await this.#oneTurn();
    sweep.check();
    const left = this.#directory.leftovers();
    if (left.length > 0) throw new Error(`The next start leaves files behind: ${left.join(', ')}`);
  }

  /** Something happens, and everything that promises have waiting. */
  async #oneTurn(): Promise<void> {
    this.#turn();
    await new Promise<void>((resolve) => realSetImmediate(resolve));
    if (this.#finding !== undefined) throw this.#finding;
  }

  #turn(): void {
    const { world, slots } = this.#machine;
    const runnable = slots.runnable();
    const nextDueMs = world.nextDueMs;
    const isDue = nextDueMs !== undefined && nextDueMs <= world.nowMs;
    this.#checkLiveness(runnable.length > 0 || nextDueMs !== undefined);
    if (runnable.length === 0 && !isDue) return world.advanceTo(nextDueMs ?? world.nowMs);
    if (runnable.length > 0 && (!isDue || this.#random.chance(STEP_SHARE))) {
      runnable[this.#random.nextInt(runnable.length)]?.run();
    } else {
      world.runDue();
    }
    if (this.#random.chance(PASSING_SHARE)) world.advanceTo(world.nowMs + this.#random.next() * PASSING_MS_MAX);
  }

  #checkLiveness(isAnythingLeft: boolean): void {
    const { world } = this.#machine;
    if (!isAnythingLeft) throw new Error('The job goes on no more: nothing is planned, and every slot sleeps');
    if (world.nowMs > this.#plan.endsAtMs + LIVENESS_LIMIT_MS) {
      throw new Error(`The job has not ended ${LIVENESS_LIMIT_MS} ms after the last fault`);
    }
    if (++this.#turnCount > TURNS_MAX) throw new Error(`The job has not ended after ${TURNS_MAX} turns`);
  }

  #planFaults(): void {
    const { world } = this.#machine;
    const { self } = this.#supervisor;
    for (const fault of this.#plan.faults) world.planAt(self, fault.atMs, () => this.#happen(fault));
    world.planAt(self, this.#plan.endsAtMs, () => this.#endFaults());
  }

  #happen(fault: Fault): void {
    const machine = this.#machine;
    const supervisor = this.#supervisor;
    if (supervisor.hasFinished) return;
    this.#happened.push(fault);
    machine.trace.note('fault', JSON.stringify(fault));
    switch (fault.kind) {
      case 'subtask':
        return supervisor.current?.failSubtask(fault.afterRecords);
      case 'thread':
        return supervisor.current?.killThread(fault.slotIndex);
      case 'crash':
        if (fault.trigger === undefined) return this.#crash(fault);
        this.#armed = { fault, left: fault.trigger.count };
        return;
      case 'zombie':
        return supervisor.stopAndTakeOver(fault.takeoverAfterMs, fault.wakeUpAfterMs);
      case 'storage':
        machine.storage.trouble = fault.trouble;
        supervisor.diskTroubled();
        machine.world.plan(supervisor.self, fault.forMs, () => {
          machine.storage.trouble = 'none';
        });
        return;
      case 'clock':
        return machine.jumpClock(fault.offsetMs);
      case 'suspend':
        return supervisor.suspend();
      case 'request':
        return supervisor.requestCheckpoint();
    }
  }

  #crash({ remains, downMs }: Extract<Fault, { kind: 'crash' }>): void {
    this.#armed = undefined;
    this.#supervisor.crash(remains, downMs);
    if (remains === 'written') return;
    this.#output.powerLost();
    this.#directory.powerLost();
  }

  #endFaults(): void {
    this.#armed = undefined;
    this.#machine.storage.trouble = 'none';
    this.#supervisor.current?.failSubtask(Number.POSITIVE_INFINITY);
  }

  #onFileEffect(operation: SimFileOperation, path: string, process: SimProcess): void {
    try {
      if (this.#output.isWithin(path)) this.#output.look();
      if (this.#directory.isWithin(path)) this.#directory.look();
    } catch (error) {
      this.#found(asError(error));
    }
    const armed = this.#armed;
    const isMeant = armed?.fault.trigger?.operation === operation && this.#supervisor.current?.process !== undefined;
    if (armed === undefined || !isMeant || process.isDead) return;
    if (--armed.left <= 0) this.#crash(armed.fault);
  }

  /** Assertions of the engine that somebody caught and wrote down. */
  #onLog(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    const { error } = fields;
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'INVARIANT_VIOLATED') this.#found(new Error(`${level}: ${message}`, { cause: error }));
  }

  /** User code that looks at the output runs outside of all processes. */
  #checkEnd(): void {
    this.#machine.world.enter(undefined);
    this.#output.look();
    this.#options.job.check?.(this.#output);
    // A process that wakes up late may leave files that only the next run would find.
    const hasZombie = this.#happened.some(({ kind }) => kind === 'zombie');
    const left = [
      ...(hasZombie ? [] : this.#output.temporaryFiles()),
      ...(this.#supervisor.hasFinishedUndisturbed ? this.#directory.leftovers() : []),
    ];
    if (left.length > 0) throw new Error(`Files are left behind: ${left.join(', ')}`);
  }

  #result(): SimulationResult {
    const { trace, world } = this.#machine;
    return {
      seed: this.#options.seed,
      traceHash: trace.hash,
      virtualMs: world.nowMs,
      turnCount: this.#turnCount,
      faults: this.#happened,
      processCount: this.#supervisor.startCount,
      checkpointCount: this.#supervisor.checkpointCount,
      output: this.#output,
    };
  }

  #found(error: Error): void {
    this.#finding ??= error;
  }

  #failure(cause: unknown): SimulationFailure {
    const { job, seed } = this.#options;
    return new SimulationFailure({
      name: job.name,
      seed,
      atMs: this.#machine.world.nowMs,
      faults: this.#happened,
      cause,
    });
  }
}

function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  return new MillraceError('USER_FUNCTION_FAILED', `Something was thrown that is no error: ${String(error)}`);
}
