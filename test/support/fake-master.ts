/** The master's side of the control plane for tests of subtasks and slots: remembers what it is told. */
import type { MasterCalls } from '../../src/base/control-plane.ts';
import type { LogLevel } from '../../src/base/environment.ts';
import type { ErrorRecord } from '../../src/base/errors.ts';
import { subtaskKey } from '../../src/base/ids.ts';
import type { CheckpointId, SubtaskAddress } from '../../src/base/ids.ts';
import type { SubtaskSnapshot } from '../../src/base/state-handle.ts';

export interface Acknowledgement {
  readonly subtask: string;
  readonly checkpointId: CheckpointId;
  readonly snapshot: SubtaskSnapshot;
}

export class FakeMaster implements MasterCalls {
  /** 'running', 'ack 1', 'decline 1 subsumed', 'failed USER_FUNCTION_FAILED', 'register', ... in the order of the calls. */
  readonly heard: string[] = [];
  readonly acknowledgements: Acknowledgement[] = [];
  readonly errors: ErrorRecord[] = [];
  readonly #log: string[];
  readonly #waiting: (() => void)[] = [];

  /** @param log gets the same lines, each with 'master ' in front */
  constructor(log: string[] = []) {
    this.#log = log;
  }

  subtaskStatus(_subtask: SubtaskAddress, status: string): void {
    this.hear(status);
  }

  subtaskFailed(_subtask: SubtaskAddress, error: ErrorRecord): void {
    this.errors.push(error);
    this.hear(`failed ${error.code ?? error.name}`);
  }

  acknowledgeCheckpoint(subtask: SubtaskAddress, checkpointId: CheckpointId, snapshot: SubtaskSnapshot): void {
    this.acknowledgements.push({ subtask: subtaskKey(subtask), checkpointId, snapshot });
    this.hear(`ack ${checkpointId}${snapshot.isFinished ? ' finished' : ''}`);
  }

  declineCheckpoint(_subtask: SubtaskAddress, checkpointId: CheckpointId, reason: string, error?: ErrorRecord): void {
    if (error !== undefined) this.errors.push(error);
    this.hear(`decline ${checkpointId} ${reason}`);
  }

  readerEvent(_subtask: SubtaskAddress, _sourceOperatorId: string, event: { readonly kind: string }): void {
    this.hear(event.kind);
  }

  collected(_sinkId: string, batchId: string, _rows: Uint8Array): void {
    this.hear(`collected ${batchId}`);
  }

  log(_level: LogLevel, _message: string, _fields: Readonly<Record<string, unknown>>): void {
    // Tests look at the environment's log.
  }

  attemptEnded(): void {
    this.hear('ended');
  }

  /** Settles when so many lines like this have been heard. */
  async until(line: string, count: number = 1): Promise<void> {
    while (this.heard.filter((heard) => heard === line).length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  protected hear(line: string): void {
    this.heard.push(line);
    this.#log.push(`master ${line}`);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
