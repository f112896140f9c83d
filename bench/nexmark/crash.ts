/**
 * A crash in the middle of a run, once: what comes out must be what comes out without. The source is held until a checkpoint is
 * complete, so that what follows is a restore and not a new run.
 */
import { closeSync, openSync } from 'node:fs';
import type { JobParameters, Source } from 'millrace';
import type {
  CheckpointId,
  EnumeratorContext,
  PollStatus,
  ReaderContext,
  ReaderOutput,
  SourceReader,
  SourceSplit,
  SplitEnumerator,
} from 'millrace/connectors';

/**
 * throw   the source throws
 * exit    it ends its thread
 * kill    it ends the process, by SIGKILL
 */
export type CrashKind = 'throw' | 'exit' | 'kill';

export const CRASH_KINDS: readonly CrashKind[] = ['throw', 'exit', 'kill'];

export interface CrashSettings {
  readonly kind: CrashKind;
  /** Counted in each subtask. */
  readonly afterEvents: number;
  /** A file that the crash makes: there is no second one, in no thread and no process. */
  readonly marker: string;
}

export function crashParameters({ kind, afterEvents, marker }: CrashSettings): Readonly<Record<string, string>> {
  return { crash: kind, 'crash-after': String(afterEvents), 'crash-marker': marker };
}

/** `source` itself, unless the parameters ask for a crash. */
export function withCrash<T, Split extends SourceSplit, State>(
  source: Source<T, Split, State>,
  parameters: JobParameters,
): Source<T, Split, State> {
  const kind = CRASH_KINDS.find((known) => known === parameters.get('crash'));
  if (kind === undefined) return source;
  const afterEvents = parameters.number('crash-after', 0);
  return new CrashingSource(source, { kind, afterEvents, marker: parameters.require('crash-marker') });
}

class CrashingSource<T, Split extends SourceSplit, State> implements Source<T, Split, State> {
  readonly kind: string;
  readonly boundedness: 'bounded' | 'unbounded';
  readonly guarantee = 'exactly-once';
  readonly hasOrderedSplits: boolean;
  readonly version: number;
  readonly #source: Source<T, Split, State>;
  readonly #settings: CrashSettings;

  constructor(source: Source<T, Split, State>, settings: CrashSettings) {
    this.kind = source.kind;
    this.boundedness = source.boundedness;
    this.hasOrderedSplits = source.hasOrderedSplits;
    this.version = source.version;
    this.#source = source;
    this.#settings = settings;
  }

  identity(): readonly string[] {
    return this.#source.identity();
  }

  createEnumerator(context: EnumeratorContext<Split>, restored: State | undefined): SplitEnumerator<Split, State> {
    return this.#source.createEnumerator(context, restored);
  }

  createReader(context: ReaderContext): SourceReader<T, Split> {
    return new CrashingReader(this.#source.createReader(context), context, this.#settings);
  }
}

class CrashingReader<T, Split extends SourceSplit> implements SourceReader<T, Split> {
  readonly #reader: SourceReader<T, Split>;
  readonly #context: ReaderContext;
  readonly #settings: CrashSettings;
  readonly #counting = new CountingOutput<T>();
  #isHeld = true;

  constructor(reader: SourceReader<T, Split>, context: ReaderContext, settings: CrashSettings) {
    this.#reader = reader;
    this.#context = context;
    this.#settings = settings;
  }

  start(): void | Promise<void> {
    return this.#reader.start();
  }

  addSplits(splits: readonly Split[]): void {
    this.#reader.addSplits(splits);
  }

  noMoreSplits(): void {
    this.#reader.noMoreSplits();
  }

  poll(output: ReaderOutput<T>, limit: number): PollStatus {
    if (!this.#isHeld) return this.#reader.poll(output, limit);
    const left = this.#settings.afterEvents - this.#counting.count;
    if (left <= 0) return 'nothing';
    return this.#reader.poll(this.#counting.over(output), Math.min(limit, left));
  }

  snapshotState(checkpointId: CheckpointId): readonly Split[] {
    return this.#reader.snapshotState(checkpointId);
  }

  notifyCheckpointComplete(checkpointId: CheckpointId): void {
    this.#reader.notifyCheckpointComplete?.(checkpointId);
    if (!this.#isHeld || this.#counting.count < this.#settings.afterEvents) return;
    if (isFirst(this.#settings.marker)) strike(this.#settings.kind);
    this.#isHeld = false;
    this.#context.wakeUp();
  }

  close(): void | Promise<void> {
    return this.#reader.close();
  }
}

class CountingOutput<T> implements ReaderOutput<T> {
  count = 0;
  #output: ReaderOutput<T> | undefined;

  over(output: ReaderOutput<T>): this {
    this.#output = output;
    return this;
  }

  collect(split: string, value: T, timestampMs: number): void {
    this.count++;
    this.#output?.collect(split, value, timestampMs);
  }

  collectSide(tagId: string, value: unknown): void {
    this.#output?.collectSide(tagId, value);
  }

  splitFinished(split: string): void {
    this.#output?.splitFinished(split);
  }

  get isFull(): boolean {
    return this.#output?.isFull ?? false;
  }
}

function isFirst(marker: string): boolean {
  try {
    closeSync(openSync(marker, 'wx'));
    return true;
  } catch {
    return false;
  }
}

function strike(kind: CrashKind): void {
  switch (kind) {
    case 'throw':
      throw new Error('this is the crash that was asked for');
    case 'exit':
      process.exit(1);
      break;
    case 'kill':
      process.kill(process.pid, 'SIGKILL');
  }
}
