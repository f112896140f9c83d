/**
 * The contract of sources: whatever the interleaving, and wherever the job fails and goes on, each record is emitted exactly
 * once; the parallelism may change at each restore.
 *
 * Method: a scenario is a sequence of lives. In a life, subtasks step in a drawn order with drawn limits and room in the output,
 * checkpoints are triggered, and events reach readers at drawn times; it ends without warning, and the next life restores the
 * last completed checkpoint (records emitted after its barriers are void, as the state of the job would be). The last life is
 * left alone. Then the records of the last checkpoint's past and of the last life must be the expected ones.
 *
 * Modelled: order of enumerator snapshot, barriers and held assignments; restored splits dealt out or given back. Not
 * modelled: failure of a single reader while the others go on.
 */
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Source } from '../../src/base/source.ts';
import { FakeSourceJob, turn } from '../support/fake-source-job.ts';
import type { SourceCheckpoint } from '../support/fake-source-job.ts';
import type { MemoryEnvironment } from '../support/memory-environment.ts';

export interface SourceContract<T> {
  readonly name: string;
  /** The world with the input in it, made anew for each scenario. */
  readonly makeEnvironment: () => MemoryEnvironment | Promise<MemoryEnvironment>;
  /** A fresh source of the same definition, for each life. */
  readonly makeSource: () => Source<T>;
  /** All records, in any order. */
  readonly expected: readonly T[];
  /** A bounded source ends; an unbounded one is stopped when it has emitted as many records as are expected. */
  readonly isUnbounded?: boolean;
}

type Step =
  | { readonly kind: 'step'; readonly subtask: number; readonly limit: number; readonly room: number }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'turns'; readonly count: number }
  | { readonly kind: 'advance'; readonly ms: number };

interface Life {
  readonly parallelism: number;
  readonly restoredSplits: 'dealt' | 'given-back';
  readonly steps: readonly Step[];
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      subtask: fc.nat({ max: 2 }),
      limit: fc.integer({ min: 1, max: 5 }),
      room: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
    }),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'checkpoint' }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 500 }) }) },
);

const lives: fc.Arbitrary<readonly Life[]> = fc.array(
  fc.record({
    parallelism: fc.integer({ min: 1, max: 3 }),
    restoredSplits: fc.constantFrom('dealt' as const, 'given-back' as const),
    steps: fc.array(steps, { maxLength: 60 }),
  }),
  { minLength: 1, maxLength: 4 },
);

export function describeSourceContract<T>(contract: SourceContract<T>): void {
  describe(`${contract.name} as a source`, () => {
    it.each([1, 2, 3])('emits each record exactly once at parallelism %i', async (parallelism) => {
      const job = new FakeSourceJob({
        source: contract.makeSource(),
        environment: await contract.makeEnvironment(),
        parallelism,
      });
      await job.start();
      await finish(contract, job);
      expect(shown(job.records)).toEqual(shown(contract.expected));
    });

    it('goes on from any checkpoint, at any parallelism, without losing or repeating a record', async () => {
      await fc.assert(
        fc.asyncProperty(lives, async (drawn) => {
          const records = await liveThrough(contract, drawn);
          expect(shown(records)).toEqual(shown(contract.expected));
        }),
        { numRuns: 150 },
      );
    });

    it('gives exactly the remaining records after a checkpoint behind each record', async () => {
      for (let count = 0; count <= contract.expected.length; count++) {
        const environment = await contract.makeEnvironment();
        const first = new FakeSourceJob({ source: contract.makeSource(), environment, parallelism: 1 });
        await first.start();
        await first.runUntil(() => first.records.length >= count, 1);
        first.triggerCheckpoint();
        first.deliver();
        await first.close();
        expect(first.checkpoint?.records).toHaveLength(count);
        const second = new FakeSourceJob({
          source: contract.makeSource(),
          environment,
          parallelism: (count % 3) + 1,
          restored: first.checkpoint,
        });
        await second.start();
        await finish(contract, second);
        expect(shown(second.records)).toEqual(shown(contract.expected));
      }
    });

    it('can be closed at any time', async () => {
      for (let stepCount = 0; stepCount < 20; stepCount++) {
        const environment = await contract.makeEnvironment();
        const job = new FakeSourceJob({ source: contract.makeSource(), environment, parallelism: 2 });
        await job.start();
        for (let step = 0; step < stepCount; step++) {
          job.step(step % 2, 2);
          if (step % 3 === 0) await turn();
        }
        await job.close();
      }
    });

    it('describes itself the same each time', () => {
      const [one, other] = [contract.makeSource(), contract.makeSource()];
      expect(one.identity()).toEqual(other.identity());
      expect([one.kind, one.version]).toEqual([other.kind, other.version]);
      expect(one.boundedness).toBe(contract.isUnbounded === true ? 'unbounded' : 'bounded');
    });
  });
}

async function liveThrough<T>(contract: SourceContract<T>, drawn: readonly Life[]): Promise<readonly T[]> {
  const environment = await contract.makeEnvironment();
  let checkpoint: SourceCheckpoint<T> | undefined;
  for (const life of drawn) {
    const job = makeJob(contract, environment, life, checkpoint);
    await job.start();
    for (const step of life.steps) await takeStep(job, step, environment);
    checkpoint = job.checkpoint;
    await job.close();
  }
  const last = makeJob(
    contract,
    environment,
    { parallelism: (drawn.length % 3) + 1, restoredSplits: 'dealt' },
    checkpoint,
  );
  await last.start();
  await finish(contract, last);
  return last.records;
}

function makeJob<T>(
  contract: SourceContract<T>,
  environment: MemoryEnvironment,
  life: Omit<Life, 'steps'>,
  restored: SourceCheckpoint<T> | undefined,
): FakeSourceJob<T> {
  return new FakeSourceJob({ source: contract.makeSource(), environment, restored, ...life });
}

async function takeStep<T>(job: FakeSourceJob<T>, step: Step, environment: MemoryEnvironment): Promise<void> {
  switch (step.kind) {
    case 'step':
      job.step(step.subtask % job.parallelism, step.limit, step.room);
      return;
    case 'checkpoint':
      job.triggerCheckpoint();
      return;
    case 'turns':
      for (let count = 0; count < step.count; count++) await turn();
      return;
    case 'advance':
      environment.advance(step.ms);
  }
}

async function finish<T>(contract: SourceContract<T>, job: FakeSourceJob<T>): Promise<void> {
  if (contract.isUnbounded === true) await job.runUntil(() => job.records.length > contract.expected.length, 3);
  else await job.runToEnd(7);
  await job.close();
}

/** A multiset: records may come in any order. */
function shown(records: readonly unknown[]): readonly string[] {
  return records.map((record) => JSON.stringify(record)).toSorted();
}
