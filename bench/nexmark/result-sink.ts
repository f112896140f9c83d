/**
 * Where a query's rows end. Each subtask keeps a tally of its rows; when the checkpoint that holds its end of input is complete (or,
 * without checkpoints, at that end) it leaves a file with its part of the result. Whoever runs the query adds the parts up. This
 * works alike on every host, and after failures.
 */
import type {
  Committer,
  CommitterContext,
  CommitOutcome,
  CommitPermit,
  Environment,
  JobParameters,
  Sink,
  SinkWriter,
  WriterContext,
} from 'millrace';
import { makeTally } from './tally.ts';
import type { RowForm, Tally, TallyResult, TallyState } from './tally.ts';

/** What one subtask saw: the content of its file, as JSON. */
export interface PartialResult extends TallyResult {
  readonly subtaskIndex: number;
}

/** As the command says: `--results` is a folder that exists, `--verify` asks for check values. */
export function resultSink<T>(parameters: JobParameters, form: RowForm<T>): Sink<T, TallyState, PartialResult> {
  return new ResultSink(form, parameters.require('results'), parameters.flag('verify'));
}

class ResultSink<T> implements Sink<T, TallyState, PartialResult> {
  readonly kind = 'bench';
  readonly guarantee = 'exactly-once';
  readonly #form: RowForm<T>;
  readonly #folder: string;
  readonly #isChecked: boolean;

  constructor(form: RowForm<T>, folder: string, isChecked: boolean) {
    this.#form = form;
    this.#folder = folder;
    this.#isChecked = isChecked;
  }

  identity(): readonly string[] {
    return [];
  }

  createWriter(context: WriterContext, restored: readonly TallyState[]): SinkWriter<T, TallyState, PartialResult> {
    const tally = makeTally(this.#form, this.#isChecked);
    for (const state of restored) tally.restore(state);
    return new ResultWriter(tally, this.#folder, context);
  }

  createCommitter({ environment }: CommitterContext): Committer<PartialResult> {
    return new ResultCommitter(this.#folder, environment);
  }
}

class ResultWriter<T> implements SinkWriter<T, TallyState, PartialResult> {
  readonly isWritable = true;
  readonly write: (row: T) => void;
  readonly #tally: Tally<T>;
  readonly #folder: string;
  readonly #context: WriterContext;
  #published: Promise<void> = Promise.resolve();

  constructor(tally: Tally<T>, folder: string, context: WriterContext) {
    this.#tally = tally;
    this.#folder = folder;
    this.#context = context;
    this.write = (row) => tally.add(row);
  }

  open(): void {}

  prepareCommit(_checkpointId: number, isEndOfInput: boolean): readonly PartialResult[] {
    if (!isEndOfInput) return [];
    const { subtaskIndex, isCheckpointingEnabled, environment } = this.#context;
    const part = { subtaskIndex, ...this.#tally.result() };
    if (isCheckpointingEnabled) return [part];
    this.#published = publish(part, this.#folder, environment);
    return [];
  }

  snapshotState(): readonly TallyState[] {
    return [this.#tally.snapshot()];
  }

  durable(): Promise<void> {
    return this.#published;
  }

  close(): void {}
}

class ResultCommitter implements Committer<PartialResult> {
  readonly #folder: string;
  readonly #environment: Environment;

  constructor(folder: string, environment: Environment) {
    this.#folder = folder;
    this.#environment = environment;
  }

  async commit(_permit: CommitPermit, parts: readonly PartialResult[]): Promise<readonly CommitOutcome[]> {
    for (const part of parts) await publish(part, this.#folder, this.#environment);
    return parts.map(() => 'committed');
  }
}

/** May be repeated: the content is the same each time. */
async function publish(part: PartialResult, folder: string, { files }: Environment): Promise<void> {
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
