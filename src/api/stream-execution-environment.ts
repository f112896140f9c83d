import type { Duration } from '../base/duration.ts';
import { MillraceError } from '../base/errors.ts';
import { JobParameters } from '../base/job-parameters.ts';
import type { Source, SourceSplit } from '../base/source.ts';
import type { WatermarkStrategy as WatermarkStrategyContract } from '../base/watermark-strategy.ts';
import { CollectionSource } from '../connectors/collection/collection-source.ts';
import { NumberSequenceSource } from '../connectors/datagen/number-sequence-source.ts';
import type { JobBuildContext, StreamGraph } from '../graph/stream-graph.ts';
import { checkpointingConfiguration } from './checkpointing.ts';
import type { CheckpointingOptions } from './checkpointing.ts';
import { SingleOutputStreamOperator } from './data-stream.ts';
import type { Executor } from './executor.ts';
import { StreamGraphBuilder } from './stream-graph-builder.ts';
import { WatermarkStrategy } from './watermark-strategies.ts';

/** Where a job's definition starts: its sources, its parameters and what it sets for the whole job. */
export class StreamExecutionEnvironment {
  /** From `--name value` after `--`; frozen at start and the same in every thread. */
  readonly parameters: JobParameters;
  readonly #definition: StreamGraphBuilder;
  readonly #defaultParallelism: number;

  private constructor(context: JobBuildContext, executor: Executor | undefined) {
    this.parameters = new JobParameters(context.parameters);
    this.#definition = new StreamGraphBuilder(executor);
    this.#defaultParallelism = context.parallelism;
  }

  /** For job(): the engine runs what the definition describes. */
  static forJob(context: JobBuildContext): StreamExecutionEnvironment {
    return new StreamExecutionEnvironment(context, undefined);
  }

  /** For scripts and tests, which run their streams themselves with `execute` and `executeAndCollect`. */
  static create(executor: Executor, context: Partial<JobBuildContext> = {}): StreamExecutionEnvironment {
    return new StreamExecutionEnvironment({ parameters: new Map(), parallelism: 1, ...context }, executor);
  }

  /** Of operators that set none themselves. */
  get parallelism(): number {
    return this.#definition.parallelism ?? this.#defaultParallelism;
  }

  /** Of operators that set none themselves; over what command line and configuration say. */
  setParallelism(parallelism: number): this {
    this.#definition.checkOpen('Setting the parallelism');
    this.#definition.parallelism = parallelism;
    return this;
  }

  /** Number of key groups of operators that set none themselves: the highest parallelism the job can ever have. */
  setMaxParallelism(maxParallelism: number): this {
    this.#definition.checkOpen('Setting the max parallelism');
    this.#definition.maxParallelism = maxParallelism;
    return this;
  }

  /**
   * Takes a checkpoint each `interval`, from one start to the next.
   * @throws JOB_DEFINITION_INVALID when a value is out of its bounds
   */
  enableCheckpointing(interval: Duration, options: CheckpointingOptions = {}): this {
    for (const [key, value] of checkpointingConfiguration(interval, options)) this.#definition.configure(key, value);
    return this;
  }

  /** Any option by its key: `configure('restart-strategy.type', 'none')`. Keys and values are checked at the start of the run. */
  configure(key: string, value: string | number | boolean): this {
    this.#definition.configure(key, String(value));
    return this;
  }

  /** @param name shown in status, logs and metrics; give the source a uid besides */
  fromSource<T, Split extends SourceSplit, EnumeratorState>(
    source: Source<T, Split, EnumeratorState>,
    watermarkStrategy: WatermarkStrategyContract<NoInfer<T>>,
    name: string,
  ): SingleOutputStreamOperator<T> {
    return this.#source(source, watermarkStrategy, name);
  }

  /** The values in order, from one subtask. They belong to the engine from here on. */
  fromCollection<T>(
    values: readonly T[],
    watermarkStrategy?: WatermarkStrategyContract<NoInfer<T>>,
  ): SingleOutputStreamOperator<T> {
    const strategy = watermarkStrategy ?? WatermarkStrategy.noWatermarks<T>();
    return this.#source(new CollectionSource(values), strategy, 'Collection Source').setParallelism(1);
  }

  /** `fromCollection` of the arguments. */
  fromElements<T>(...values: readonly T[]): SingleOutputStreamOperator<T> {
    return this.fromCollection(values);
  }

  /** The integers from `from` to `to`, both included, spread over all subtasks. */
  fromSequence(from: number, to: number): SingleOutputStreamOperator<number> {
    return this.#source(new NumberSequenceSource(from, to), WatermarkStrategy.noWatermarks(), 'Sequence Source');
  }

  /**
   * Runs the job to its end on the calling thread. For environments that a script or test made itself.
   * @throws JOB_DEFINITION_INVALID inside a job module
   */
  async execute(jobName: string = 'Millrace job'): Promise<void> {
    const { executor } = this.#definition;
    if (executor === undefined) {
      throw new MillraceError(
        'JOB_DEFINITION_INVALID',
        'Executing a job failed: a job module only describes it; the command line or run() starts it',
      );
    }
    await executor.execute(this.#definition.toDefinition(jobName));
  }

  /** For job(), once its `define` has returned. */
  toStreamGraph(jobName: string): StreamGraph {
    return this.#definition.build(jobName);
  }

  #source<T, Split extends SourceSplit, EnumeratorState>(
    source: Source<T, Split, EnumeratorState>,
    watermarks: WatermarkStrategyContract<T>,
    name: string,
  ): SingleOutputStreamOperator<T> {
    // Source and strategy only ever see the splits, states and values that the source itself makes.
    const role = {
      kind: 'source',
      source: source as Source<unknown>,
      watermarks: watermarks as WatermarkStrategyContract<unknown>,
    } as const;
    return new SingleOutputStreamOperator(this.#definition, this.#definition.add({ name, role, inputs: [] }));
  }
}
