/**
 * The Environment of a simulated process or thread: its clock, its timers, its view of the disk, a generator of its own. Nothing
 * happens at a time of its own: compression is synchronous and answers after a drawn delay, and there are no helper threads.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Clock, Compression, Environment, Logger, StandardStreams } from '../../base/environment.ts';
import { nodeChecksum } from '../node/node-compression.ts';
import { synchronousDecompression } from '../node/node-decompression.ts';
import { nodeStrings } from '../node/node-strings.ts';
import type { SimFiles } from './sim-files.ts';
import type { SimRandom } from './sim-random.ts';
import type { SimProcess } from './sim-world.ts';

export interface SimEnvironmentOptions {
  readonly process: SimProcess;
  readonly files: SimFiles;
  readonly random: SimRandom;
  readonly logger: Logger;
  readonly streams: StandardStreams;
  /** For threads, whose code looks at the clock to see how long it has worked: lets so much virtual time pass. */
  readonly passTime?: (elapsedMs: number) => void;
}

const COMPRESSION_DELAY_MS_MAX = 0.5;
/** The fastest level: what is compressed here is small, and nobody keeps it. */
const ZSTD_LEVEL = 1;

export function simEnvironment(options: SimEnvironmentOptions): Environment {
  const { process, files, random, logger, streams } = options;
  return {
    clock: options.passTime === undefined ? process.clock : costlyClock(process.clock, random.fork(), options.passTime),
    random: random.fork(),
    timers: process.timers,
    files,
    strings: nodeStrings,
    compression: simCompression(process, random.fork()),
    decompression: synchronousDecompression,
    checksum: nodeChecksum,
    streams,
    logger,
    helperThreads: false,
  };
}

/**
 * Work takes no virtual time by itself. Without this clock a step would never find that its time is up, and a snapshot would
 * always be written in one piece: so a look at it costs time, mostly hardly any and now and then much.
 */
function costlyClock(clock: Clock, random: SimRandom, passTime: (elapsedMs: number) => void): Clock {
  return {
    nowMs: () => clock.nowMs(),
    monotonicMs: () => {
      passTime(random.chance(0.02) ? random.next() * 2 : 0.002);
      return clock.monotonicMs();
    },
  };
}

function simCompression(process: SimProcess, random: SimRandom): Compression {
  const answer = async (bytes: Uint8Array): Promise<Uint8Array> => {
    await process.sleep(random.next() * COMPRESSION_DELAY_MS_MAX);
    return bytes;
  };
  return {
    compress: (bytes) =>
      answer(zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } })),
    decompress: async (bytes, uncompressedBytes) =>
      answer(zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, uncompressedBytes) })),
  };
}
