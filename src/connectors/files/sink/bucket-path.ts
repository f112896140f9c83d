import { MillraceError } from '../../../base/errors.ts';
import type { EventTimeMs } from '../../../base/event-time.ts';

export interface BucketContext {
  /** NO_TIMESTAMP (NaN) when the record has none. */
  readonly timestampMs: EventTimeMs;
  readonly watermarkMs: EventTimeMs;
  readonly processingTimeMs: number;
}

/** Names the folder below the sink's folder that a value goes to: '2024-05-01/eu'. '' is the sink's folder itself. */
export type BucketAssigner<T> = (value: T, context: BucketContext) => string;

/**
 * A bucket comes from data: it must stay inside the folder and must not look like a temporary file.
 * @throws BUCKET_INVALID
 */
export function checkBucket(bucket: unknown): string {
  if (typeof bucket !== 'string') throw invalid(String(bucket), 'it is not a string');
  if (bucket === '') return bucket;
  if (/[\\\0]/.test(bucket)) throw invalid(bucket, "it contains '\\' or a zero character");
  for (const segment of bucket.split('/')) {
    if (segment === '') throw invalid(bucket, 'it is absolute or has an empty part');
    if (segment.startsWith('.')) throw invalid(bucket, "a part of it starts with '.'");
  }
  return bucket;
}

function invalid(bucket: string, why: string): MillraceError {
  return new MillraceError('BUCKET_INVALID', `Writing to bucket '${bucket}' failed: ${why}`);
}
