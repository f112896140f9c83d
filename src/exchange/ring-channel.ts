/** Channels between threads: what a host needs of them. The protocol stands in ring-layout.ts, the encoding in frame.ts. */
export { ringBytes } from './ring-layout.ts';
export type { RingOptions } from './ring-layout.ts';
export { createRingReader } from './ring-reader.ts';
export { createRingWriter } from './ring-writer.ts';
