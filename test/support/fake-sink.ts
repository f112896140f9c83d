/** A sink whose writer and committer log every call, and whose I/O settles when a test says so. */
import type { CommitPermit } from '../../src/base/commit-permit.ts';
import type { CheckpointId } from '../../src/base/ids.ts';
import type { CommitOutcome, Committer, Sink, SinkWriter, WriterContext } from '../../src/base/sink.ts';

export interface FakeSinkOptions {
  readonly name: string;
  readonly log: string[];
  /** What makes a checkpoint durable; default: it is at once. */
  readonly durable?: () => Promise<void>;
  /** Default: all committed at once. */
  readonly commit?: (committables: readonly unknown[]) => Promise<readonly CommitOutcome[]>;
  readonly onOpen?: () => void | Promise<void>;
  readonly onWrite?: (value: unknown) => void;
  readonly onPrepare?: (checkpointId: CheckpointId) => void;
}

export class FakeSink implements Sink<unknown> {
  readonly kind = 'fake-sink';
  readonly guarantee = 'exactly-once';
  isWritable = true;
  readonly #options: FakeSinkOptions;
  #context: WriterContext | undefined;

  constructor(options: FakeSinkOptions) {
    this.#options = options;
  }

  get context(): WriterContext {
    if (this.#context === undefined) throw new Error(`Sink '${this.#options.name}' has no writer yet`);
    return this.#context;
  }

  identity(): readonly string[] {
    return [];
  }

  createWriter(context: WriterContext, restored: readonly unknown[]): SinkWriter<unknown, unknown, unknown> {
    this.#context = context;
    if (restored.length > 0) this.#log(`restored ${restored.join(' ')}`);
    let written: unknown[] = [];
    const isWritable = (): boolean => this.isWritable;
    return {
      open: () => {
        this.#log('open');
        return this.#options.onOpen?.();
      },
      write: (value) => {
        this.#log(String(value));
        this.#options.onWrite?.(value);
        written.push(value);
      },
      get isWritable(): boolean {
        return isWritable();
      },
      prepareCommit: (checkpointId, isEndOfInput) => {
        this.#log(`prepare ${checkpointId}${isEndOfInput ? ' end' : ''}`);
        this.#options.onPrepare?.(checkpointId);
        const committables = written;
        written = [];
        return context.isCheckpointingEnabled ? committables : [];
      },
      snapshotState: (checkpointId) => {
        this.#log(`state ${checkpointId}`);
        return [`writer-${checkpointId}`];
      },
      durable: () => this.#options.durable?.() ?? Promise.resolve(),
      close: () => this.#log('close writer'),
    };
  }

  createCommitter(): Committer<unknown> {
    return {
      commit: (permit: CommitPermit, committables: readonly unknown[]) => {
        this.#log(`commit ${permit.checkpointId}: ${committables.join(' ')}`);
        return this.#options.commit?.(committables) ?? Promise.resolve(committables.map(() => 'committed' as const));
      },
      close: () => this.#log('close committer'),
    };
  }

  #log(what: string): void {
    this.#options.log.push(`${this.#options.name} ${what}`);
  }
}
