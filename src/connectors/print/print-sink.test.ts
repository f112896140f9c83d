import { describe, expect, it } from 'vitest';
import { FakeSinkTask } from '../../../test/support/fake-sink-task.ts';
import { memoryEnvironment } from '../../../test/support/memory-environment.ts';
import { formatValue } from './format-value.ts';
import { PrintSink } from './print-sink.ts';

describe('PrintSink', () => {
  it.each([
    [{ name: 'orders' }, 2, 'orders:2> x\n'],
    [{ name: 'orders' }, 1, 'orders> x\n'],
    [{}, 2, '2> x\n'],
    [{}, 1, 'x\n'],
  ])('with %j at parallelism %i writes %j', (options, parallelism, line) => {
    const environment = memoryEnvironment();
    const sink = new PrintSink<string>(options);
    const task = new FakeSinkTask({ sink, environment, parallelism, subtaskIndex: parallelism - 1 });
    task.write('x');
    expect(environment.out).toEqual([line]);
  });

  it('writes to standard error when it is told to', () => {
    const environment = memoryEnvironment();
    new FakeSinkTask({ sink: new PrintSink<number>({ stream: 'err' }), environment }).write(1);
    expect(environment.err).toEqual(['1\n']);
    expect(environment.out).toEqual([]);
  });

  it('hands nothing to checkpoints', async () => {
    const task = new FakeSinkTask({ sink: new PrintSink<number>(), environment: memoryEnvironment() });
    const { snapshot, durable } = task.barrier(1);
    await durable;
    expect(snapshot).toEqual({ states: [], committables: [] });
  });
});

describe('formatValue', () => {
  const shared = { n: 1 };
  const nested = Array.from({ length: 10 }).reduce<unknown>((inner) => [inner], 0);

  it.each<[string, unknown]>([
    ['plain text', 'plain text'],
    ['{"a":"b","c":[1,null,undefined]}', { a: 'b', c: [1, null, undefined] }],
    ['5n', 5n],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['1970-01-01T00:00:00.000Z', new Date(0)],
    ['Invalid Date', new Date(Number.NaN)],
    ['Map[["k",{"n":1}]]', new Map([['k', shared]])],
    ['Set[1,2]', new Set([1, 2])],
    ['[1,2]', new Uint8Array([1, 2])],
    ['[[[[[[[[...]]]]]]]]', nested],
  ])('writes %s', (text, value) => {
    expect(formatValue(value)).toBe(text);
  });
});
