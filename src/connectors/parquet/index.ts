export { ParquetSource } from './parquet-source.ts';
export type { ParquetOptions, ParquetRow, UntypedParquetOptions } from './parquet-source.ts';
export { parquetSchema } from './parquet-schema.ts';
export type { ParquetColumn, ParquetSchema, ParquetType, ParquetValue } from './parquet-schema.ts';
