/** What a job imports from 'millrace/connectors/files'. */
export { FileSource } from './source/file-source.ts';
export type { CsvHeader, CsvRecord, CsvSourceOptions, InputPaths, ParseOption } from './source/file-source.ts';
export type { CsvType, CsvTypes, CsvValue, OptionalCsvType } from './source/csv-types.ts';
export type { FileSourceOptions } from './source/file-source-settings.ts';
export type { TextEncoding } from './source/line-cutter.ts';
export type { MalformedRecord } from './source/record-place.ts';
export { FileSink } from './sink/file-sink.ts';
export type { FileSinkOptions } from './sink/file-sink.ts';
export type { BucketAssigner, BucketContext } from './sink/bucket-path.ts';
export type { CsvOptions as CsvSinkOptions } from './sink/csv-format.ts';
export type { RollingOptions } from './sink/rolling-policy.ts';
