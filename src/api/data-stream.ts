/**
 * The streams of a job's definition. Each call adds a node to the definition and returns the stream of its results; nothing runs
 * yet. All classes in one file, because they return each other and files must not import each other in a circle.
 *
 * What is checked by types: values from call to call, keyed state and windows only behind a key, fields of sum and min. What is not
 * (equal uids, parallelism, forward between different parallelism) is reported when the job graph is made, all at once.
 */
import { MillraceError } from '../base/errors.ts';
import type { Sink } from '../base/sink.ts';
import type { WatermarkStrategy } from '../base/watermark-strategy.ts';
import type { OperatorFactory } from '../base/operator.ts';
import { PrintSink } from '../connectors/print/print-sink.ts';
import type { KeySpec, Partitioner, StreamEdge } from '../graph/stream-graph.ts';
import { coFlatMapOperator } from '../operators/co-flat-map-operator.ts';
import { coMapOperator } from '../operators/co-map-operator.ts';
import { coProcessOperator } from '../operators/co-process-operator.ts';
import { fieldAggregation } from '../operators/field-aggregation.ts';
import type { FieldAggregation } from '../operators/field-aggregation.ts';
import { filterOperator } from '../operators/filter-operator.ts';
import { flatMapOperator } from '../operators/flat-map-operator.ts';
import type { AggregateFunction } from '../operators/functions/aggregate-function.ts';
import type { CoFlatMapFunction } from '../operators/functions/co-flat-map-function.ts';
import type { CoGroupFunction } from '../operators/functions/co-group-function.ts';
import type { CoMapFunction } from '../operators/functions/co-map-function.ts';
import type { CoProcessFunction } from '../operators/functions/co-process-function.ts';
import type { FilterFunction } from '../operators/functions/filter-function.ts';
import type { FlatMapFunction } from '../operators/functions/flat-map-function.ts';
import type { FlatJoinFunction, JoinFunction } from '../operators/functions/join-function.ts';
import { KeyedCoProcessFunction } from '../operators/functions/keyed-co-process-function.ts';
import { KeyedProcessFunction } from '../operators/functions/keyed-process-function.ts';
import type { MapFunction } from '../operators/functions/map-function.ts';
import type { OutputTag } from '../operators/functions/output-tag.ts';
import type { ProcessFunction } from '../operators/functions/process-function.ts';
import type { ProcessWindowFunction } from '../operators/functions/process-window-function.ts';
import type { ReduceFunction } from '../operators/functions/reduce-function.ts';
import { coGroupedFunction, joinedFunction } from '../operators/join/co-grouped-window-function.ts';
import { keyedCoProcessOperator } from '../operators/keyed-co-process-operator.ts';
import { keyedProcessOperator } from '../operators/keyed-process-operator.ts';
import { mapOperator } from '../operators/map-operator.ts';
import { processOperator } from '../operators/process-operator.ts';
import { reduceOperator } from '../operators/reduce-operator.ts';
import { rollingAggregationOperator } from '../operators/rolling-aggregation-operator.ts';
import { timestampsAndWatermarksOperator } from '../operators/timestamps-and-watermarks-operator.ts';
import type { Window, WindowAssigner } from '../operators/window/window-assigner.ts';
import type { WindowFunction } from '../operators/window/window-function.ts';
import { DataStreamSink } from './data-stream-sink.ts';
import type { ComparableField, NumericField } from './field-of.ts';
import { JoinedStreams } from './joined-streams.ts';
import { keySpec } from './key-spec.ts';
import type { KeyOptions, KeyType } from './key-spec.ts';
import { edgesOfTwoInputs, keyedEdges, partitionedEdges } from './stream-edges.ts';
import type { NodeAddition, NodeDraft, NodeSettings, StreamGraphBuilder } from './stream-graph-builder.ts';
import { twoSidedOperator, windowedOperator } from './windowed-operator.ts';
import type { TwoSidedWindows, WindowedStreamParts } from './windowed-operator.ts';

/** State and timers need a key: a function that has them does not compile where there is none. */
interface WithoutKey {
  readonly state?: never;
  readonly OnTimerContext?: never;
}

/** Connecting two keyed streams asks for keys of one type. */
type SameKey<K, OtherKey> = [K] extends [OtherKey] ? ([OtherKey] extends [K] ? unknown : never) : never;

/** Keeps a keyed stream whose keys do not fit from passing as one without. */
interface NotKeyed {
  readonly window?: never;
}

/** A stream of values of T. Immutable: a call returns a new stream and leaves this one as it is. */
export class DataStream<T> {
  protected readonly definition: StreamGraphBuilder;
  /** One edge, or several after a union; all of them lead to input 0 of what comes next. */
  protected readonly inputs: readonly StreamEdge[];

  /** Made by the environment and by other streams only. */
  constructor(definition: StreamGraphBuilder, inputs: readonly StreamEdge[]) {
    this.definition = definition;
    this.inputs = inputs;
  }

  map<R>(fn: MapFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.transform('Map', mapOperator(fn));
  }

  /** A type guard narrows the type of the stream. */
  filter<S extends T>(fn: (value: T) => value is S): SingleOutputStreamOperator<S>;
  filter(fn: FilterFunction<T>): SingleOutputStreamOperator<T>;
  filter(fn: FilterFunction<T>): SingleOutputStreamOperator<T> {
    return this.transform('Filter', filterOperator(fn));
  }

  /** `(line, out) => { for (const word of line.split(' ')) out.collect(word); }`; name the type: `flatMap<string>(...)`. */
  flatMap<R>(fn: FlatMapFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.transform('Flat Map', flatMapOperator(fn));
  }

  /** Timestamps, watermarks and side outputs, without state: for state and timers use keyBy(...).process(...). */
  process<R>(fn: ProcessFunction<T, R> & WithoutKey): SingleOutputStreamOperator<R> {
    return this.transform('Process', processOperator<T, R>(fn));
  }

  /** Values with equal keys go to one subtask, in order. Keys are compared by value, and 5, 5n and '5' are three keys. */
  keyBy<K extends KeyType>(selector: (value: T) => K, options?: KeyOptions<K>): KeyedStream<T, K> {
    return new KeyedStream(this.definition, this.inputs, keySpec(selector, options));
  }

  /** All values of these streams, each in its order, mixed as they come. */
  union(...others: readonly DataStream<T>[]): DataStream<T> {
    for (const other of others) this.#checkSameDefinition(other);
    return new DataStream(
      this.definition,
      [this, ...others].flatMap((stream) => stream.inputs),
    );
  }

  /** Two streams into one operator, which knows which of them a value came from. Types may differ, unlike those of a union. */
  connect<U>(other: DataStream<U>): ConnectedStreams<T, U> {
    return new ConnectedStreams(this.definition, this.withSecond(other));
  }

  /**
   * Pairs of values of both streams that have equal keys and are in the same window:
   * `a.join(b).where(keyOfA).equalTo(keyOfB).window(assigner).apply((x, y) => ...)`. A value without partner is dropped.
   */
  join<U>(other: DataStream<U>): JoinedStreams<T, U, JoinedWindows<T, U>> {
    return new JoinedStreams(this.definition, this.withSecond(other), (windows) => new JoinedWindows(windows));
  }

  /** As `join`, but the function gets all values of a key and window at once, those without partner included. */
  coGroup<U>(other: DataStream<U>): JoinedStreams<T, U, CoGroupedWindows<T, U>> {
    return new JoinedStreams(this.definition, this.withSecond(other), (windows) => new CoGroupedWindows(windows));
  }

  /** Deals values out to all subtasks in turn: evens out skew. */
  rebalance(): DataStream<T> {
    return this.#partitioned({ kind: 'rebalance' });
  }

  /** As rebalance, but each subtask deals to a few of its own: fewer channels. */
  rescale(): DataStream<T> {
    return this.#partitioned({ kind: 'rescale' });
  }

  /** Every value to every subtask. */
  broadcast(): DataStream<T> {
    return this.#partitioned({ kind: 'broadcast' });
  }

  /** Every value to the first subtask. */
  global(): DataStream<T> {
    return this.#partitioned({ kind: 'global' });
  }

  /** Subtask i to subtask i; both sides must have the same parallelism. */
  forward(): DataStream<T> {
    return this.#partitioned({ kind: 'forward' });
  }

  /** Replaces timestamps and watermarks of the source. Where possible give the strategy to fromSource: there it works per split. */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<T>): SingleOutputStreamOperator<T> {
    return this.transform('Timestamps/Watermarks', timestampsAndWatermarksOperator(strategy));
  }

  sinkTo<WriterState, Committable>(sink: Sink<T, WriterState, Committable>): DataStreamSink {
    // A sink is only ever given what it made itself: values of this stream, its own writer states and committables.
    const role = { kind: 'sink', sink: sink as Sink<unknown> } as const;
    return new DataStreamSink(this.definition, this.definition.add({ name: sink.kind, role, inputs: this.inputs }));
  }

  /** One line a value on standard output; 'name:n> ' is in front when it has a name and several subtasks print. */
  print(name?: string): DataStreamSink {
    const sink = new PrintSink<T>(name === undefined ? {} : { name });
    return this.sinkTo(sink).name('Print to Std. Out');
  }

  /**
   * Runs the whole job on the calling thread and returns what this stream emits, in the order of arrival; after `limit` values the
   * job is canceled. For environments that a script or test made itself.
   * @throws JOB_DEFINITION_INVALID inside a job module
   */
  async executeAndCollect(limit: number = Number.POSITIVE_INFINITY): Promise<readonly T[]> {
    const { executor } = this.definition;
    if (executor === undefined) {
      throw new MillraceError(
        'JOB_DEFINITION_INVALID',
        'Collecting a stream failed: a job module describes a job, and the command line runs it',
      );
    }
    const rows = await executor.executeAndCollect((sink) => {
      this.sinkTo(sink).name('Collect');
      return this.definition.toDefinition('collect');
    }, limit);
    // The sink takes values of this stream and nothing else.
    return rows as readonly T[];
  }

  protected transform<R>(name: string, factory: OperatorFactory, ...keys: KeySpec[]): SingleOutputStreamOperator<R> {
    return addOperator(this.definition, { name, role: { kind: 'operator', factory }, inputs: this.inputs, keys });
  }

  /** This stream as the first input of what comes next, the other one as the second. */
  protected withSecond<U>(other: DataStream<U>): readonly StreamEdge[] {
    this.#checkSameDefinition(other);
    return edgesOfTwoInputs(this.inputs, other.inputs);
  }

  #checkSameDefinition<U>({ definition }: DataStream<U>): void {
    if (definition === this.definition) return;
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      'Bringing streams together failed: they belong to different environments',
    );
  }

  #partitioned(partitioner: Partitioner): DataStream<T> {
    return new DataStream(this.definition, partitionedEdges(this.inputs, partitioner));
  }
}

/** The results of one operator or source: has a name, a uid, a parallelism and side outputs. */
export class SingleOutputStreamOperator<T> extends DataStream<T> {
  readonly #draft: NodeDraft;

  constructor(definition: StreamGraphBuilder, draft: NodeDraft) {
    super(definition, [{ sourceId: draft.id, inputIndex: 0, partitioner: undefined, sideTag: undefined }]);
    this.#draft = draft;
  }

  /** Shown in status, logs and metrics. */
  name(name: string): this {
    return this.#set({ name });
  }

  /** What its state is found by at restore, also after the job was edited; give every source and every operator with state one. */
  uid(uid: string): this {
    return this.#set({ uid });
  }

  setParallelism(parallelism: number): this {
    return this.#set({ parallelism });
  }

  /** Number of key groups: the highest parallelism the operator can ever have. Fixed by the first checkpoint. */
  setMaxParallelism(maxParallelism: number): this {
    return this.#set({ maxParallelism });
  }

  /** Alone in its subtask: neither with what is before nor with what comes after. */
  disableChaining(): this {
    return this.#set({ chaining: 'never' });
  }

  /** Not in one subtask with what is before. */
  startNewChain(): this {
    return this.#set({ chaining: 'head' });
  }

  /** What the operator emits with `ctx.output(tag, value)`. */
  getSideOutput<X>(tag: OutputTag<X>): DataStream<X> {
    return new DataStream(this.definition, [
      { sourceId: this.#draft.id, inputIndex: 0, partitioner: undefined, sideTag: tag.id },
    ]);
  }

  #set(settings: Partial<NodeSettings>): this {
    this.definition.change(this.#draft, settings);
    return this;
  }
}

/** A stream whose operators may have state, timers and windows, each key for itself. */
export class KeyedStream<T, K> extends DataStream<T> {
  /** Only a type: a stream with fewer keys fits where more are expected, not the other way round. */
  declare protected readonly keyType: K;
  readonly #key: KeySpec;

  constructor(definition: StreamGraphBuilder, inputs: readonly StreamEdge[], key: KeySpec) {
    super(definition, partitionedEdges(inputs, { kind: 'hash', key }));
    this.#key = key;
  }

  /** Emits the combined value so far for each value; a key's first value as it is. */
  reduce(fn: ReduceFunction<T>): SingleOutputStreamOperator<T> {
    return this.transform('Keyed Reduce', reduceOperator(fn, this.#key), this.#key);
  }

  /** Rolling sum of a field; the other fields stay those of the key's first value. */
  sum(field: NumericField<T>): SingleOutputStreamOperator<T> {
    return this.#aggregated({ kind: 'sum', field });
  }

  /** Rolling minimum of a field; the other fields stay those of the key's first value. */
  min(field: ComparableField<T>): SingleOutputStreamOperator<T> {
    return this.#aggregated({ kind: 'min', field });
  }

  /** Rolling maximum of a field; the other fields stay those of the key's first value. */
  max(field: ComparableField<T>): SingleOutputStreamOperator<T> {
    return this.#aggregated({ kind: 'max', field });
  }

  /** The value with the smallest field so far; of equal ones the first, or the last when `first` is false. */
  minBy(field: ComparableField<T>, first: boolean = true): SingleOutputStreamOperator<T> {
    return this.#aggregated({ kind: 'minBy', field, first });
  }

  /** The value with the largest field so far; of equal ones the first, or the last when `first` is false. */
  maxBy(field: ComparableField<T>, first: boolean = true): SingleOutputStreamOperator<T> {
    return this.#aggregated({ kind: 'maxBy', field, first });
  }

  /** State, timers and side outputs. */
  override process<FunctionKey, R>(
    this: KeyedStream<T, FunctionKey>,
    fn: KeyedProcessFunction<FunctionKey, T, R>,
  ): SingleOutputStreamOperator<R>;
  override process<R>(fn: ProcessFunction<T, R> & WithoutKey): SingleOutputStreamOperator<R>;
  override process<R>(fn: KeyedProcessFunction<K, T, R> | ProcessFunction<T, R>): SingleOutputStreamOperator<R> {
    if (!(fn instanceof KeyedProcessFunction)) return super.process<R>(fn);
    return this.transform('KeyedProcess', keyedProcessOperator(fn, this.#key), this.#key);
  }

  /** Windows of each key: `window(TumblingEventTimeWindows.of('1 d'))`. */
  window<W extends Window>(assigner: WindowAssigner<T, W>): WindowedStream<T, K, W> {
    const { definition, inputs } = this;
    return new WindowedStream({ definition, inputs, key: this.#key, assigner, lateTag: undefined });
  }

  /** Two keyed streams: values with equal keys meet in one subtask and share its state. The types of the keys must be equal. */
  override connect<U, OtherKey>(other: KeyedStream<U, OtherKey> & SameKey<K, OtherKey>): KeyedConnectedStreams<T, U, K>;
  override connect<U>(other: DataStream<U> & NotKeyed): ConnectedStreams<T, U>;
  override connect<U>(other: DataStream<U>): ConnectedStreams<T, U> {
    if (!(other instanceof KeyedStream)) return super.connect(other);
    return new KeyedConnectedStreams(this.definition, this.withSecond<U>(other), [this.#key, other.#key]);
  }

  // A keyed stream is partitioned by its key and by nothing else. These do not compile; the error is for plain JavaScript.

  override rebalance(this: never): never {
    throw alreadyKeyed('rebalance');
  }

  override rescale(this: never): never {
    throw alreadyKeyed('rescale');
  }

  override broadcast(this: never): never {
    throw alreadyKeyed('broadcast');
  }

  override global(this: never): never {
    throw alreadyKeyed('global');
  }

  override forward(this: never): never {
    throw alreadyKeyed('forward');
  }

  #aggregated(aggregation: FieldAggregation): SingleOutputStreamOperator<T> {
    const factory = rollingAggregationOperator(aggregation, this.#key);
    return this.transform('Keyed Aggregation', factory, this.#key);
  }
}

/** Two streams as the two inputs of one operator. */
export class ConnectedStreams<T1, T2> {
  protected readonly definition: StreamGraphBuilder;
  protected readonly inputs: readonly StreamEdge[];

  /** Made by streams only. */
  constructor(definition: StreamGraphBuilder, inputs: readonly StreamEdge[]) {
    this.definition = definition;
    this.inputs = inputs;
  }

  /** Values of both streams with equal keys go to one subtask. `options` count for both. */
  keyBy<K extends KeyType>(
    selector1: (value: T1) => K,
    selector2: (value: T2) => K,
    options?: KeyOptions<K>,
  ): KeyedConnectedStreams<T1, T2, K> {
    const keys = [keySpec(selector1, options), keySpec(selector2, options)] as const;
    return new KeyedConnectedStreams(this.definition, keyedEdges(this.inputs, keys), keys);
  }

  /** `{ map1: (value) => ..., map2: (value) => ... }` */
  map<R>(fn: CoMapFunction<T1, T2, R>): SingleOutputStreamOperator<R> {
    return this.transform('Co-Map', coMapOperator(fn));
  }

  /** `{ flatMap1: (value, out) => ..., flatMap2: (value, out) => ... }`; name the type: `flatMap<string>(...)`. */
  flatMap<R>(fn: CoFlatMapFunction<T1, T2, R>): SingleOutputStreamOperator<R> {
    return this.transform('Co-Flat Map', coFlatMapOperator(fn));
  }

  /** Timestamps, watermarks and side outputs, without state: for state and timers use keyBy(...).process(...). */
  process<R>(fn: CoProcessFunction<T1, T2, R> & WithoutKey): SingleOutputStreamOperator<R> {
    return this.transform('Co-Process', coProcessOperator<T1, T2, R>(fn));
  }

  protected transform<R>(
    name: string,
    factory: OperatorFactory,
    keys: readonly KeySpec[] = [],
  ): SingleOutputStreamOperator<R> {
    return addOperator(this.definition, { name, role: { kind: 'operator', factory }, inputs: this.inputs, keys });
  }
}

/** Two keyed streams as the two inputs of one operator, whose state and timers belong to a key of both. */
export class KeyedConnectedStreams<T1, T2, K> extends ConnectedStreams<T1, T2> {
  /** Only a type, as in KeyedStream. */
  declare protected readonly keyType: K;
  readonly #keys: readonly [KeySpec, KeySpec];

  constructor(definition: StreamGraphBuilder, inputs: readonly StreamEdge[], keys: readonly [KeySpec, KeySpec]) {
    super(definition, inputs);
    this.#keys = keys;
  }

  /** State that both inputs share, timers and side outputs. */
  override process<FunctionKey, R>(
    this: KeyedConnectedStreams<T1, T2, FunctionKey>,
    fn: KeyedCoProcessFunction<FunctionKey, T1, T2, R>,
  ): SingleOutputStreamOperator<R>;
  override process<R>(fn: CoProcessFunction<T1, T2, R> & WithoutKey): SingleOutputStreamOperator<R>;
  override process<R>(
    fn: KeyedCoProcessFunction<K, T1, T2, R> | CoProcessFunction<T1, T2, R>,
  ): SingleOutputStreamOperator<R> {
    if (!(fn instanceof KeyedCoProcessFunction)) return super.process<R>(fn);
    return this.transform('Co-Keyed-Process', keyedCoProcessOperator(fn, this.#keys), this.#keys);
  }
}

/** Windows of a join, waiting for the function. Results have the last moment of their window as timestamp. */
export class JoinedWindows<T1, T2> {
  readonly #windows: TwoSidedWindows<T1, T2>;

  constructor(windows: TwoSidedWindows<T1, T2>) {
    this.#windows = windows;
  }

  /** One result for each pair, or any number with a FlatJoinFunction. */
  apply<R>(fn: FlatJoinFunction<T1, T2, R>): SingleOutputStreamOperator<R>;
  apply<R>(fn: JoinFunction<T1, T2, R>): SingleOutputStreamOperator<R>;
  apply<R>(fn: JoinFunction<T1, T2, R> | FlatJoinFunction<T1, T2, R>): SingleOutputStreamOperator<R> {
    return addOperator(this.#windows.definition, twoSidedOperator(this.#windows, joinedFunction(fn)));
  }
}

/** Windows of a coGroup, waiting for the function. Results have the last moment of their window as timestamp. */
export class CoGroupedWindows<T1, T2> {
  readonly #windows: TwoSidedWindows<T1, T2>;

  constructor(windows: TwoSidedWindows<T1, T2>) {
    this.#windows = windows;
  }

  /** Called for each key and window with the values of both sides. Name the type: `apply<string>(...)`. */
  apply<R>(fn: CoGroupFunction<T1, T2, R>): SingleOutputStreamOperator<R> {
    return addOperator(this.#windows.definition, twoSidedOperator(this.#windows, coGroupedFunction(fn)));
  }
}

/** Windows of a keyed stream, waiting for what is to be computed. Results have the last moment of their window as timestamp. */
export class WindowedStream<T, K, W extends Window> {
  /** Only a type, as in KeyedStream. */
  declare protected readonly keyType: K;
  readonly #parts: WindowedStreamParts<T, W>;

  constructor(parts: WindowedStreamParts<T, W>) {
    this.#parts = parts;
  }

  /** Values whose windows have all fired go to this side output instead of being dropped and counted. */
  sideOutputLateData(tag: OutputTag<T>): WindowedStream<T, K, W> {
    return new WindowedStream({ ...this.#parts, lateTag: tag });
  }

  /** Keeps one value a window; a window with a single value emits it as it is. */
  reduce(fn: ReduceFunction<T>): SingleOutputStreamOperator<T>;
  /** `windowFn` gets the reduced value as its only element. */
  reduce<FunctionKey, R>(
    this: WindowedStream<T, FunctionKey, W>,
    fn: ReduceFunction<T>,
    windowFn: ProcessWindowFunction<T, R, FunctionKey, W>,
  ): SingleOutputStreamOperator<R>;
  reduce<R>(fn: ReduceFunction<T>, process?: ProcessWindowFunction<T, R, K, W>): SingleOutputStreamOperator<R> {
    return this.#evaluated({ kind: 'reduce', reduce: fn, process });
  }

  /** Keeps one accumulator a window. */
  aggregate<Acc, R>(fn: AggregateFunction<T, Acc, R>): SingleOutputStreamOperator<R>;
  /** `windowFn` gets the aggregate's result as its only element. */
  aggregate<Acc, A, FunctionKey, R>(
    this: WindowedStream<T, FunctionKey, W>,
    fn: AggregateFunction<T, Acc, A>,
    windowFn: ProcessWindowFunction<A, R, FunctionKey, W>,
  ): SingleOutputStreamOperator<R>;
  aggregate<Acc, A, R>(
    fn: AggregateFunction<T, Acc, A>,
    process?: ProcessWindowFunction<A, R, K, W>,
  ): SingleOutputStreamOperator<R> {
    // The operator gives the window function what the aggregate returned, and nothing else.
    const onResult = process as ProcessWindowFunction<unknown, R, K, W> | undefined;
    return this.#evaluated<R>({ kind: 'aggregate', aggregate: fn, process: onResult });
  }

  /** Keeps all values of a window until it fires: use reduce or aggregate where they will do. */
  process<FunctionKey, R>(
    this: WindowedStream<T, FunctionKey, W>,
    fn: ProcessWindowFunction<T, R, FunctionKey, W>,
  ): SingleOutputStreamOperator<R> {
    return this.#evaluated<R>({ kind: 'process', process: fn });
  }

  /** The sum of a field; the other fields are those of the window's first value. */
  sum(field: NumericField<T>): SingleOutputStreamOperator<T> {
    return this.reduce(fieldAggregation<T>({ kind: 'sum', field }));
  }

  /** The minimum of a field; the other fields are those of the window's first value. */
  min(field: ComparableField<T>): SingleOutputStreamOperator<T> {
    return this.reduce(fieldAggregation<T>({ kind: 'min', field }));
  }

  /** The maximum of a field; the other fields are those of the window's first value. */
  max(field: ComparableField<T>): SingleOutputStreamOperator<T> {
    return this.reduce(fieldAggregation<T>({ kind: 'max', field }));
  }

  /** The value with the smallest field; of equal ones the first, or the last when `first` is false. */
  minBy(field: ComparableField<T>, first: boolean = true): SingleOutputStreamOperator<T> {
    return this.reduce(fieldAggregation<T>({ kind: 'minBy', field, first }));
  }

  /** The value with the largest field; of equal ones the first, or the last when `first` is false. */
  maxBy(field: ComparableField<T>, first: boolean = true): SingleOutputStreamOperator<T> {
    return this.reduce(fieldAggregation<T>({ kind: 'maxBy', field, first }));
  }

  #evaluated<R>(windowFunction: WindowFunction<T, R, K, W>): SingleOutputStreamOperator<R> {
    return addOperator(this.#parts.definition, windowedOperator(this.#parts, windowFunction));
  }
}

function addOperator<R>(definition: StreamGraphBuilder, addition: NodeAddition): SingleOutputStreamOperator<R> {
  return new SingleOutputStreamOperator(definition, definition.add(addition));
}

function alreadyKeyed(partitioner: Partitioner['kind']): MillraceError {
  return new MillraceError(
    'JOB_DEFINITION_INVALID',
    `Partitioning by ${partitioner} failed: the stream is partitioned by key; do it before keyBy`,
  );
}
