import { describe, expect, test } from 'vitest';
import { MillraceError } from '../base/errors.ts';
import type { Sink } from '../base/sink.ts';
import type { StreamGraph, StreamNode } from '../graph/stream-graph.ts';
import type { Collector } from '../operators/functions/collector.ts';
import { KeyedProcessFunction } from '../operators/functions/keyed-process-function.ts';
import { ProcessFunction } from '../operators/functions/process-function.ts';
import { TumblingEventTimeWindows } from '../operators/window/tumbling-event-time-windows.ts';
import { job } from './job.ts';
import { outputTag } from './output-tag.ts';
import type { StreamExecutionEnvironment } from './stream-execution-environment.ts';
import { WatermarkStrategy } from './watermark-strategies.ts';

interface Reading {
  readonly sensor: string;
  readonly value: number;
}

const READINGS: readonly Reading[] = [];

class Alarms extends KeyedProcessFunction<string, Reading, string> {
  processElement(reading: Reading, _ctx: this['Context'], out: Collector<string>): void {
    out.collect(reading.sensor);
  }
}

class Split extends ProcessFunction<Reading, Reading> {
  processElement(reading: Reading, _ctx: this['Context'], out: Collector<Reading>): void {
    out.collect(reading);
  }
}

function graphOf(define: (env: StreamExecutionEnvironment) => void): StreamGraph {
  return job('test', define).build({ parameters: new Map(), parallelism: 4 });
}

/** 'Map <- 0' for each node: its name and where its input comes from, with partitioner and side output. */
function shapeOf(graph: StreamGraph): readonly string[] {
  return graph.nodes.map((node) => [node.name, ...node.inputs.map(inputText)].join(' '));
}

function inputText(edge: StreamNode['inputs'][number]): string {
  const partitioner = edge.partitioner === undefined ? '' : ` ${edge.partitioner.kind}`;
  return `<-${partitioner} ${edge.sourceId}${edge.sideTag === undefined ? '' : ` side ${edge.sideTag}`}`;
}

const kindsOf = (graph: StreamGraph): readonly string[] =>
  graph.nodes.map((node) => (node.role.kind === 'operator' ? node.role.factory.kind : node.role.kind));

describe('a definition', () => {
  test('becomes one node a call, in the order of the calls', () => {
    const graph = graphOf((env) => {
      env
        .fromCollection(READINGS)
        .map((reading) => reading)
        .filter((reading) => reading.value > 0)
        .flatMap<Reading>((reading, out) => out.collect(reading))
        .process(new Split())
        .assignTimestampsAndWatermarks(WatermarkStrategy.noWatermarks())
        .print();
    });
    expect(shapeOf(graph)).toEqual([
      'Collection Source',
      'Map <- 0',
      'Filter <- 1',
      'Flat Map <- 2',
      'Process <- 3',
      'Timestamps/Watermarks <- 4',
      'Print to Std. Out <- 5',
    ]);
    expect(kindsOf(graph)).toEqual([
      'source',
      'map',
      'filter',
      'flat-map',
      'process',
      'timestamps-and-watermarks',
      'sink',
    ]);
  });

  test('has keyed operators behind a hash exchange, each with its key', () => {
    const graph = graphOf((env) => {
      const keyed = env.fromCollection(READINGS).keyBy((reading) => reading.sensor);
      keyed.process(new Alarms());
      keyed.reduce((a) => a);
      keyed.sum('value');
      keyed.maxBy('value', false);
      keyed.window(TumblingEventTimeWindows.of(10)).sum('value');
      keyed.map((reading) => reading).print();
    });
    expect(shapeOf(graph).slice(1, 7)).toEqual([
      'KeyedProcess <- hash 0',
      'Keyed Reduce <- hash 0',
      'Keyed Aggregation <- hash 0',
      'Keyed Aggregation <- hash 0',
      'TumblingEventTimeWindows <- hash 0',
      'Map <- hash 0',
    ]);
    const [key] = graph.nodes[1]?.keys ?? [];
    expect(key?.selector({ sensor: 'a', value: 1 })).toBe('a');
    expect(graph.nodes.slice(1, 6).every((node) => node.keys[0] === key)).toBe(true);
    expect(graph.nodes[6]?.keys).toEqual([undefined]);
  });

  test('keeps the hash of a key and its name', () => {
    const graph = graphOf((env) => {
      env
        .fromElements('a')
        .keyBy((text) => text, { hash: (text) => text.length, hashId: 'length' })
        .reduce((a) => a)
        .print();
    });
    const [key] = graph.nodes[1]?.keys ?? [];
    expect([key?.hashId, key?.hash?.('abc')]).toEqual(['length', 3]);
  });

  test('runs a function without key on a keyed stream as one', () => {
    const graph = graphOf((env) => {
      env
        .fromCollection(READINGS)
        .keyBy((reading) => reading.sensor)
        .process(new Split())
        .print();
    });
    expect(kindsOf(graph)).toEqual(['source', 'process', 'sink']);
  });

  test('has every edge of a union, each with its partitioner, and the last partitioner given', () => {
    const graph = graphOf((env) => {
      const [a, b] = [env.fromElements(1), env.fromElements(2)];
      a.rebalance().union(b.rescale().global()).print();
      a.union(b).broadcast().print();
      a.forward().print();
    });
    expect(shapeOf(graph).slice(2)).toEqual([
      'Print to Std. Out <- rebalance 0 <- global 1',
      'Print to Std. Out <- broadcast 0 <- broadcast 1',
      'Print to Std. Out <- forward 0',
    ]);
  });

  test('takes side outputs from the operator that emits them', () => {
    const late = outputTag<Reading>('late');
    const graph = graphOf((env) => {
      const counts = env
        .fromCollection(READINGS)
        .keyBy((reading) => reading.sensor)
        .window(TumblingEventTimeWindows.of(10))
        .sideOutputLateData(late)
        .reduce((a) => a);
      counts.getSideOutput(late).rebalance().print();
    });
    expect(shapeOf(graph)[2]).toBe('Print to Std. Out <- rebalance 1 side late');
  });

  test('keeps what operators and sinks set for themselves, and the job’s parallelism for the others', () => {
    const graph = graphOf((env) => {
      env.setParallelism(3).setMaxParallelism(64);
      env
        .fromSequence(1, 10)
        .uid('numbers')
        .map((n) => n)
        .name('same')
        .setParallelism(2)
        .setMaxParallelism(8)
        .startNewChain()
        .print()
        .uid('out')
        .disableChaining();
    });
    expect(
      graph.nodes.map(({ name, uid, parallelism, maxParallelism, chaining }) => [
        name,
        uid,
        parallelism,
        maxParallelism,
        chaining,
      ]),
    ).toEqual([
      ['Sequence Source', 'numbers', 3, 64, 'always'],
      ['same', undefined, 2, 8, 'head'],
      ['Print to Std. Out', 'out', 3, 64, 'never'],
    ]);
  });

  test('reads a collection in one subtask', () => {
    expect(graphOf((env) => env.fromElements(1).print()).nodes.map((node) => node.parallelism)).toEqual([1, undefined]);
  });

  test('gives the source its watermark strategy', () => {
    const strategy = WatermarkStrategy.forMonotonousTimestamps();
    const [source] = graphOf((env) => env.fromCollection([1], strategy).print()).nodes;
    expect(source?.role).toMatchObject({ kind: 'source', watermarks: strategy });
  });

  test('names a sink after its kind', () => {
    const sink: Sink<unknown> = {
      kind: 'files',
      guarantee: 'none',
      identity: () => [],
      createWriter: () => {
        throw new Error();
      },
    };
    expect(graphOf((env) => env.fromElements(1).sinkTo(sink)).nodes[1]?.name).toBe('files');
  });

  test('refuses to unite streams of two environments', () => {
    expect(() =>
      graphOf((env) => {
        const first = env.fromElements(1);
        graphOf((other) => other.fromElements(2).union(first).print());
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'JOB_DEFINITION_INVALID',
        message: expect.stringContaining('different environments'),
      }),
    );
  });

  test('refuses to partition a keyed stream again', () => {
    expect(() =>
      graphOf((env) => {
        const keyed = env.fromElements(1).keyBy((value) => value);
        // @ts-expect-error does not compile either
        keyed.rebalance();
      }),
    ).toThrow(MillraceError);
  });
});
