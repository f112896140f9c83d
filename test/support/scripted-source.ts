/** A source whose enumerator does what a test tells it, and remembers what it was called with. */
import type { CheckpointId } from '../../src/base/ids.ts';
import type { EnumeratorContext, Source, SourceSplit, SplitEnumerator } from '../../src/base/source.ts';

export interface ScriptedSplit extends SourceSplit {
  readonly from: number;
}

export class ScriptedEnumerator implements SplitEnumerator<ScriptedSplit, unknown> {
  readonly context: EnumeratorContext<ScriptedSplit>;
  readonly restored: unknown;
  readonly calls: string[] = [];
  state: unknown = { next: 0 };
  onStart: () => void | Promise<void> = () => {};
  onRequest: (subtaskIndex: number) => void = () => {};
  onReader: (subtaskIndex: number) => void = () => {};
  onSnapshot: () => void = () => {};
  onClose: () => void | Promise<void> = () => {};

  constructor(context: EnumeratorContext<ScriptedSplit>, restored: unknown) {
    this.context = context;
    this.restored = restored;
  }

  start(): void | Promise<void> {
    this.calls.push('start');
    return this.onStart();
  }

  addReader(subtaskIndex: number): void {
    this.calls.push(`addReader ${subtaskIndex}`);
    this.onReader(subtaskIndex);
  }

  handleSplitRequest(subtaskIndex: number): void {
    this.calls.push(`request ${subtaskIndex}`);
    this.onRequest(subtaskIndex);
  }

  addSplitsBack(splits: readonly ScriptedSplit[], subtaskIndex: number): void {
    this.calls.push(`back ${subtaskIndex}: ${splits.map(({ splitId }) => splitId).join(' ')}`);
  }

  snapshotState(checkpointId: CheckpointId): unknown {
    this.calls.push(`snapshot ${checkpointId}`);
    this.onSnapshot();
    return this.state;
  }

  notifyCheckpointComplete(checkpointId: CheckpointId): void {
    this.calls.push(`complete ${checkpointId}`);
  }

  close(): void | Promise<void> {
    this.calls.push('close');
    return this.onClose();
  }
}

export class ScriptedSource implements Source<unknown, ScriptedSplit, unknown> {
  readonly kind = 'scripted';
  readonly boundedness = 'bounded';
  readonly guarantee = 'exactly-once';
  readonly hasOrderedSplits = true;
  readonly version = 1;
  /** One for each attempt, latest last. */
  readonly enumerators: ScriptedEnumerator[] = [];
  /** Told of each new enumerator before it starts. */
  onCreate: (enumerator: ScriptedEnumerator) => void = () => {};

  get enumerator(): ScriptedEnumerator {
    const latest = this.enumerators.at(-1);
    if (latest === undefined) throw new Error('No enumerator was created');
    return latest;
  }

  identity(): readonly string[] {
    return [];
  }

  createEnumerator(context: EnumeratorContext<ScriptedSplit>, restored: unknown): ScriptedEnumerator {
    const enumerator = new ScriptedEnumerator(context, restored);
    this.enumerators.push(enumerator);
    this.onCreate(enumerator);
    return enumerator;
  }

  createReader(): never {
    throw new Error('A scripted source has no readers');
  }
}
