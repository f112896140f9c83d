/**
 * The start after the end: whatever crashed and fenced processes have left in the checkpoint directory is cleared away by it. Only
 * the directory is opened, no job is run.
 */
import { jobIdOf } from '../../checkpoint/protocol/job-identity.ts';
import { openJobDirectory } from '../../checkpoint/storage/job-directory.ts';
import type { JobDefinition } from '../../graph/stream-graph.ts';
import { simEnvironment } from '../../host/sim/sim-environment.ts';
import { SimRandom } from '../../host/sim/sim-random.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { CHECKPOINT_DIRECTORY, SIMULATED_MODULE } from './simulated-process.ts';

export class FinalSweep {
  #isOver = false;
  #error: Error | undefined;

  constructor(machine: SimulatedMachine, job: JobDefinition) {
    const process = machine.startProcess();
    machine.world.plan(process, 0, () => void this.#run(machine, process, job));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @throws what the start has thrown */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }

  async #run(
    machine: SimulatedMachine,
    process: ReturnType<SimulatedMachine['startProcess']>,
    { name }: JobDefinition,
  ): Promise<void> {
    const environment = simEnvironment({
      process,
      files: machine.storage.filesOf(process),
      random: new SimRandom(0),
      logger: machine.logger('sweep'),
      streams: { writeOut: () => {}, writeErr: () => {} },
    });
    try {
      const opened = await openJobDirectory({
        environment,
        kind: 'filesystem',
        checkpointDirectory: CHECKPOINT_DIRECTORY,
        jobId: jobIdOf(name),
        identity: { jobName: name, ...SIMULATED_MODULE },
        fresh: false,
        takeover: false,
        adopt: false,
        restoreFrom: undefined,
        locks: machine.locks.of(process),
        host: 'simulation',
        pid: 0,
      });
      opened.close();
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
    this.#isOver = true;
  }
}
