import { describe, expect, test } from 'vitest';
import type { Sink } from '../base/sink.ts';
import type { JobDefinition, StreamGraph } from '../graph/stream-graph.ts';
import type { Executor } from './executor.ts';
import { StreamExecutionEnvironment } from './stream-execution-environment.ts';

/** Keeps what it is asked to run; `rows` is what it claims to have collected. */
class RecordingExecutor implements Executor {
  readonly graphs: StreamGraph[] = [];
  readonly limits: number[] = [];
  readonly sink: Sink<unknown> = { kind: 'collect', guarantee: 'none', identity: () => [], createWriter: notRun };
  readonly #rows: readonly unknown[];

  constructor(rows: readonly unknown[] = []) {
    this.#rows = rows;
  }

  execute(definition: JobDefinition): Promise<void> {
    this.graphs.push(definition.build({ parameters: new Map(), parallelism: 1 }));
    return Promise.resolve();
  }

  executeAndCollect(
    definitionWith: (sink: Sink<unknown>) => JobDefinition,
    limit: number,
  ): Promise<readonly unknown[]> {
    this.limits.push(limit);
    return this.execute(definitionWith(this.sink)).then(() => this.#rows);
  }
}

function notRun(): never {
  throw new Error('A job of this test is described, not run');
}

describe('an environment of a script', () => {
  test('collects a stream with a sink of the executor', async () => {
    const executor = new RecordingExecutor([2, 4]);
    const env = StreamExecutionEnvironment.create(executor);
    const rows = await env
      .fromElements(1, 2)
      .map((n) => n * 2)
      .executeAndCollect(7);
    expect(rows).toEqual([2, 4]);
    expect(executor.limits).toEqual([7]);
    expect(executor.graphs[0]?.nodes.map((node) => node.name)).toEqual(['Collection Source', 'Map', 'Collect']);
    expect(executor.graphs[0]?.nodes[2]?.role).toMatchObject({ kind: 'sink', sink: executor.sink });
  });

  test('collects without a limit unless it is given one', async () => {
    const executor = new RecordingExecutor();
    await StreamExecutionEnvironment.create(executor).fromElements(1).executeAndCollect();
    expect(executor.limits).toEqual([Number.POSITIVE_INFINITY]);
  });

  test('executes a job under its name', async () => {
    const executor = new RecordingExecutor();
    const env = StreamExecutionEnvironment.create(executor);
    env.fromElements(1).print();
    await env.execute('numbers');
    expect(executor.graphs[0]?.jobName).toBe('numbers');
  });

  test('is used up by a run: function objects run once', async () => {
    const env = StreamExecutionEnvironment.create(new RecordingExecutor());
    const stream = env.fromElements(1);
    await stream.executeAndCollect();
    await expect(stream.executeAndCollect()).rejects.toThrow(/has already been evaluated/);
  });

  test('has one subtask and no parameters unless it is given others', () => {
    const executor = new RecordingExecutor();
    expect(StreamExecutionEnvironment.create(executor).parallelism).toBe(1);
    const env = StreamExecutionEnvironment.create(executor, { parallelism: 3, parameters: new Map([['a', 'b']]) });
    expect([env.parallelism, env.parameters.get('a')]).toEqual([3, 'b']);
  });
});

describe('inside a job module', () => {
  test('streams cannot be run', async () => {
    const env = StreamExecutionEnvironment.forJob({ parameters: new Map(), parallelism: 1 });
    const refused = expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' });
    await expect(env.execute()).rejects.toThrow(refused);
    await expect(env.fromElements(1).executeAndCollect()).rejects.toThrow(refused);
  });
});
