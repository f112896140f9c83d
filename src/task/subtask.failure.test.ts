import { describe, expect, it } from 'vitest';
import { FakeKeyedState } from '../../test/support/fake-keyed-state.ts';
import { FakeOperator } from '../../test/support/fake-operator.ts';
import type { FakeOperatorOptions } from '../../test/support/fake-operator.ts';
import { FakeReaderSource } from '../../test/support/fake-reader.ts';
import { FakeSink } from '../../test/support/fake-sink.ts';
import type { FakeSinkOptions } from '../../test/support/fake-sink.ts';
import { memberId, NO_WATERMARKS, SubtaskFixture } from '../../test/support/subtask-fixture.ts';
import type { SubtaskSetup } from '../../test/support/subtask-fixture.ts';
import { checkpointId } from '../base/ids.ts';

const broken = new TypeError('broken on purpose');

function breaks(): never {
  throw broken;
}

interface Parts {
  readonly source?: Partial<FakeReaderSource>;
  readonly operator?: Partial<FakeOperatorOptions>;
  readonly sink?: Partial<FakeSinkOptions>;
  readonly watermarks?: typeof NO_WATERMARKS;
}

/** A source 'numbers', an operator 'map' and a sink 'sink' in one chain. */
function chained(parts: Parts, setup: Partial<SubtaskSetup> = {}) {
  const log: string[] = [];
  const source = Object.assign(new FakeReaderSource(log), parts.source);
  const operator = new FakeOperator({ firings: 1, ...parts.operator, name: 'map', log });
  const sink = new FakeSink({ ...parts.sink, name: 'sink', log });
  const chain = [
    { name: 'numbers', source, watermarks: parts.watermarks ?? NO_WATERMARKS },
    { name: 'map', operator },
    { name: 'sink', sink },
  ];
  const fixture = new SubtaskFixture({ chain, ...setup, log });
  return { fixture, source, operator, sink, log };
}

/** Everything in the life of the subtask, until its end. */
async function live({ fixture, source, operator }: ReturnType<typeof chained>): Promise<void> {
  await fixture.subtask.start();
  fixture.addSplit();
  source.give('a@1');
  await fixture.settle();
  operator.timerMs = 0;
  await fixture.settle();
  fixture.trigger(1);
  await fixture.settle();
  fixture.completed(1);
  source.end();
  await fixture.settle();
}

const failures: readonly [string, Parts, string][] = [
  ['setup of an operator', { operator: { onSetup: breaks } }, 'map'],
  ['open of an operator', { operator: { onOpen: breaks } }, 'map'],
  ['open of an operator, later', { operator: { onOpen: () => Promise.reject(broken) } }, 'map'],
  ['open of a sink', { sink: { onOpen: breaks } }, 'sink'],
  ['start of a reader', { source: { onStart: breaks } }, 'numbers'],
  ['poll of a reader', { source: { onPoll: breaks } }, 'numbers'],
  ['timestamp assigner', { watermarks: { ...NO_WATERMARKS, timestampAssigner: breaks } }, 'numbers'],
  [
    'watermark generator',
    {
      watermarks: {
        ...NO_WATERMARKS,
        createGenerator: () => ({ ...NO_WATERMARKS.createGenerator(), onEvent: breaks }),
      },
    },
    'numbers',
  ],
  ['record in an operator', { operator: { onRecord: breaks } }, 'map'],
  ['record in a sink', { sink: { onWrite: breaks } }, 'sink'],
  ['watermark in an operator', { operator: { onWatermark: breaks } }, 'map'],
  ['barrier hook of a sink', { sink: { onPrepare: breaks } }, 'sink'],
  ['snapshot of an operator', { operator: { onSnapshot: breaks } }, 'map'],
  ['snapshot of an operator, later', { operator: { onSnapshot: () => Promise.reject(broken) } }, 'map'],
  ['completion in an operator', { operator: { onCompleted: breaks } }, 'map'],
  ['completion in an operator, later', { operator: { onCompleted: () => Promise.reject(broken) } }, 'map'],
  ['commit of a sink', { sink: { commit: () => Promise.reject(broken) } }, 'sink'],
  ['finish of an operator', { operator: { onFinish: breaks } }, 'map'],
];

describe('a subtask whose user code fails', () => {
  it.each(failures)(
    'in %s fails with its operator, cause and stack, once, and closes everything',
    async (where, parts, operatorName) => {
      const part = chained(parts);
      await live(part);
      const { fixture, log, operator } = part;
      expect(fixture.master.errors).toMatchObject([
        {
          code: 'USER_FUNCTION_FAILED',
          message: 'broken on purpose',
          context: { operatorName, operatorUid: `${operatorName}-uid`, subtaskIndex: 0, attemptNumber: 1 },
          cause: { name: 'TypeError', message: 'broken on purpose', stack: broken.stack },
        },
      ]);
      expect(fixture.subtask.phase).toBe('failed');
      expect(fixture.subtask.step()).toBe('done');
      expect(operator.context.signal.aborted).toBe(true);
      const wasStarted = log.includes('reader start');
      log.length = 0;
      await fixture.subtask.close();
      // The sink comes behind the operator: it is set up unless that could not be.
      const isSetUp = where !== 'setup of an operator';
      expect(log).toEqual([
        ...(wasStarted ? ['reader close'] : []),
        'map close',
        ...(isSetUp ? ['sink close writer', 'sink close committer'] : []),
      ]);
    },
  );

  it('from a callback of I/O fails in its next step, in the name of the one who had the callback', async () => {
    const { fixture, sink } = chained({});
    await fixture.subtask.start();
    sink.context.fail(broken);
    expect(fixture.master.errors).toEqual([]);
    fixture.subtask.step();
    expect(fixture.master.errors).toMatchObject([{ context: { operatorName: 'sink' } }]);
    const other = chained({});
    await other.fixture.subtask.start();
    other.source.context.fail(broken);
    other.fixture.subtask.step();
    expect(other.fixture.master.errors).toMatchObject([{ context: { operatorName: 'numbers' } }]);
  });

  it('in a key selector names the operator whose results were to be keyed', async () => {
    // What a key selector throws comes out of the writer behind the operator.
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'map', log });
    const fixture = await SubtaskFixture.running({ chain: [{ name: 'map', operator }], log });
    const [output] = fixture.deployment.writers;
    if (output !== undefined) output.writer.emit = breaks;
    fixture.send(0, 'a');
    fixture.stepAll();
    expect(fixture.master.errors).toMatchObject([{ code: 'USER_FUNCTION_FAILED', context: { operatorName: 'map' } }]);
  });

  it('reports the first failure only', async () => {
    const { fixture, sink, source } = chained({});
    await fixture.subtask.start();
    sink.context.fail(new Error('first'));
    source.context.fail(new Error('second'));
    await fixture.settle();
    expect(fixture.master.errors.map(({ message }) => message)).toEqual(['first']);
  });

  it('fails when open does not settle in time', async () => {
    const { fixture } = chained({ operator: { onOpen: () => new Promise(() => {}) } });
    const started = fixture.subtask.start();
    await fixture.virtual.advance(1000);
    await started;
    expect(fixture.master.errors).toMatchObject([{ code: 'FUNCTION_TIMEOUT', context: { operatorName: 'map' } }]);
  });

  it('closes the others when one cannot be closed, and logs it', async () => {
    const { fixture, log } = chained({ operator: { onClose: breaks } });
    await fixture.subtask.start();
    log.length = 0;
    await fixture.subtask.close();
    expect(log).toEqual(['reader close', 'map close', 'sink close writer', 'sink close committer']);
    expect(fixture.virtual.logged).toMatchObject([
      { level: 'warn', message: "Closing operator 'map' failed: broken on purpose" },
    ]);
  });

  it('does not wait for a close for ever', async () => {
    const { fixture, log } = chained({ operator: { onClose: () => new Promise(() => {}) } });
    await fixture.subtask.start();
    const closed = fixture.subtask.close();
    await fixture.virtual.advance(500);
    await closed;
    expect(log.at(-1)).toBe('sink close committer');
    expect(fixture.virtual.openTimers).toBe(0);
  });
});

describe('a subtask that is closed', () => {
  it('before it was started opens nothing', async () => {
    const { fixture, log } = chained({});
    await fixture.subtask.close();
    await fixture.subtask.start();
    expect(log).toEqual([]);
  });

  it('while it reads its state makes no operator', async () => {
    const log: string[] = [];
    const reading = Promise.withResolvers<Uint8Array>();
    const ref = { file: 'base', blockOffset: 0, blockLength: 1, offset: 0, length: 1, isBase: true, entryCount: 1 };
    const state = { operatorId: memberId(0), states: [], lists: [], watermarkMs: undefined };
    const fixture = new SubtaskFixture({
      chain: [
        {
          name: 'first',
          operator: new FakeOperator({ name: 'first', log, onSetup: () => log.push('first setup') }),
          keyed: new FakeKeyedState('state', log),
        },
        { name: 'second', operator: new FakeOperator({ name: 'second', log }) },
      ],
      log,
      restore: {
        checkpointId: checkpointId(7),
        isFinished: false,
        operators: [{ ...state, keyed: [{ keyGroup: 0, sections: [ref] }] }],
      },
      readSection: () => reading.promise,
    });
    const started = fixture.subtask.start();
    await fixture.subtask.close();
    reading.resolve(Uint8Array.of(1));
    await started;
    expect(log).toEqual(['state restore 0: 1']);
    expect(fixture.master.heard).toEqual([]);
    expect(fixture.subtask.phase).toBe('closed');
  });

  it.each([
    ['settles meanwhile', 0, true],
    ['never settles', 500, false],
  ])(
    'while an open that %s is under way closes what is set up, once, and opens no more',
    async (_how, waitMs, settles) => {
      const opening = Promise.withResolvers<void>();
      const { fixture, log } = chained({ operator: { onOpen: () => opening.promise } });
      const started = fixture.subtask.start();
      await fixture.virtual.settle();
      expect(log).toEqual(['sink open', 'map open']);
      const closed = fixture.subtask.close();
      expect(fixture.subtask.close()).toBe(closed);
      await fixture.virtual.settle();
      expect(log).toEqual(['sink open', 'map open']);
      if (settles) opening.resolve();
      await fixture.virtual.advance(waitMs);
      await closed;
      await started;
      const all = ['sink open', 'map open', 'map close', 'sink close writer', 'sink close committer'];
      expect(log).toEqual(all);
      opening.resolve();
      await fixture.virtual.settle();
      expect(log).toEqual(all);
      expect(fixture.virtual.openTimers).toBe(0);
      expect(fixture.master.heard).toEqual([]);
    },
  );

  it('while an open is under way that fails afterwards reports nothing', async () => {
    const opening = Promise.withResolvers<void>();
    const { fixture } = chained({ operator: { onOpen: () => opening.promise } });
    const started = fixture.subtask.start();
    await fixture.virtual.settle();
    const closed = fixture.subtask.close();
    opening.reject(broken);
    await Promise.all([started, closed]);
    expect(fixture.master.heard).toEqual([]);
  });

  it('while its reader starts closes the reader and does not register it', async () => {
    const starting = Promise.withResolvers<void>();
    const { fixture, log } = chained({ source: { onStart: () => starting.promise } });
    const started = fixture.subtask.start();
    await fixture.virtual.settle();
    log.length = 0;
    const closed = fixture.subtask.close();
    starting.resolve();
    await Promise.all([started, closed]);
    expect(log).toEqual(['reader close', 'map close', 'sink close writer', 'sink close committer']);
  });

  it('waits for the commit that is under way', async () => {
    const committing = Promise.withResolvers<readonly 'committed'[]>();
    const { fixture, source, log } = chained({ sink: { commit: () => committing.promise } });
    await fixture.subtask.start();
    fixture.addSplit();
    source.give('a');
    await fixture.settle();
    fixture.trigger(1);
    await fixture.settle();
    fixture.completed(1);
    await fixture.settle();
    log.length = 0;
    const closed = fixture.subtask.close();
    await fixture.virtual.settle();
    expect(log).toEqual(['reader close', 'map close']);
    committing.resolve(['committed']);
    await closed;
    expect(log).toEqual(['reader close', 'map close', 'sink close writer', 'sink close committer']);
  });

  it('gives up its snapshots and ignores all letters', async () => {
    const log: string[] = [];
    const operator = new FakeOperator({ name: 'count', log });
    const keyed = new FakeKeyedState('state', log);
    const fixture = await SubtaskFixture.running({ chain: [{ name: 'count', operator, keyed }], log });
    fixture.files.isWritable = false;
    fixture.send(0, 'B1');
    fixture.stepAll();
    fixture.takeLog();
    await fixture.subtask.close();
    fixture.trigger(2);
    fixture.completed(1);
    expect(fixture.subtask.step()).toBe('done');
    expect(log).toEqual(['state cancel 1', 'count close']);
  });
});
