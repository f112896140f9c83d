import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import { FakeEnumeratorContext } from '../../../test/support/fake-enumerator-context.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { GeneratorEnumerator } from './generator-enumerator.ts';
import { generatorSplit } from './generator-split.ts';
import type { GeneratorSplit } from './generator-split.ts';

class Fixture {
  readonly context: FakeEnumeratorContext<GeneratorSplit>;
  readonly enumerator: GeneratorEnumerator;

  constructor(options: { parallelism: number; isBounded?: boolean; pending?: readonly GeneratorSplit[] }) {
    const { parallelism, isBounded = true, pending } = options;
    this.context = new FakeEnumeratorContext(memoryEnvironment(), parallelism);
    this.enumerator = new GeneratorEnumerator(this.context, isBounded, pending === undefined ? undefined : { pending });
  }

  register(subtaskIndex: number): void {
    this.context.register(subtaskIndex);
    this.enumerator.addReader(subtaskIndex);
  }

  get assigned(): readonly string[] {
    return this.context.assigned.map(({ subtaskIndex, split }) => `${split.splitId} to ${subtaskIndex}`);
  }
}

describe('GeneratorEnumerator', () => {
  it('makes a split for each subtask at the first start', () => {
    const fixture = new Fixture({ parallelism: 3 });
    for (const subtask of [2, 0, 1]) fixture.register(subtask);
    expect(fixture.assigned).toEqual(['2/3 to 2', '0/3 to 0', '1/3 to 1']);
    expect(fixture.context.noMoreSplits).toEqual([2, 0, 1]);
    expect(fixture.enumerator.snapshotState(checkpointId(1))).toEqual({ pending: [] });
  });

  it('makes none after a restore', () => {
    const fixture = new Fixture({ parallelism: 2, pending: [] });
    fixture.register(0);
    expect(fixture.assigned).toEqual([]);
    expect(fixture.context.noMoreSplits).toEqual([0]);
  });

  it('deals the splits of a larger parallelism out over fewer subtasks', () => {
    const fixture = new Fixture({ parallelism: 2, pending: [] });
    fixture.enumerator.addSplitsBack([3, 1, 0, 2].map((residue) => generatorSplit(residue, 4)));
    fixture.register(0);
    fixture.register(1);
    expect(fixture.assigned).toEqual(['0/4 to 0', '2/4 to 0', '1/4 to 1', '3/4 to 1']);
  });

  it('never tells an endless source that no more splits come', () => {
    const fixture = new Fixture({ parallelism: 1, isBounded: false });
    fixture.register(0);
    expect(fixture.context.noMoreSplits).toEqual([]);
  });

  it('tells a reader of an endless source that has nothing to do', () => {
    const fixture = new Fixture({ parallelism: 2, isBounded: false, pending: [generatorSplit(0, 1)] });
    fixture.register(0);
    fixture.register(1);
    expect(fixture.assigned).toEqual(['0/1 to 0']);
    expect(fixture.context.noSplitsYet).toEqual([1]);
  });

  it('gives a split back to the subtask that lost it, when its own one may get no more', () => {
    const fixture = new Fixture({ parallelism: 2, pending: [] });
    fixture.register(0);
    fixture.register(1);
    fixture.context.unregister(1);
    fixture.enumerator.addSplitsBack([generatorSplit(0, 2), generatorSplit(1, 2)]);
    expect(fixture.assigned).toEqual([]);
    fixture.register(1);
    expect(fixture.assigned).toEqual(['0/2 to 1', '1/2 to 1']);
  });

  it('gives a split back at once while its subtask may still get some', () => {
    const fixture = new Fixture({ parallelism: 2, isBounded: false, pending: [] });
    fixture.register(0);
    fixture.enumerator.addSplitsBack([generatorSplit(0, 2), generatorSplit(1, 2)]);
    expect(fixture.assigned).toEqual(['0/2 to 0']);
  });
});
