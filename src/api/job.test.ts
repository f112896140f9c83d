import { describe, expect, test } from 'vitest';
import { requireJob } from '../graph/job-mark.ts';
import type { JobBuildContext } from '../graph/stream-graph.ts';
import type { SingleOutputStreamOperator } from './data-stream.ts';
import { job } from './job.ts';
import type { StreamExecutionEnvironment } from './stream-execution-environment.ts';

const CONTEXT: JobBuildContext = { parameters: new Map([['input', 'a.csv']]), parallelism: 4 };

describe('a job', () => {
  test('is recognised by what loads modules', () => {
    const definition = job('numbers', () => undefined);
    expect(requireJob(definition, 'job.ts')).toBe(definition);
    expect(definition.name).toBe('numbers');
  });

  test('is not evaluated before it is built', () => {
    let evaluations = 0;
    job('numbers', () => {
      evaluations++;
    });
    expect(evaluations).toBe(0);
  });

  test('is evaluated anew by each build, so that no function object is shared', () => {
    const definition = job('numbers', (env) => {
      env
        .fromElements(1)
        .map((n) => n)
        .print();
    });
    const [first, second] = [definition.build(CONTEXT), definition.build(CONTEXT)];
    expect(first.nodes.map((node) => node.name)).toEqual(second.nodes.map((node) => node.name));
    expect(first.nodes[1]?.role).not.toBe(second.nodes[1]?.role);
  });

  test('sees parameters and parallelism of the run', () => {
    let seen: unknown;
    job('numbers', (env) => {
      seen = [env.parameters.require('input'), env.parallelism, env.setParallelism(2).parallelism];
    }).build(CONTEXT);
    expect(seen).toEqual(['a.csv', 4, 2]);
  });

  test('carries what it configures', () => {
    const graph = job('numbers', (env) => {
      env.enableCheckpointing('1 s').configure('restart-strategy.type', 'none').configure('x', 1).configure('x', true);
    }).build(CONTEXT);
    expect([...graph.configuration]).toEqual([
      ['execution.checkpointing.interval', '1000 ms'],
      ['restart-strategy.type', 'none'],
      ['x', 'true'],
    ]);
  });

  test('without a name is refused', () => {
    expect(() => job(' ', () => undefined)).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
  });

  test('whose definition is async is refused, and its rejection is not left unhandled', () => {
    const definition = job('numbers', (): unknown => Promise.reject(new Error('never seen')));
    expect(() => definition.build(CONTEXT)).toThrow(
      expect.objectContaining({
        code: 'JOB_DEFINITION_INVALID',
        message: expect.stringContaining('returned a promise'),
        context: { jobName: 'numbers' },
      }),
    );
  });

  test('whose definition throws fails with its error as the cause', () => {
    const cause = new TypeError('oops');
    const definition = job('numbers', () => {
      throw cause;
    });
    expect(() => definition.build(CONTEXT)).toThrow(
      expect.objectContaining({
        code: 'JOB_DEFINITION_INVALID',
        message: 'oops',
        cause,
        context: { jobName: 'numbers' },
      }),
    );
  });

  test('keeps the code of an error that its definition gets from Millrace', () => {
    const definition = job('numbers', (env) => env.parameters.require('output'));
    expect(() => definition.build(CONTEXT)).toThrow(expect.objectContaining({ code: 'PARAMETER_MISSING' }));
  });
});

describe('once a job is built', () => {
  test.each([
    ['a new stream', (env: StreamExecutionEnvironment) => env.fromElements(1)],
    ['a stream that goes on', (_: unknown, stream: SingleOutputStreamOperator<number>) => stream.print()],
    ['a new name', (_: unknown, stream: SingleOutputStreamOperator<number>) => stream.name('late')],
    ['a new parallelism', (env: StreamExecutionEnvironment) => env.setParallelism(1)],
    ['a new max parallelism', (env: StreamExecutionEnvironment) => env.setMaxParallelism(1)],
    ['a new setting', (env: StreamExecutionEnvironment) => env.configure('x', 1)],
  ])('%s is refused', (_, change) => {
    let attempt = (): unknown => undefined;
    job('numbers', (env) => {
      const stream = env.fromElements(1);
      attempt = () => change(env, stream);
    }).build(CONTEXT);
    expect(attempt).toThrow(/the definition of the job has already been evaluated/);
  });
});
