/**
 * What a job imports from 'millrace'. Connectors with more to them have entries of their own: 'millrace/connectors/files',
 * 'millrace/connectors/parquet'; 'millrace/connectors' is for whoever writes one. Every name is a promise: hosts, tasks and
 * exchange stay inside.
 */

// Defining a job
export { job } from './api/job.ts';
export { outputTag } from './api/output-tag.ts';
export { WatermarkStrategy } from './api/watermark-strategies.ts';
export type { TimestampAssigner } from './api/watermark-strategies.ts';
export type { CheckpointingOptions } from './api/checkpointing.ts';
export type { DataStream, KeyedStream, SingleOutputStreamOperator, WindowedStream } from './api/data-stream.ts';
export type { ConnectedStreams, KeyedConnectedStreams } from './api/data-stream.ts';
export type { DataStreamSink } from './api/data-stream-sink.ts';
export type { KeyOptions, KeyType } from './api/key-spec.ts';
export type { StreamExecutionEnvironment } from './api/stream-execution-environment.ts';
export type { JobDefinition } from './graph/stream-graph.ts';
export type { JobParameters } from './base/job-parameters.ts';
export type { Duration } from './base/duration.ts';

// Functions
export { CoProcessFunction } from './operators/functions/co-process-function.ts';
export { FlatJoinFunction } from './operators/functions/join-function.ts';
export { KeyedCoProcessFunction } from './operators/functions/keyed-co-process-function.ts';
export { KeyedProcessFunction } from './operators/functions/keyed-process-function.ts';
export type { KeyedProcessContext, OnTimerContext } from './operators/functions/keyed-process-function.ts';
export { ProcessFunction } from './operators/functions/process-function.ts';
export type { ProcessContext } from './operators/functions/process-function.ts';
export { ProcessWindowFunction } from './operators/functions/process-window-function.ts';
export type { ProcessWindowContext } from './operators/functions/process-window-function.ts';
export type { AggregateFunction } from './operators/functions/aggregate-function.ts';
export type { CoFlatMapFunction } from './operators/functions/co-flat-map-function.ts';
export type { CoGroupFunction } from './operators/functions/co-group-function.ts';
export type { Collector } from './operators/functions/collector.ts';
export type { CoMapFunction } from './operators/functions/co-map-function.ts';
export type { FilterFunction, RichFilterFunction } from './operators/functions/filter-function.ts';
export type { FlatMapFunction, RichFlatMapFunction } from './operators/functions/flat-map-function.ts';
export type { JoinFunction } from './operators/functions/join-function.ts';
export type { MapFunction, RichMapFunction } from './operators/functions/map-function.ts';
export type { OutputTag } from './operators/functions/output-tag.ts';
export type { ReduceFunction, RichReduceFunction } from './operators/functions/reduce-function.ts';
export type { RichFunction } from './operators/functions/rich-function.ts';
export type { RuntimeContext } from './operators/functions/runtime-context.ts';
export type { TimerService, TimeService } from './operators/functions/timer-service.ts';

// Windows
export { EventTimeSessionWindows } from './operators/window/event-time-session-windows.ts';
export { SlidingEventTimeWindows } from './operators/window/sliding-event-time-windows.ts';
export { TimeWindow } from './operators/window/time-window.ts';
export { TumblingEventTimeWindows } from './operators/window/tumbling-event-time-windows.ts';
export type { Window, WindowAssigner } from './operators/window/window-assigner.ts';

// State
export { aggregatingState } from './state/descriptors/aggregating-state.ts';
export type { AggregatingState } from './state/descriptors/aggregating-state.ts';
export { listState } from './state/descriptors/list-state.ts';
export type { ListState } from './state/descriptors/list-state.ts';
export { mapState } from './state/descriptors/map-state.ts';
export type { MapState } from './state/descriptors/map-state.ts';
export { reducingState } from './state/descriptors/reducing-state.ts';
export type { ReducingState } from './state/descriptors/reducing-state.ts';
export { valueState } from './state/descriptors/value-state.ts';
export type { ValueState } from './state/descriptors/value-state.ts';

// Values
export { registerType } from './codec/register-type.ts';
export type { TypeCodec } from './codec/register-type.ts';

// Event time
export { NO_TIMESTAMP, WATERMARK_MAX, WATERMARK_MIN } from './base/event-time.ts';
export type { EventTimeMs } from './base/event-time.ts';
export type { WatermarkGenerator } from './base/watermark-strategy.ts';

// Sources and sinks without an entry of their own
export { CollectionSource } from './connectors/collection/collection-source.ts';
export { DataGenerator } from './connectors/datagen/data-generator.ts';
export { rateLimited } from './connectors/rate-limit/rate-limited-source.ts';
export type { DataGeneratorOptions } from './connectors/datagen/data-generator.ts';
export { NumberSequenceSource } from './connectors/datagen/number-sequence-source.ts';
export { PrintSink } from './connectors/print/print-sink.ts';
export type { PrintOptions } from './connectors/print/print-sink.ts';

// Types of connectors; 'millrace/connectors' has what one is written with
export type { Source } from './base/source.ts';
export type { Sink } from './base/sink.ts';
export type { Logger } from './base/environment.ts';

// Errors
export { MillraceError } from './base/errors.ts';
export type { ErrorContext } from './base/errors.ts';
export type { ErrorCode, ErrorDomain, ErrorRecovery } from './base/error-catalogue.ts';

// Running a job
export { run } from './launch/run.ts';
export { createEnvironment } from './launch/local-executor.ts';
export type { JobHandle, RunOptions } from './launch/job-handle.ts';
export type { JobEvent, JobResult, JobStatusSnapshot } from './job/job-status.ts';
