/** Channels between threads: what a host needs of them. The protocol stands in ring-layout.ts, the encoding in frame.ts. */
export { PAGE_BYTES, ringBytes } from './ring-layout.ts';
export type { RingOptions } from './ring-layout.ts';
export { createRingReader } from './ring-reader.ts';
export type { RingReaderOptions } from './ring-reader.ts';
export { createRingWriter } from './ring-writer.ts';
export type { RingWriterOptions } from './ring-writer.ts';
