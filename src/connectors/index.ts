/** What a source or sink of one's own is written with, from 'millrace/connectors'. Jobs that use connectors need nothing of it. */
export type {
  EnumeratorContext,
  PollStatus,
  ReaderContext,
  ReaderOutput,
  Source,
  SourceGuarantee,
  SourceReader,
  SourceSplit,
  SplitEnumerator,
} from '../base/source.ts';
export type {
  CommitOutcome,
  Committer,
  CommitterContext,
  Sink,
  SinkCheckContext,
  SinkGuarantee,
  SinkPrepareContext,
  SinkWriter,
  WriterContext,
} from '../base/sink.ts';
export type { CommitPermit } from '../base/commit-permit.ts';
export type { Environment } from '../base/environment.ts';
export type { CheckpointId } from '../base/ids.ts';
/** Of records that have none. */
export { NO_TIMESTAMP } from '../base/event-time.ts';
