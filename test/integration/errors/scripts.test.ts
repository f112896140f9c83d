/** Streams of a script that go wrong, and questions to a job that cannot answer them. */
import { describe, expect, it } from 'vitest';
import { createEnvironment, KeyedProcessFunction, valueState } from '../../../src/index.ts';
import type { Collector } from '../../../src/index.ts';
import { rejection, runJob, startJob } from '../../support/run-job.ts';

class Counting extends KeyedProcessFunction<number, number, { n: number }> {
  state = { count: valueState<{ n: number }>('count') };

  override processElement(_value: number, _context: this['Context'], out: Collector<{ n: number }>): void {
    const count = this.state.count.value() ?? { n: 0 };
    count.n++;
    this.state.count.update(count);
    out.collect(count);
    count.n++;
  }
}

describe('executeAndCollect', () => {
  it('rejects with the place and the stack of a function that throws, without a restart', async () => {
    const failing = createEnvironment()
      .fromElements(1, 2, 3)
      .map((value): number => {
        if (value === 2) throw new RangeError('no twos');
        return value;
      })
      .name('checked')
      .executeAndCollect();
    const error = await rejection(failing);
    expect(error).toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: 'no twos',
      context: { jobName: 'collect', operatorName: 'checked', subtaskIndex: 0, attemptNumber: 1 },
      cause: { name: 'RangeError', stack: expect.stringMatching(/scripts\.test\.ts/) },
    });
  });

  it('rejects with VALUE_MUTATED: mutation is checked in scripts', async () => {
    const failing = createEnvironment()
      .fromElements(1, 2)
      .keyBy((value) => value)
      .process(new Counting())
      .executeAndCollect();
    expect(await rejection(failing)).toMatchObject({ code: 'VALUE_MUTATED' });
  });

  it('rejects with VALUE_NOT_SERIALIZABLE for a value that cannot be handed over', async () => {
    const failing = createEnvironment()
      .fromElements(1)
      .map(() => ({ call: () => 1 }))
      .executeAndCollect();
    const error = await rejection(failing);
    expect(error).toMatchObject({ code: 'VALUE_NOT_SERIALIZABLE' });
    expect(error.message).toContain('call');
  });

  it('rejects with JOB_DEFINITION_INVALID when the streams were run before', async () => {
    const stream = createEnvironment().fromElements(1);
    await stream.executeAndCollect();
    expect(await rejection(stream.executeAndCollect())).toMatchObject({ code: 'JOB_DEFINITION_INVALID' });
  });
});

describe('a checkpoint that is asked for', () => {
  it('is CHECKPOINT_FAILED where the job takes none', async () => {
    const { handle } = await startJob('misbehaving', { host: 'inline', parameters: { where: 'nowhere' } });
    expect(await rejection(handle.triggerCheckpoint())).toMatchObject({ code: 'CHECKPOINT_FAILED' });
    await handle.result;
  });

  it('is CHECKPOINT_FAILED when the job has ended', async () => {
    const { handle } = await runJob('resumable', { host: 'inline' });
    const error = await rejection(handle.triggerCheckpoint());
    expect(error).toMatchObject({ code: 'CHECKPOINT_FAILED' });
    expect(error.hint).toContain('reason');
  });
});

describe('a job that has ended', () => {
  it('answers cancel and suspend with its end', async () => {
    const { handle, result } = await runJob('resumable', { host: 'inline' });
    expect(await handle.cancel()).toEqual(result);
    expect(await handle.suspend()).toEqual(result);
  });

  it('and has failed answers them with its error', async () => {
    const { handle } = await startJob('misbehaving', { host: 'inline', parameters: { where: 'map', how: 'throw' } });
    const error = await rejection(handle.result);
    expect(await rejection(handle.cancel())).toBe(error);
    expect(await rejection(handle.suspend())).toBe(error);
  });
});
