/** Benchmarks: `npm run bench -- <command>`; bench/README.md has them all. */
import type { Command } from './command-line/command.ts';
import { checkpointCommand } from './checkpoint/checkpoint-command.ts';
import { coldstartCommand } from './coldstart/coldstart-command.ts';
import { acceptCommand } from './compare/accept-command.ts';
import { compareCommand } from './compare/compare-command.ts';
import { latencyCommand } from './latency/latency-command.ts';
import { nexmarkCommand } from './nexmark/nexmark-command.ts';
import { recoveryCommand } from './recovery/recovery-command.ts';
import { FLINK_PEER_USAGE, flinkPeerCommand } from './peers/flink/flink-peer-command.ts';

const EXIT_USAGE = 2;

const COMMANDS: Readonly<Record<string, Command>> = {
  nexmark: nexmarkCommand,
  latency: latencyCommand,
  checkpoint: checkpointCommand,
  recovery: recoveryCommand,
  coldstart: coldstartCommand,
  compare: compareCommand,
  accept: acceptCommand,
  peers: {
    usage: FLINK_PEER_USAGE,
    prepare: ([peer, ...args]) => {
      if (peer !== 'flink') throw new TypeError(`There is no peer '${peer ?? ''}'`);
      return () => flinkPeerCommand(args);
    },
  },
};

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
const action = command === undefined ? undefined : prepared(command);
if (action === undefined) {
  const known = command === undefined ? Object.values(COMMANDS) : [command];
  const [first, ...others] = known.map(({ usage }) => usage);
  console.error(
    [`Usage: npm run bench -- ${first}`, ...others.map((usage) => `   or: npm run bench -- ${usage}`)].join('\n'),
  );
  process.exitCode = EXIT_USAGE;
} else {
  process.exitCode = await action();
}

function prepared(known: Command): (() => Promise<number>) | undefined {
  try {
    return known.prepare(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(error.message);
    return undefined;
  }
}
