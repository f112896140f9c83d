/** One process that runs the job, from startJob to its end: everything of it is the engine's own, but for what it runs on. */
import { must } from '../../base/assert.ts';
import type { Environment } from '../../base/environment.ts';
import type { Mutants } from '../../base/mutants.ts';
import { TaskOptions } from '../../config/options.ts';
import { simEnvironment } from '../../host/sim/sim-environment.ts';
import { SimHost } from '../../host/sim/sim-host.ts';
import type { SimRandom } from '../../host/sim/sim-random.ts';
import type { SimProcess } from '../../host/sim/sim-world.ts';
import type { JobEvent, JobResult } from '../../job/job-status.ts';
import type { JobHandle } from '../../launch/job-handle.ts';
import { startJob } from '../../launch/start-job.ts';
import type { HostParts, HostWithEnd } from '../../launch/start-job-options.ts';
import type { StepLimits } from '../../task/task-configuration.ts';
import type { SimulatedJob } from './simulated-job.ts';
import type { SimulatedMachine } from './simulated-machine.ts';

export const CHECKPOINT_DIRECTORY = '/checkpoints';
/** What every simulated job says it is. */
export const SIMULATED_MODULE = { module: 'job.ts', packageName: 'simulation' } as const;

export interface SimulatedProcessOptions {
  readonly machine: SimulatedMachine;
  readonly job: SimulatedJob;
  readonly random: SimRandom;
  /** 1, 2, 3, ...: also the pid. */
  readonly number: number;
  readonly takeover: boolean;
  readonly parallelism: number;
  readonly configuration: Readonly<Record<string, string>>;
  readonly stepLimits: StepLimits;
  /** Copies are handed out and compared; without, user code changes what lies in the state. */
  readonly checkMutation: boolean;
  readonly mutants: Mutants;
  readonly onEvent: (event: JobEvent) => void;
  readonly onEnd: (end: ProcessEnd) => void;
}

/** What the process ended with; a process that is killed has no end. */
export type ProcessEnd =
  | { readonly kind: 'result'; readonly result: JobResult }
  /** `isStarted` false: startJob itself threw. */
  | { readonly kind: 'error'; readonly error: unknown; readonly isStarted: boolean };

export class SimulatedProcess {
  readonly process: SimProcess;
  readonly number: number;
  readonly #options: SimulatedProcessOptions;
  #host: SimHost | undefined;
  #handle: JobHandle | undefined;
  #isSuspended = false;
  #hasEnded = false;

  constructor(options: SimulatedProcessOptions) {
    this.#options = options;
    this.number = options.number;
    this.process = options.machine.startProcess();
    options.machine.world.plan(this.process, 0, () => void this.#run());
  }

  get isAlive(): boolean {
    return !this.#hasEnded && !this.process.isDead;
  }

  /** It was told to suspend the job, and may do so. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  suspend(): void {
    if (this.#handle === undefined || !this.isAlive) return;
    this.#isSuspended = true;
    this.#options.machine.world.enter(this.process);
    this.#handle.suspend().catch(() => {});
  }

  /** Whether it completes is not the point: it is one more in the way of others. */
  requestCheckpoint(): void {
    if (!this.isAlive) return;
    this.#options.machine.world.enter(this.process);
    this.#handle?.triggerCheckpoint().catch(() => {});
  }

  failSubtask(afterRecords: number): void {
    this.#host?.failSubtask(afterRecords);
  }

  killThread(slotIndex: number): void {
    this.#host?.killThread(slotIndex);
  }

  async #run(): Promise<void> {
    let isStarted = false;
    try {
      const handle = await this.#start();
      this.#handle = handle;
      isStarted = true;
      this.#end({ kind: 'result', result: await handle.result });
    } catch (error) {
      this.#end({ kind: 'error', error, isStarted });
    }
  }

  #end(end: ProcessEnd): void {
    if (!this.isAlive) return;
    this.#hasEnded = true;
    this.#options.onEnd(end);
  }

  #start(): ReturnType<typeof startJob> {
    const { machine, job, number, takeover, parallelism, configuration, mutants, onEvent, checkMutation } =
      this.#options;
    const environment = this.#environment(this.process, false);
    return startJob({
      definition: job.job,
      ...SIMULATED_MODULE,
      parameters: new Map(Object.entries(job.parameters ?? {})),
      defaultParallelism: parallelism,
      fileSettings: [],
      commandLineSettings: Object.entries(configuration).map(([key, value]) => ({ key, value, origin: 'simulation' })),
      checks: { checkMutation, checkValues: true, mutants },
      options: {
        takeover,
        parallelism,
        onEvent: (event) => {
          if (this.isAlive) onEvent(event);
        },
      },
      environment,
      storageTarget: () => ({ kind: 'filesystem', checkpointDirectory: CHECKPOINT_DIRECTORY, environment }),
      locks: machine.locks.of(this.process),
      hostName: 'simulation',
      pid: number,
      makeHost: (parts) => this.#makeHost(parts, environment),
    });
  }

  #makeHost(parts: HostParts, environment: Environment): HostWithEnd {
    const { machine, random, stepLimits } = this.#options;
    const { world, trace, slots } = machine;
    const host = new SimHost({
      world,
      trace,
      slots,
      random: random.fork(),
      process: this.process,
      name: this.#name,
      definition: parts.definition,
      evaluation: parts.evaluation,
      configuration: { ...parts.taskConfiguration, stepLimits },
      jobId: parts.jobId,
      slotCount: parts.slotCount,
      storage: parts.storage,
      environment,
      threadEnvironment: (thread) => this.#environment(thread, true),
      cancellationTimeoutMs: must(parts.configuration.get(TaskOptions.cancellationTimeout), 'cancellation timeout'),
    });
    this.#host = host;
    return {
      slotCount: host.slotCount,
      deploy: (plan, listener) => host.deploy(plan, listener),
      close: async () => this.process.killThreads(),
    };
  }

  #environment(process: SimProcess, isThread: boolean): Environment {
    const { machine, random } = this.#options;
    const { world } = machine;
    return simEnvironment({
      process,
      files: machine.storage.filesOf(process),
      random: random.fork(),
      logger: machine.logger(this.#name),
      streams: {
        writeOut: (text) => machine.trace.note('out', text),
        writeErr: (text) => machine.trace.note('err', text),
      },
      ...(isThread ? { passTime: (elapsedMs) => world.advanceTo(world.nowMs + elapsedMs) } : {}),
    });
  }

  get #name(): string {
    return `p${this.number}`;
  }
}
