/** Stream graphs for tests that need no API: nodes in order, each naming the ones before it. */
import type { StateDescriptorInfo } from '../../src/base/state-handle.ts';
import type { KeySpec, Partitioner, StreamEdge, StreamGraph, StreamNode } from '../../src/graph/stream-graph.ts';
import type { SinkGuarantee } from '../../src/base/sink.ts';
import type { SourceGuarantee } from '../../src/base/source.ts';

interface NodeOptions {
  readonly uid?: string;
  readonly parallelism?: number;
  readonly maxParallelism?: number;
  readonly chaining?: StreamNode['chaining'];
}

interface OperatorOptions extends NodeOptions {
  readonly kind?: string;
  readonly states?: readonly StateDescriptorInfo[];
  readonly isStateful?: boolean;
  readonly keys?: readonly (KeySpec | undefined)[];
}

/** A node before, with what the edge from it looks like. */
interface Input {
  readonly from: number;
  readonly partitioner?: Partitioner;
  readonly sideTag?: string;
  readonly inputIndex?: number;
}

export const KEY: KeySpec = { selector: (value) => value, hash: undefined, hashId: undefined };
export const BY_KEY: Partitioner = { kind: 'hash', key: KEY };

export class StreamGraphFixture {
  readonly #nodes: StreamNode[] = [];

  source(
    name: string,
    options: NodeOptions & { guarantee?: SourceGuarantee; identity?: readonly string[] } = {},
  ): number {
    return this.#add(name, [], options, [], {
      kind: 'source',
      watermarks: { timestampAssigner: undefined, createGenerator: notRun, idleTimeoutMs: undefined },
      source: {
        kind: 'test-source',
        boundedness: 'bounded',
        guarantee: options.guarantee ?? 'exactly-once',
        hasOrderedSplits: false,
        version: 1,
        identity: () => options.identity ?? [],
        createEnumerator: notRun,
        createReader: notRun,
      },
    });
  }

  operator(name: string, inputs: readonly (number | Input)[], options: OperatorOptions = {}): number {
    const { kind = 'map', states = [], isStateful = states.length > 0, keys = [undefined] } = options;
    return this.#add(name, inputs, options, keys, {
      kind: 'operator',
      factory: { kind, states, isStateful, create: notRun },
    });
  }

  sink(
    name: string,
    inputs: readonly (number | Input)[],
    options: NodeOptions & { guarantee?: SinkGuarantee } = {},
  ): number {
    return this.#add(name, inputs, options, [undefined], {
      kind: 'sink',
      sink: {
        kind: 'test-sink',
        guarantee: options.guarantee ?? 'exactly-once',
        identity: () => [],
        createWriter: notRun,
      },
    });
  }

  graph(configuration: ReadonlyMap<string, string> = new Map()): StreamGraph {
    return { jobName: 'test', nodes: this.#nodes, configuration };
  }

  #add(
    name: string,
    inputs: readonly (number | Input)[],
    options: NodeOptions,
    keys: StreamNode['keys'],
    role: StreamNode['role'],
  ): number {
    const id = this.#nodes.length;
    this.#nodes.push({
      id,
      name,
      uid: options.uid,
      parallelism: options.parallelism,
      maxParallelism: options.maxParallelism,
      role,
      keys,
      inputs: inputs.map(edge),
      chaining: options.chaining ?? 'always',
    });
    return id;
  }
}

function edge(input: number | Input): StreamEdge {
  if (typeof input === 'number') return { sourceId: input, inputIndex: 0, partitioner: undefined, sideTag: undefined };
  return {
    sourceId: input.from,
    inputIndex: input.inputIndex ?? 0,
    partitioner: input.partitioner,
    sideTag: input.sideTag,
  };
}

function notRun(): never {
  throw new Error('A stream graph of a test is built, not run');
}
