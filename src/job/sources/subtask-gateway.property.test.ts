/**
 * Each split must be in exactly one of the two snapshots of every checkpoint that completes: the enumerator's (with the held
 * splits) or the reader's. Method: an enumerator that assigns numbered splits, a gateway, and a reader that handles messages in
 * the order in which they were sent, but as late as it likes, and acknowledges as late as it likes. Up to three checkpoints overlap.
 */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SourceEvent } from '../../base/control-plane.ts';
import { checkpointId } from '../../base/ids.ts';
import type { CheckpointId } from '../../base/ids.ts';
import { SubtaskGateway } from './subtask-gateway.ts';

type Message = SourceEvent | { readonly kind: 'trigger'; readonly id: CheckpointId };

const OVERLAPPING_MAX = 3;

class Model {
  readonly #messages: Message[] = [];
  readonly #gateway = new SubtaskGateway((event) => this.#messages.push(event));
  readonly #enumeratorSnapshots = new Map<CheckpointId, readonly string[]>();
  readonly #readerSnapshots = new Map<CheckpointId, readonly string[]>();
  readonly #acknowledged = new Set<CheckpointId>();
  readonly #open = new Set<CheckpointId>();
  readonly #received: string[] = [];
  #assigned = 0;
  #unassigned: string[] = Array.from({ length: 40 }, (_, index) => `split-${index}`);
  #lastId = 0;

  get all(): readonly string[] {
    return Array.from({ length: 40 }, (_, index) => `split-${index}`);
  }

  get received(): readonly string[] {
    return this.#received;
  }

  assign(): void {
    const splitId = this.#unassigned.shift();
    if (splitId === undefined) return;
    this.#assigned++;
    this.#gateway.assignSplits([{ splitId }]);
  }

  trigger(): void {
    if (this.#open.size >= OVERLAPPING_MAX) return;
    const id = checkpointId(++this.#lastId);
    const unassigned = [...this.#unassigned];
    const held = this.#gateway.close(id).map(({ splitId }) => splitId);
    this.#enumeratorSnapshots.set(id, [...unassigned, ...held]);
    this.#open.add(id);
    this.#messages.push({ kind: 'trigger', id });
  }

  deliver(): void {
    const message = this.#messages.shift();
    if (message?.kind === 'add-splits') this.#received.push(...message.splits.map(({ splitId }) => splitId));
    if (message?.kind === 'trigger') this.#readerSnapshots.set(message.id, [...this.#received]);
  }

  acknowledge(): void {
    const [id] = [...this.#readerSnapshots.keys()].filter(
      (each) => this.#open.has(each) && !this.#acknowledged.has(each),
    );
    if (id === undefined) return;
    this.#acknowledged.add(id);
    this.#gateway.open(id);
  }

  complete(): void {
    const id = [...this.#open].find((each) => this.#acknowledged.has(each));
    if (id === undefined) return;
    const both = [...(this.#enumeratorSnapshots.get(id) ?? []), ...(this.#readerSnapshots.get(id) ?? [])];
    expect(both.toSorted()).toEqual(this.all.toSorted());
    for (const older of this.#open) if (older <= id) this.#open.delete(older);
    this.#gateway.openUpTo(id);
  }

  abort(): void {
    const [id] = this.#open;
    if (id === undefined) return;
    this.#open.delete(id);
    this.#gateway.open(id);
  }

  finish(): void {
    while (this.#open.size > 0) this.abort();
    while (this.#messages.length > 0) this.deliver();
    expect(this.#received).toEqual(this.all.slice(0, this.#assigned));
  }
}

const MOVES = ['assign', 'assign', 'trigger', 'deliver', 'deliver', 'acknowledge', 'complete', 'abort'] as const;

test('every split is in one snapshot of each completed checkpoint, and all that are assigned arrive in order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...MOVES), { maxLength: 200 }), (moves) => {
      const model = new Model();
      for (const move of moves) model[move]();
      model.finish();
    }),
    { numRuns: 2000 },
  );
});
