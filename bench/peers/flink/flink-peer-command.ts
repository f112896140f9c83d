/** `bench peers flink`: the workload on Apache Flink and on Millrace, side by side on this machine. */
import { compareQueries } from './compare.ts';
import { FLINK_PEER_USAGE, parseFlinkPeerFlags } from './flags.ts';
import type { FlinkPeerFlags } from './flags.ts';
import { flinkDistribution } from './flink-distribution.ts';
import { buildJobJar } from './job-jar.ts';
import { javaVersion } from './java-version.ts';
import { MissingProgram } from './program.ts';
import { currentSetting, settingText } from './setting.ts';
import { verifyQueries } from './verify.ts';

export { FLINK_PEER_USAGE };

const EXIT_USAGE = 2;

/** @returns the exit code */
export async function flinkPeerCommand(args: readonly string[]): Promise<number> {
  const flags = parsed(args);
  if (flags === undefined) return EXIT_USAGE;
  // What runs elsewhere ends when this process exits.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  try {
    return await run(flags);
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function run(flags: FlinkPeerFlags): Promise<number> {
  const java = await javaVersion();
  const jar = await buildJobJar();
  const files = { folder: await flinkDistribution(), jar };
  const setting = settingText(await currentSetting(java, flags.parallelism));
  return flags.isVerified ? verifyQueries(files, flags, setting) : compareQueries(files, flags, setting);
}

function parsed(args: readonly string[]): FlinkPeerFlags | undefined {
  try {
    return parseFlinkPeerFlags(args);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    console.error(`${error.message}\nUsage: npm run bench -- ${FLINK_PEER_USAGE}`);
    return undefined;
  }
}
