/**
 * A sink for measuring. Each subtask keeps something of its rows, in memory and in checkpoints; when the checkpoint that holds its
 * end of input is complete (or, without checkpoints, at that end) it leaves a file with its part of the result. Whoever runs
 * the job puts the parts together. This works alike on every host, and after failures.
 */
import type { Sink } from 'millrace';
import type {
  Committer,
  CommitterContext,
  CommitOutcome,
  CommitPermit,
  Environment,
  SinkWriter,
  WriterContext,
} from 'millrace/connectors';

/** `State` is what goes into checkpoints, `Result` is plain data that JSON can hold. */
export interface PartKeeper<T, State, Result extends object> {
  add(row: T): void;
  /** What a subtask kept whose place this one has taken. */
  restore(state: State): void;
  snapshot(): State;
  /** At the end of input. */
  result(): Result;
}

/** Content of a subtask's file. */
export type Part<Result extends object> = Result & { readonly subtaskIndex: number };

export class PartSink<T, State, Result extends object> implements Sink<T, State, Part<Result>> {
  readonly kind = 'bench';
  readonly guarantee = 'exactly-once';
  readonly #folder: string;
  readonly #makeKeeper: (context: WriterContext) => PartKeeper<T, State, Result>;

  /** @param folder for the files; made when it does not exist */
  constructor(folder: string, makeKeeper: (context: WriterContext) => PartKeeper<T, State, Result>) {
    this.#folder = folder;
    this.#makeKeeper = makeKeeper;
  }

  identity(): readonly string[] {
    return [];
  }

  createWriter(context: WriterContext, restored: readonly State[]): SinkWriter<T, State, Part<Result>> {
    const keeper = this.#makeKeeper(context);
    for (const state of restored) keeper.restore(state);
    return new PartWriter(keeper, this.#folder, context);
  }

  createCommitter({ environment }: CommitterContext): Committer<Part<Result>> {
    return new PartCommitter(this.#folder, environment);
  }
}

class PartWriter<T, State, Result extends object> implements SinkWriter<T, State, Part<Result>> {
  readonly isWritable = true;
  readonly write: (row: T) => void;
  readonly #keeper: PartKeeper<T, State, Result>;
  readonly #folder: string;
  readonly #context: WriterContext;
  #published: Promise<void> = Promise.resolve();

  constructor(keeper: PartKeeper<T, State, Result>, folder: string, context: WriterContext) {
    this.#keeper = keeper;
    this.#folder = folder;
    this.#context = context;
    this.write = (row) => keeper.add(row);
  }

  open(): void {}

  prepareCommit(_checkpointId: number, isEndOfInput: boolean): readonly Part<Result>[] {
    if (!isEndOfInput) return [];
    const { subtaskIndex, isCheckpointingEnabled, environment } = this.#context;
    const part: Part<Result> = { subtaskIndex, ...this.#keeper.result() };
    if (isCheckpointingEnabled) return [part];
    this.#published = publish(part, this.#folder, environment);
    return [];
  }

  snapshotState(): readonly State[] {
    return [this.#keeper.snapshot()];
  }

  durable(): Promise<void> {
    return this.#published;
  }

  close(): void {}
}

class PartCommitter<Result extends object> implements Committer<Part<Result>> {
  readonly #folder: string;
  readonly #environment: Environment;

  constructor(folder: string, environment: Environment) {
    this.#folder = folder;
    this.#environment = environment;
  }

  async commit(_permit: CommitPermit, parts: readonly Part<Result>[]): Promise<readonly CommitOutcome[]> {
    for (const part of parts) await publish(part, this.#folder, this.#environment);
    return parts.map(() => 'committed');
  }
}

/** May be repeated: the content is the same each time. */
async function publish(part: Part<object>, folder: string, { files }: Environment): Promise<void> {
  const name = `part-${part.subtaskIndex}`;
  const temporary = `${folder}/.${name}`;
  await files.makeDirectories(folder);
  const file = await files.open(temporary, 'write');
  await file.write(new TextEncoder().encode(`${JSON.stringify(part)}\n`), 0);
  await file.sync();
  await file.close();
  await files.rename(temporary, `${folder}/${name}`);
  await files.syncDirectory(folder);
}
