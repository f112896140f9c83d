import { describe, expect, it } from 'vitest';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { ChainMember, SubtaskSetup } from '../../test/support/subtask-fixture.ts';

type MemberOptions = Partial<FakeOperatorOptions> & Pick<ChainMember, 'next'>;

/** Members by name, joined one after the other unless `next` says otherwise; all log to one place. */
async function running(
  members: Readonly<Record<string, MemberOptions>>,
  setup: Partial<SubtaskSetup> = {},
): Promise<SubtaskFixture & { readonly operators: Readonly<Record<string, FakeOperator>> }> {
  const log: string[] = [];
  const operators = Object.fromEntries(
    Object.entries(members).map(([name, options]) => [name, new FakeOperator({ log, ...options, name })]),
  );
  const chain = Object.entries(members).map(([name, { next }], index): ChainMember => ({
    name,
    ...(operators[name] === undefined ? {} : { operator: operators[name] }),
    next: next ?? (index + 1 < Object.keys(members).length ? [{ to: index + 1 }] : []),
  }));
  const fixture = await SubtaskFixture.running({ ...setup, chain, log });
  return Object.assign(fixture, { operators });
}

/** Emits 'x-1', 'x-2' for 'x'. */
const twice: FakeOperatorOptions['onRecord'] = (value, timestampMs, { output }) => {
  output.collect(`${value}-1`, timestampMs);
  output.collect(`${value}-2`, timestampMs);
};

/** Passes a record on, and then a watermark of its timestamp. */
const punctuating: FakeOperatorOptions['onRecord'] = (value, timestampMs, context) => {
  context.output.collect(value, timestampMs);
  context.emitWatermark(timestampMs);
};

describe('OperatorChain', () => {
  it('hands a record through the chain by direct calls, to every branch, and to the side output it is meant for', async () => {
    const fixture = await running(
      {
        head: {
          next: [{ to: 1 }, { to: 2 }, { to: 3, sideTag: 'late' }],
          onRecord: (value, timestampMs, { output }) => {
            output.collect(value, timestampMs);
            output.collectSide('late', `late ${value}`, timestampMs);
            output.collectSide('nobody takes this', value, timestampMs);
          },
        },
        left: { next: [] },
        right: { next: [] },
        side: { next: [] },
      },
      { outputs: [{ from: 1 }, { from: 2 }, { from: 3 }, { from: 0, sideTag: 'late' }] },
    );
    fixture.send(0, 'a@7');
    fixture.stepAll();
    expect(fixture.log).toEqual(['head a@7', 'left a@7', 'right a@7', 'side late a@7']);
    expect([0, 1, 2, 3].map((output) => fixture.received(output))).toEqual([
      ['a@7'],
      ['a@7'],
      ['late a@7'],
      ['late a@7'],
    ]);
  });

  it('fires what a watermark makes due at each operator before the watermark goes on to the next', async () => {
    const fixture = await running({ first: { firings: 2 }, second: { firings: 1 } });
    fixture.send(0, 'W5');
    fixture.stepAll();
    expect(fixture.log).toEqual([
      'first watermark 5',
      'first fire 5',
      'second first 5',
      'first fire 5',
      'second first 5',
      'second watermark 5',
      'second fire 5',
    ]);
    expect(fixture.received()).toEqual(['first 5', 'first 5', 'second 5', 'W5']);
    expect(fixture.metrics.get('currentOutputWatermark')).toBe(5);
  });

  it('fires no more in one step than the limit allows, and takes no record before the watermark has passed', async () => {
    const fixture = await running(
      { map: { firings: 5 } },
      { configuration: { stepLimits: { firings: 2, snapshotEntries: 1 } } },
    );
    fixture.send(0, 'W5', 'a');
    fixture.subtask.step();
    const firedBySteps = [fixture.takeLog()];
    for (let step = 0; step < 4; step++) {
      fixture.subtask.step();
      firedBySteps.push(fixture.takeLog());
    }
    const fire = 'map fire 5';
    expect(firedBySteps).toEqual([['map watermark 5'], [fire, fire], [fire, fire], [fire], ['map a']]);
  });

  it('stops firing when an output is full', async () => {
    const fixture = await running({ map: { firings: 100 } }, { outputs: [{ from: 0, capacity: 1 }] });
    fixture.send(0, 'W5');
    fixture.subtask.step();
    fixture.subtask.step();
    // A look at the outputs after each few firings.
    expect(fixture.takeLog().length).toBeLessThan(20);
    expect(fixture.subtask.step()).toBe('blocked');
    expect(fixture.log).toEqual([]);
    const received: string[] = [];
    for (let rounds = 0; rounds < 1000; rounds++) {
      received.push(...fixture.received());
      fixture.subtask.step();
    }
    expect(received).toEqual([...Array.from({ length: 100 }, () => 'map 5'), 'W5']);
  });

  it('stops firing when an operator of the chain takes nothing more', async () => {
    const fixture = await running({ map: { firings: 100 }, bounded: {} });
    const { bounded } = fixture.operators;
    if (bounded === undefined) throw new Error('It is there');
    fixture.send(0, 'W5');
    fixture.subtask.step();
    bounded.isWritable = false;
    expect(fixture.subtask.step()).toBe('blocked');
    expect(fixture.received()).toEqual([]);
    bounded.isWritable = true;
    fixture.stepAll();
    expect(fixture.received().length).toBe(101);
  });

  it('lets upstream watermarks and statuses end at an operator that makes its own', async () => {
    const fixture = await running({ map: {}, maker: { makesWatermarks: true, onRecord: punctuating }, last: {} });
    fixture.send(0, 'W100', 'IDLE', 'ACTIVE', 'a@5');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['a@5', 'W5']);
    expect(fixture.log.filter((line) => line.includes('watermark'))).toEqual([
      'map watermark 100',
      'maker watermark 100',
      'last watermark 5',
    ]);
    expect(fixture.metrics.get('currentOutputWatermark')).toBe(5);
  });

  it('fires a watermark made in the middle of a call before the further records of that call', async () => {
    const fixture = await running({
      twice: { onRecord: twice },
      maker: { makesWatermarks: true, onRecord: punctuating },
      timed: { firings: 2 },
      last: {},
    });
    fixture.send(0, 'a@5');
    fixture.stepAll();
    expect(fixture.log.filter((line) => !line.startsWith('last'))).toEqual([
      'twice a@5',
      'maker a-1@5',
      'timed a-1@5',
      'timed watermark 5',
      'maker a-2@5',
      'timed fire 5',
      'timed fire 5',
      'timed a-2@5',
      'timed watermark 5',
    ]);
    expect(fixture.received()).toEqual(['a-1@5', 'timed 5', 'timed 5', 'W5', 'a-2@5', 'W5']);
  });

  it('sends the idle status behind the watermark that comes before it', async () => {
    const fixture = await running({ first: { firings: 1 }, second: { firings: 1 } }, { inputs: 2 });
    fixture.send(0, 'W5', 'IDLE');
    fixture.send(1, 'W3', 'IDLE');
    fixture.stepAll();
    // The last channel to become idle held the minimum: the highest of all goes out first.
    expect(fixture.received()).toEqual(['first 3', 'second 3', 'W3', 'first 5', 'second 5', 'W5', 'IDLE']);
    fixture.send(0, 'ACTIVE', 'W9');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['ACTIVE', 'first 9', 'second 9', 'W9']);
  });

  it('sends the status that an operator makes behind the watermark that it made before', async () => {
    const fixture = await running({
      maker: {
        makesWatermarks: true,
        onRecord: (value, timestampMs, context) => {
          context.output.collect(value, timestampMs);
          context.emitWatermark(timestampMs);
          context.emitStatus(true);
        },
      },
      timed: { firings: 1 },
    });
    fixture.send(0, 'a@5');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['a@5', 'timed 5', 'W5', 'IDLE']);
  });

  it('keeps several watermarks of one call in order in every branch', async () => {
    const fixture = await running(
      {
        maker: {
          makesWatermarks: true,
          next: [{ to: 1 }, { to: 2 }],
          onRecord: (_value, timestampMs, context) => {
            context.emitWatermark(timestampMs);
            context.emitWatermark(timestampMs + 1);
          },
        },
        left: { next: [{ to: 3 }], firings: 1 },
        right: { next: [], firings: 1 },
        end: { next: [], firings: 1 },
      },
      { outputs: [{ from: 2 }, { from: 3 }] },
    );
    fixture.send(0, 'a@5');
    fixture.stepAll();
    expect(fixture.received(0)).toEqual(['right 5', 'W5', 'right 6', 'W6']);
    expect(fixture.received(1)).toEqual(['left 5', 'end 5', 'W5', 'left 6', 'end 6', 'W6']);
  });

  it('tells an operator that makes watermarks of the last one, and passes on what it makes of it', async () => {
    const fixture = await running({
      maker: {
        makesWatermarks: true,
        onWatermark: (watermarkMs, context) => context.emitWatermark(watermarkMs),
      },
      timed: { firings: 1 },
    });
    fixture.send(0, 'Wmax', 'END');
    fixture.stepAll();
    expect(fixture.received()).toEqual(['timed Infinity', 'Wmax', 'END']);
  });

  it('fires processing-time timers when their time has come, head to tail', async () => {
    const fixture = await running({ first: {}, second: {} });
    const dueMs = fixture.virtual.environment.clock.nowMs() + 10;
    for (const operator of Object.values(fixture.operators)) operator.timerMs = dueMs;
    expect(fixture.stepAll()).toBe('idle');
    expect(fixture.subtask.nextWakeUpMs).toBe(dueMs);
    await fixture.virtual.advance(10);
    fixture.stepAll();
    expect(fixture.log).toEqual(['first timer', 'second first timer', 'second timer']);
    expect(fixture.received()).toEqual(['first timer', 'second timer']);
    expect(fixture.subtask.nextWakeUpMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('names the operator in whose call an error arose, once, and keeps cause and stack', async () => {
    const broken = new TypeError('broken on purpose');
    const fixture = await running({
      first: {},
      second: {
        onRecord: () => {
          throw broken;
        },
      },
    });
    fixture.send(0, 'a');
    expect(fixture.subtask.step()).toBe('done');
    expect(fixture.master.errors).toMatchObject([
      {
        code: 'USER_FUNCTION_FAILED',
        message: 'broken on purpose',
        context: { operatorName: 'second', operatorUid: 'second-uid', subtaskIndex: 0, attemptNumber: 1 },
        cause: { name: 'TypeError', stack: broken.stack },
      },
    ]);
  });
});
