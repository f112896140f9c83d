/**
 * Whatever a subtask is made of and however its steps, its inputs and its outputs take turns: what comes out is what a walk over the
 * chain, record by record, gives.
 *
 * Drawn are a tree of operators (some emit twice, some into a side output, some have timers, some make watermarks), channels of one
 * input or two with records, watermarks, statuses, barriers and an end, rooms of one to three elements everywhere, limits on
 * firings, and the order in which channels are fed, steps taken and outputs read. Not modelled: failures (subtask.failure.test.ts,
 * test/simulation).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { FakeReaderSource } from '../../test/support/fake-reader.ts';
import { offer } from '../../test/support/scripted-elements.ts';
import { SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { ChainMember, ChainOutputs } from '../../test/support/subtask-fixture.ts';
import { testStrings } from '../../test/support/strings.ts';
import { decodeValue } from '../codec/encode-value.ts';

type Kind = 'pass' | 'twice' | 'split' | 'timed' | 'maker';

interface NodePlan {
  readonly kind: Kind;
  /** Picks the node that feeds this one. */
  readonly parent: number;
  /** Where the parent is of kind 'split': takes its side output. */
  readonly takesSide: boolean;
  readonly hasOutput: boolean;
}

interface Plan {
  readonly nodes: readonly NodePlan[];
  readonly room: number;
  readonly firings: number;
  readonly limit: number;
  /** Which channels belong to a second input of the head; the first channel never does. */
  readonly isSecond: readonly boolean[];
  readonly unitesInputs: boolean;
}

/** What one channel has between its barriers. */
type Segment = readonly ('record' | 'watermark' | 'status')[];

const nodePlan = fc.record<NodePlan>({
  kind: fc.constantFrom('pass', 'twice', 'split', 'timed', 'maker'),
  parent: fc.nat(),
  takesSide: fc.boolean(),
  hasOutput: fc.boolean(),
});

const plan = fc.record<Plan>({
  nodes: fc.array(nodePlan, { minLength: 1, maxLength: 5 }),
  room: fc.integer({ min: 1, max: 3 }),
  firings: fc.integer({ min: 1, max: 3 }),
  limit: fc.integer({ min: 1, max: 4 }),
  isSecond: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
  unitesInputs: fc.boolean(),
});

const segment: fc.Arbitrary<Segment> = fc.array(
  fc.constantFrom('record' as const, 'record' as const, 'watermark' as const, 'status' as const),
  { maxLength: 5 },
);

/** Same number of barriers on each channel. */
const channels = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }))
  .chain(([channelCount, barriers]) =>
    fc.array(fc.array(segment, { minLength: barriers + 1, maxLength: barriers + 1 }), {
      minLength: channelCount,
      maxLength: channelCount,
    }),
  );

describe('a subtask', () => {
  it('over any channels and chain hands each record on once, in order, on its side of every barrier', async () => {
    await fc.assert(
      fc.asyncProperty(plan, channels, fc.infiniteStream(fc.nat()), async (drawn, segments, picks) => {
        const scripts = segments.map(scriptOf);
        const { fixture, outputs, log } = await running(drawn, scripts.length);
        const received = await play(fixture, scripts, picks);
        for (const [index, output] of outputs.entries()) {
          const elements = received[index] ?? [];
          for (const [channel, script] of scripts.entries()) {
            expect(ofChannel(elements, channel)).toEqual(expectedOf(script, pathTo(drawn, output)));
          }
          const path = pathTo(drawn, output);
          checkOutput(
            elements,
            (segments[0]?.length ?? 1) - 1,
            path.some(({ kind }) => kind === 'maker'),
          );
        }
        for (const name of names(drawn)) checkOperator(log, name, drawn, segments[0]?.length ?? 1);
        const acknowledged = fixture.master.heard.filter((line) => line.startsWith('ack'));
        expect(acknowledged).toEqual(
          Array.from({ length: (segments[0]?.length ?? 1) - 1 }, (_, at) => `ack ${at + 1}`),
        );
        expect(fixture.master.heard.filter((line) => line === 'end-of-data').length).toBe(1);
        // What a few calls of user code emit, and the elements that every output gets.
        const perCall = 2 ** drawn.nodes.length;
        expect(fixture.metrics.get('overflowRecordsMax')).toBeLessThanOrEqual(
          (drawn.limit + 2) * perCall * outputs.length + 20,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('over any reader takes each checkpoint with the position of the records in front of its barrier', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.constantFrom('give', 'step', 'step', 'read', 'trigger', 'settle'), { maxLength: 60 }),
        async (records, room, actions) => {
          const source = new FakeReaderSource();
          const chain = [{ name: 'numbers', source }];
          const fixture = await SubtaskFixture.running({ chain, outputs: [{ from: 0, capacity: room }] });
          fixture.addSplit();
          const received: string[] = [];
          let given = 0;
          let triggered = 0;
          for (const action of actions) {
            if (action === 'give' && given < records) source.give(`r${given++}`);
            if (action === 'step') fixture.subtask.step();
            if (action === 'read') received.push(...fixture.received());
            if (action === 'trigger') fixture.trigger(++triggered);
            if (action === 'settle') await fixture.virtual.settle();
          }
          source.end();
          for (let rounds = 0; rounds < 200; rounds++) {
            fixture.subtask.step();
            received.push(...fixture.received());
            if (rounds % 50 === 0) await fixture.virtual.settle();
          }
          expect(received.filter((element) => element.startsWith('r'))).toEqual(
            Array.from({ length: given }, (_, index) => `r${index}`),
          );
          expect(received.slice(-2)).toEqual(['Wmax', 'END']);
          const acknowledged = fixture.master.acknowledgements;
          expect(acknowledged.map(({ checkpointId }) => checkpointId)).toEqual(
            Array.from({ length: triggered }, (_, index) => index + 1),
          );
          for (const { checkpointId, snapshot } of acknowledged) {
            const inFront = received.slice(0, received.indexOf(`B${checkpointId}`));
            const [position] = (snapshot.operators[0]?.lists[0]?.elements ?? []).map((bytes) =>
              decodeValue(testStrings, bytes),
            );
            expect(position).toMatchObject({
              split: { position: inFront.filter((element) => element.startsWith('r')).length },
            });
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

function names({ nodes }: Plan): readonly string[] {
  return nodes.map(({ kind }, index) => `${kind}${index}`);
}

function parentOf({ nodes }: Plan, index: number): number {
  return (nodes[index]?.parent ?? 0) % Math.max(index, 1);
}

function takesSide(drawn: Plan, index: number): boolean {
  return drawn.nodes[parentOf(drawn, index)]?.kind === 'split' && drawn.nodes[index]?.takesSide === true;
}

async function running(
  drawn: Plan,
  inputs: number,
): Promise<{ fixture: SubtaskFixture; outputs: readonly number[]; log: readonly string[] }> {
  const log: string[] = [];
  const children = (index: number): number[] =>
    drawn.nodes.flatMap((_, child) => (child > 0 && parentOf(drawn, child) === index ? [child] : []));
  const chain = names(drawn).map((name, index): ChainMember => ({
    name,
    operator: new FakeOperator({ ...behaviour(drawn, index), name, log, unitesInputs: drawn.unitesInputs }),
    next: children(index).map((to) => (takesSide(drawn, to) ? { to, sideTag: 'side' } : { to })),
  }));
  const outputs = drawn.nodes.flatMap(({ hasOutput }, index) =>
    hasOutput || children(index).length === 0 ? [index] : [],
  );
  const writers = outputs.map((from): ChainOutputs => ({ from, capacity: drawn.room }));
  const fixture = await SubtaskFixture.running({
    chain,
    outputs: writers,
    inputOfChannel: [0, ...drawn.isSecond.map(Number)].slice(0, inputs),
    inputCapacity: drawn.room,
    configuration: { stepLimits: { firings: drawn.limit, snapshotEntries: 1 } },
    log,
  });
  return { fixture, outputs, log };
}

function behaviour({ nodes, firings }: Plan, index: number): Partial<FakeOperatorOptions> {
  switch (nodes[index]?.kind ?? 'pass') {
    case 'pass':
      return {};
    case 'timed':
      return { firings };
    case 'twice':
      return {
        onRecord: (value, timestampMs, { output }) => {
          for (const copy of twice(value)) output.collect(copy, timestampMs);
        },
      };
    case 'split':
      return {
        onRecord: (value, timestampMs, { output }) => {
          output.collect(value, timestampMs);
          output.collectSide('side', `${value}s`, timestampMs);
        },
      };
    case 'maker': {
      let highestMs = Number.NEGATIVE_INFINITY;
      const rise = (watermarkMs: number, emit: (watermarkMs: number) => void): void => {
        // Firings have no timestamp.
        if (!(watermarkMs > highestMs)) return;
        highestMs = watermarkMs;
        emit(watermarkMs);
      };
      return {
        makesWatermarks: true,
        onRecord: (value, timestampMs, context) => {
          context.output.collect(value, timestampMs);
          rise(timestampMs, (watermarkMs) => context.emitWatermark(watermarkMs));
        },
        onWatermark: (watermarkMs, context) => {
          if (watermarkMs === Number.POSITIVE_INFINITY) rise(watermarkMs, (risen) => context.emitWatermark(risen));
        },
      };
    }
  }
}

function twice(value: string): readonly [string, string] {
  return [`${value}x`, `${value}y`];
}

function scriptOf(segments: readonly Segment[], channel: number): readonly string[] {
  const script: string[] = [];
  let count = 0;
  let isIdle = false;
  for (const [index, part] of segments.entries()) {
    for (const what of part) {
      count++;
      if (what === 'status') script.push(isIdle ? 'ACTIVE' : 'IDLE');
      if (what === 'status') isIdle = !isIdle;
      // What a channel that is idle would not send.
      else if (isIdle) continue;
      else if (what === 'record') script.push(`c${channel}-${count}:@${10 * count}`);
      else script.push(`W${10 * count}`);
    }
    if (index < segments.length - 1) script.push(`B${index + 1}`);
  }
  if (isIdle) script.push('ACTIVE');
  return [...script, 'Wmax', 'END'];
}

/** What each output has received when nothing is left. */
async function play(
  fixture: SubtaskFixture,
  scripts: readonly (readonly string[])[],
  picks: Iterable<number>,
): Promise<readonly string[][]> {
  const waiting = scripts.map((script) => [...script]);
  const received = fixture.outputs.map((): string[] => []);
  const feed = (channel: number): void => {
    const writer = fixture.inputs[channel]?.writer;
    const [next] = waiting[channel] ?? [];
    if (writer !== undefined && next !== undefined && offer(writer, next)) waiting[channel]?.shift();
  };
  const read = (output: number): void => void received[output]?.push(...fixture.received(output));
  let turns = 0;
  for (const pick of picks) {
    if (++turns > 300) break;
    const kind = pick % 4;
    const choice = pick >>> 2;
    if (kind === 0) feed(choice % waiting.length);
    else if (kind === 1) read(choice % received.length);
    else fixture.subtask.step();
  }
  for (let rounds = 0; rounds < 2000; rounds++) {
    for (const channel of waiting.keys()) feed(channel);
    fixture.subtask.step();
    for (const output of received.keys()) read(output);
  }
  await fixture.settle();
  expect(waiting.flat()).toEqual([]);
  return received;
}

/** The nodes from the head to this one. */
function pathTo(drawn: Plan, index: number): { readonly kind: Kind; readonly takesSide: boolean }[] {
  const own = { kind: drawn.nodes[index]?.kind ?? 'pass', takesSide: takesSide(drawn, index) };
  return index === 0 ? [own] : [...pathTo(drawn, parentOf(drawn, index)), own];
}

/** What a script comes to along a path, without timers and watermarks. */
function expectedOf(script: readonly string[], path: ReturnType<typeof pathTo>): string[] {
  return script.flatMap((element) => {
    if (element.startsWith('B')) return [element];
    if (!element.startsWith('c')) return [];
    const [value = '', timestamp = ''] = element.split('@');
    let values = [value];
    for (const [at, { kind }] of path.entries()) {
      if (kind === 'twice') values = values.flatMap((one) => twice(one));
      if (kind === 'split' && path[at + 1]?.takesSide === true) values = values.map((one) => `${one}s`);
    }
    return values.map((one) => `${one}@${timestamp}`);
  });
}

/** Records that come from this channel, and all barriers. */
function ofChannel(elements: readonly string[], channel: number): string[] {
  return elements.filter((element) => element.startsWith(`c${channel}-`) || /^B\d+$/.test(element));
}

function checkOutput(elements: readonly string[], barriers: number, hasMaker: boolean): void {
  expect(elements.filter((element) => element === 'END').length).toBe(1);
  expect(elements.at(-1)).toBe('END');
  // Not always in front of the end: while all other channels are idle, that of one channel is the last watermark of all.
  expect(elements.filter((element) => element === 'Wmax').length).toBe(1);
  expect(elements.filter((element) => /^B\d+$/.test(element)).length).toBe(barriers);
  let watermarkMs = Number.NEGATIVE_INFINITY;
  let isIdle = false;
  for (const element of elements) {
    if (element === 'IDLE' || element === 'ACTIVE') isIdle = element === 'IDLE';
    const risenMs = /^W(.+)$/.exec(element)?.[1];
    if (risenMs !== undefined) {
      const nowMs = risenMs === 'max' ? Number.POSITIVE_INFINITY : Number(risenMs);
      expect(nowMs).toBeGreaterThan(watermarkMs);
      expect(isIdle).toBe(false);
      watermarkMs = nowMs;
    }
    // What a watermark makes fire comes in front of it, and behind the one before; but for watermarks that are made on the way.
    const firedMs = hasMaker ? undefined : /^timed\d+ (Infinity|\d+)/.exec(element)?.[1];
    if (firedMs !== undefined) expect(Number(firedMs)).toBeGreaterThan(watermarkMs);
  }
}

/** Nothing comes in between a watermark and the last of its firings, but for checkpoints. */
function checkOperator(log: readonly string[], name: string, { firings }: Plan, checkpoints: number): void {
  const own = log.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const isTimed = name.startsWith('timed');
  let due = 0;
  for (const line of own) {
    const [what = ''] = line.split(' ');
    if (what === 'fire') due--;
    else if (what !== 'barrier' && what !== 'snapshot') expect(due).toBe(0);
    if (what === 'watermark' && isTimed) due = firings;
  }
  expect(due).toBe(0);
  const barriers = own.filter((line) => line.startsWith('barrier'));
  expect(barriers).toEqual(Array.from({ length: checkpoints - 1 }, (_, index) => `barrier ${index + 1}`));
  expect(own.filter((line) => line.startsWith('snapshot')).length).toBe(checkpoints - 1);
  expect(own.at(-1)).toBe('finish');
}
