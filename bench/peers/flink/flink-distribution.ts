/**
 * Apache Flink as it runs on a cluster, out of two Python packages that hold it whole: `apache-flink` its scripts and
 * configuration, `apache-flink-libraries` its jars. Neither is installed: they are downloaded once and unpacked into the user's
 * cache folder.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { MissingProgram, missingProgramMessage, runProgram } from './program.ts';

export const FLINK_VERSION = '2.3.0';

/** The scripts are the same for every Python and every machine; one must be named so that pip takes the wheel of any. */
const WHEEL_PLATFORM = ['--python-version', '3.11', '--implementation', 'cp', '--platform', 'manylinux2014_x86_64'];
const PARTS = ['bin', 'conf', 'lib', 'plugins'];

/** The folder with bin/, conf/ and lib/. Takes about a minute and 330 MB of download the first time. */
export async function flinkDistribution(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'millrace');
  const folder = join(cache, `flink-${FLINK_VERSION}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'unpacking-'));
  try {
    await downloadInto(work);
    renameSync(await unpack(work), folder); // whole or not at all: a download that breaks off leaves no folder of this name
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

async function downloadInto(folder: string): Promise<void> {
  console.error(`Downloading Apache Flink ${FLINK_VERSION} from the Python package index (once, 330 MB)`);
  const packages = ['apache-flink', 'apache-flink-libraries'].map((name) => `${name}==${FLINK_VERSION}`);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  const anyMachine = [...WHEEL_PLATFORM, '--only-binary', ':all:', '--no-deps'];
  await requirePip();
  await runProgram('python3', ['-m', 'pip', 'download', ...quiet, ...anyMachine, '--dest', folder, ...packages]);
}

/** Some systems have Python without it. */
async function requirePip(): Promise<void> {
  try {
    await runProgram('python3', ['-m', 'pip', '--version']);
  } catch (error) {
    throw error instanceof MissingProgram ? error : new MissingProgram(missingProgramMessage('pip'), { cause: error });
  }
}

/** The folder inside `work` that has Flink. */
async function unpack(work: string): Promise<string> {
  const wheels = readdirSync(work).filter((name) => name.endsWith('.whl'));
  for (const wheel of wheels) await runProgram('python3', ['-m', 'zipfile', '-e', wheel, 'wheels'], { cwd: work });
  const flink = join(work, 'flink');
  mkdirSync(flink);
  for (const part of PARTS) renameSync(join(work, 'wheels', 'pyflink', part), join(flink, part));
  // The wheels know no permissions.
  const scripts = readdirSync(join(flink, 'bin')).filter((name) => name.endsWith('.sh'));
  for (const script of scripts) chmodSync(join(flink, 'bin', script), 0o755);
  return flink;
}
