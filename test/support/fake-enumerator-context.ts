import type { EnumeratorContext, SourceSplit } from '../../src/base/source.ts';
import type { Environment, Logger } from '../../src/base/environment.ts';

/** Records what an enumerator does. Timers are those of the environment. */
export class FakeEnumeratorContext<Split extends SourceSplit> implements EnumeratorContext<Split> {
  readonly environment: Environment;
  readonly parallelism: number;
  readonly registeredReaders: Set<number> = new Set();
  readonly assigned: { readonly subtaskIndex: number; readonly split: Split }[] = [];
  readonly noMoreSplits: number[] = [];
  readonly noSplitsYet: number[] = [];
  /** What would fail the job. */
  readonly errors: unknown[] = [];

  constructor(environment: Environment, parallelism: number) {
    this.environment = environment;
    this.parallelism = parallelism;
  }

  get logger(): Logger {
    return this.environment.logger;
  }

  register(subtaskIndex: number): void {
    this.registeredReaders.add(subtaskIndex);
  }

  unregister(subtaskIndex: number): void {
    this.registeredReaders.delete(subtaskIndex);
  }

  assignSplits(subtaskIndex: number, splits: readonly Split[]): void {
    for (const split of splits) this.assigned.push({ subtaskIndex, split });
  }

  signalNoMoreSplits(subtaskIndex: number): void {
    this.noMoreSplits.push(subtaskIndex);
  }

  signalNoSplitsYet(subtaskIndex: number): void {
    this.noSplitsYet.push(subtaskIndex);
  }

  setUnassignedLowerBound(): void {}

  callAsync<R>(work: () => Promise<R>, handler: (result: R) => void): void {
    void work()
      .then(handler)
      .catch((error: unknown) => this.errors.push(error));
  }

  after(delayMs: number, action: () => void): void {
    this.environment.timers.after(delayMs, action);
  }
}
