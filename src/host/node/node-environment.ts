import type { Clock, Environment, Logger, Random, StandardStreams } from '../../base/environment.ts';
import { nodeChecksum, nodeCompression } from './node-compression.ts';
import { nodeDecompression } from './node-decompression.ts';
import { nodeFiles } from './node-files.ts';
import { nodeStrings } from './node-strings.ts';
import { nodeTimers } from './node-timers.ts';
import { writeFully } from './synchronous-stream.ts';

const nodeClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const nodeRandom: Random = { next: () => Math.random(), nextInt: (bound) => Math.floor(Math.random() * bound) };

/** Whole lines, synchronously and from any thread: a worker's console would lose them when the process exits. */
const nodeStreams: StandardStreams = {
  writeOut: (text) => writeFully(1, new TextEncoder().encode(text)),
  writeErr: (text) => writeFully(2, new TextEncoder().encode(text)),
};

/** Drops everything; the default where nobody asked for logs. */
export const silentLogger: Logger = { log: () => {}, with: () => silentLogger };

/** The real world. */
export function nodeEnvironment(logger: Logger = silentLogger): Environment {
  return {
    clock: nodeClock,
    random: nodeRandom,
    timers: nodeTimers,
    files: nodeFiles,
    strings: nodeStrings,
    compression: nodeCompression,
    decompression: nodeDecompression,
    checksum: nodeChecksum,
    streams: nodeStreams,
    logger,
    helperThreads: true,
  };
}
