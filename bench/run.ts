/** Benchmarks of whole jobs: `npm run bench -- nexmark --query keyed`. */
import { NEXMARK_USAGE, nexmarkCommand, parseNexmarkFlags } from './nexmark/nexmark-command.ts';
import type { NexmarkFlags } from './nexmark/nexmark-command.ts';
import { FLINK_PEER_USAGE, flinkPeerCommand } from './peers/flink/flink-peer-command.ts';

const EXIT_USAGE = 2;

const [name, ...args] = process.argv.slice(2);
const flags = name === 'nexmark' ? parsed(args) : undefined;
if (name === 'peers' && args[0] === 'flink') {
  process.exitCode = await flinkPeerCommand(args.slice(1));
} else if (flags === undefined) {
  console.error(`Usage: npm run bench -- ${NEXMARK_USAGE}\n   or: npm run bench -- ${FLINK_PEER_USAGE}`);
  process.exitCode = EXIT_USAGE;
} else {
  process.exitCode = await nexmarkCommand(flags);
}

function parsed(flagArguments: readonly string[]): NexmarkFlags | undefined {
  try {
    return parseNexmarkFlags(flagArguments);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(error.message);
    return undefined;
  }
}
