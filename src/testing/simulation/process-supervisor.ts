/**
 * Whoever keeps the job running, as an operator or a service manager would: starts the process again when it has died or failed,
 * lets another one take over from a process that is stopped, and knows which ends the faults explain. Every other one is a
 * finding.
 */
import { MillraceError, fromErrorRecord, messageOf } from '../../base/errors.ts';
import type { Mutants } from '../../base/mutants.ts';
import type { SimRandom } from '../../host/sim/sim-random.ts';
import type { SimProcess } from '../../host/sim/sim-world.ts';
import type { JobEvent, JobResult } from '../../job/job-status.ts';
import type { CheckpointDirectory } from './checkpoint-directory.ts';
import { isExplained } from './explained-ends.ts';
import { pick } from './fault-plan.ts';
import type { CrashRemains } from './fault-plan.ts';
import type { SimulatedJob } from './simulated-job.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { ProcessEnd } from './simulated-process.ts';
import { drawConfiguration, drawStepLimits } from './simulation-settings.ts';

export interface ProcessSupervisorOptions {
  readonly machine: SimulatedMachine;
  readonly job: SimulatedJob;
  readonly random: SimRandom;
  readonly mutants: Mutants;
  readonly directory: CheckpointDirectory;
  /** What no fault explains. */
  readonly onFinding: (error: Error) => void;
}

const RESTART_DELAY_MS_MAX = 10;
const DEFAULT_PARALLELISM: readonly number[] = [1, 2, 3];

export class ProcessSupervisor {
  readonly #options: ProcessSupervisorOptions;
  /** Plans starts and wake-ups; nothing ever happens to it. */
  readonly #self: SimProcess;
  readonly #random: SimRandom;
  /** The same for all processes: what a checkpoint was taken with must not change with each start. */
  readonly #configuration: Readonly<Record<string, string>>;
  readonly #processes: SimulatedProcess[] = [];
  /** That were stopped once: timeouts have passed meanwhile. */
  readonly #stopped = new Set<SimulatedProcess>();
  #result: JobResult | undefined;
  /** The job's end stands in the log, but its process died before it could say so. */
  #hasEndedUnseen = false;
  #isStartPlanned = false;
  #checkpointCount = 0;
  #wasDiskTroubled = false;

  constructor(options: ProcessSupervisorOptions) {
    this.#options = options;
    this.#random = options.random;
    this.#self = options.machine.startProcess();
    this.#configuration = { ...drawConfiguration(this.#random), ...options.job.configuration };
  }

  get self(): SimProcess {
    return this.#self;
  }

  get current(): SimulatedProcess | undefined {
    return this.#processes.findLast(({ isAlive, process }) => isAlive && process.isRunning);
  }

  get startCount(): number {
    return this.#processes.length;
  }

  get checkpointCount(): number {
    return this.#checkpointCount;
  }

  /** True when the job has ended and no process is left. */
  get isOver(): boolean {
    return this.hasFinished && this.#processes.every(({ isAlive }) => !isAlive);
  }

  get hasFinished(): boolean {
    return this.#result !== undefined || this.#hasEndedUnseen;
  }

  /** The job has ended in front of us, with nothing in the way since the process started that did it. */
  get hasFinishedUndisturbed(): boolean {
    return this.#result !== undefined && this.#processes.length === 1 && !this.#wasDiskTroubled;
  }

  start(options: { readonly takeover: boolean }): void {
    if (this.hasFinished) return;
    if (this.#options.directory.hasFinished) {
      this.#hasEndedUnseen = true;
      return;
    }
    const { machine, job, mutants } = this.#options;
    const number = this.#processes.length + 1;
    machine.trace.note('start', number, String(options.takeover));
    const simulated = new SimulatedProcess({
      machine,
      job,
      mutants,
      random: this.#random.fork(),
      number,
      takeover: options.takeover,
      parallelism: pick(this.#random, job.parallelism ?? DEFAULT_PARALLELISM),
      configuration: this.#configuration,
      stepLimits: drawStepLimits(this.#random),
      checkMutation: this.#random.chance(0.5),
      onEvent: (event) => this.#onEvent(simulated, event),
      onEnd: (end) => this.#onEnd(simulated, end),
    });
    this.#processes.push(simulated);
  }

  /** SIGKILL, or the power: then no process survives. Another one is started later. */
  crash(remains: CrashRemains, downMs: number): void {
    const { machine } = this.#options;
    const victims = remains === 'written' ? [this.current] : this.#processes;
    for (const victim of victims) victim?.process.kill();
    if (remains === 'synced') machine.storage.disk.losePower();
    if (remains === 'drawn') machine.storage.disk.losePower((bound) => this.#random.nextInt(bound));
    this.#startLater(downMs, false);
  }

  /** SIGSTOP; SIGCONT after another process has had the time to take over. */
  stopAndTakeOver(takeoverAfterMs: number, wakeUpAfterMs: number): void {
    const stopped = this.current;
    if (stopped === undefined) return;
    const { world } = this.#options.machine;
    stopped.process.pause();
    this.#stopped.add(stopped);
    this.#startLater(takeoverAfterMs, true);
    world.plan(this.#self, takeoverAfterMs + wakeUpAfterMs, () => stopped.process.resume());
  }

  /** The disk is in trouble from now on. */
  diskTroubled(): void {
    this.#wasDiskTroubled = true;
  }

  /** SIGTERM: the job is to be gone on with by another start. */
  suspend(): void {
    this.current?.suspend();
  }

  /** Somebody asks for a checkpoint. */
  requestCheckpoint(): void {
    this.current?.requestCheckpoint();
  }

  #startLater(delayMs: number, takeover: boolean): void {
    if (this.#isStartPlanned) return;
    this.#isStartPlanned = true;
    this.#options.machine.world.plan(this.#self, delayMs, () => {
      this.#isStartPlanned = false;
      if (this.current === undefined) this.start({ takeover });
    });
  }

  #onEvent(simulated: SimulatedProcess, event: JobEvent): void {
    if (event.kind === 'checkpoint-completed') this.#checkpointCount++;
    if (event.kind !== 'attempt-failed' || this.#isExplained(simulated, fromErrorRecord(event.error))) return;
    // A process that another one has taken the job over from may meet anything; its end has to say what it was.
    if (!this.#isOwner(simulated) && event.error.code !== 'INVARIANT_VIOLATED') return;
    this.#options.onFinding(
      new Error(`An attempt failed: ${event.error.message}`, { cause: fromErrorRecord(event.error) }),
    );
  }

  #onEnd(simulated: SimulatedProcess, end: ProcessEnd): void {
    const { machine, onFinding } = this.#options;
    machine.trace.note('end', simulated.number, end.kind === 'result' ? end.result.outcome : messageOf(end.error));
    if (end.kind === 'result') {
      if (end.result.outcome === 'SUSPENDED' && simulated.isSuspended) return this.#suspended(simulated);
      if (end.result.outcome !== 'FINISHED') onFinding(new Error(`The job ended as ${end.result.outcome}`));
      if (this.#result !== undefined) onFinding(new Error('The job has finished twice'));
      this.#result = end.result;
      this.#checkNothingPending(simulated);
      simulated.process.kill();
      return;
    }
    simulated.process.kill();
    if (this.#isOutputOfFinishedRun(end.error)) {
      this.#hasEndedUnseen = true;
      return;
    }
    if (!this.#isExplained(simulated, end.error)) {
      onFinding(new Error(`The process failed: ${messageOf(end.error)}`, { cause: end.error }));
    }
    if (this.current === undefined)
      this.#startLater(1 + this.#random.next() * RESTART_DELAY_MS_MAX, this.#isAnyStopped());
  }

  #suspended(simulated: SimulatedProcess): void {
    this.#checkNothingPending(simulated);
    simulated.process.kill();
    if (this.current === undefined) this.#startLater(this.#random.next() * RESTART_DELAY_MS_MAX, this.#isAnyStopped());
  }

  /** A timer that is left would keep a real process from ending. */
  #checkNothingPending({ process }: SimulatedProcess): void {
    const open = this.#options.machine.world.openTimers(process);
    if (open > 0) this.#options.onFinding(new Error(`${open} timers are still open after the job has ended`));
  }

  #isAnyStopped(): boolean {
    return this.#processes.some(({ isAlive }) => isAlive);
  }

  /** The run ended while its process was stopped or dying, and the next start found its output. */
  #isOutputOfFinishedRun(error: unknown): boolean {
    return MillraceError.is(error) && error.code === 'OUTPUT_NOT_EMPTY' && this.#options.directory.hasFinished;
  }

  #isExplained(simulated: SimulatedProcess, error: unknown): boolean {
    return isExplained(error, {
      isOwner: this.#isOwner(simulated),
      hadRivals: this.#processes.length > 1,
      wasStopped: this.#stopped.has(simulated),
      wasDiskTroubled: this.#wasDiskTroubled,
    });
  }

  /** True when no other process has taken the job over since this one did. */
  #isOwner({ number }: SimulatedProcess): boolean {
    const takeover = this.#options.directory.entries().findLast(({ record }) => record.kind === 'takeover');
    return takeover?.record.kind === 'takeover' && takeover.record.pid === number;
  }
}
