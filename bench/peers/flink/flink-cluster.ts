/** A Flink cluster on this machine: a job manager and a task manager, each a process. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { configurationText } from './cluster-configuration.ts';
import { FlinkRest } from './flink-rest.ts';
import { freePort } from './free-port.ts';

const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 20_000;
const LOOK_INTERVAL_MS = 100;

export class FlinkCluster {
  readonly rest: FlinkRest;
  /** For what the cluster and its jobs write. It goes with the cluster. */
  readonly folder: string;
  readonly #processes: readonly ChildProcess[];
  readonly #onExit = (): void => {
    this.#signal('SIGKILL');
    this.#removeFolder();
  };

  private constructor(rest: FlinkRest, folder: string, processes: readonly ChildProcess[]) {
    this.rest = rest;
    this.folder = folder;
    this.#processes = processes;
    process.once('exit', this.#onExit);
  }

  /**
   * Settles when there are slots for `parallelism` subtasks of each operator.
   * @param flink the folder of the distribution
   */
  static async start(flink: string, parallelism: number): Promise<FlinkCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-flink-'));
    const [rpcPort, restPort] = [await freePort(), await freePort()];
    configure(flink, folder, { parallelism, rpcPort, restPort });
    const processes = ['jobmanager', 'taskmanager'].map((name) => startProcess(flink, folder, name));
    const cluster = new FlinkCluster(new FlinkRest(restPort), folder, processes);
    try {
      await cluster.#ready(parallelism);
    } catch (error) {
      await cluster.#stopProcesses(); // the logs stay
      throw error;
    }
    return cluster;
  }

  async stop(): Promise<void> {
    await this.#stopProcesses();
    this.#removeFolder();
  }

  async #ready(slots: number): Promise<void> {
    const startedAt = performance.now();
    while ((await this.rest.slots()) < slots) {
      const isDead = this.#processes.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null);
      if (isDead || performance.now() - startedAt > START_LIMIT_MS) {
        throw new Error(`Flink did not start: see '${join(this.folder, 'log')}'`);
      }
      await delay(LOOK_INTERVAL_MS);
    }
  }

  async #stopProcesses(): Promise<void> {
    const ended = this.#processes.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) resolve();
          else child.once('exit', () => resolve());
        }),
    );
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), STOP_LIMIT_MS);
    await Promise.all(ended);
    clearTimeout(timer);
    process.off('exit', this.#onExit);
  }

  /** A process that was just killed may still be adding to it. */
  #removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #signal(signal: NodeJS.Signals): void {
    for (const child of this.#processes) child.kill(signal);
  }
}

interface Addresses {
  readonly parallelism: number;
  readonly rpcPort: number;
  readonly restPort: number;
}

function configure(flink: string, folder: string, addresses: Addresses): void {
  for (const name of ['log', 'tmp', 'checkpoints']) mkdirSync(join(folder, name));
  const conf = join(folder, 'conf');
  cpSync(join(flink, 'conf'), conf, { recursive: true });
  const shipped = parse(readFileSync(join(flink, 'conf', 'config.yaml'), 'utf8')) as ShippedConfiguration;
  const javaOptions = shipped.env.java.opts.all;
  writeFileSync(join(conf, 'config.yaml'), configurationText({ ...addresses, folder, javaOptions }));
}

/** The part of Flink's own config.yaml that is kept. */
interface ShippedConfiguration {
  readonly env: { readonly java: { readonly opts: { readonly all: string } } };
}

/** The script replaces itself by the Java process, so that the child is that process. */
function startProcess(flink: string, folder: string, name: string): ChildProcess {
  const output = openSync(join(folder, 'log', `${name}.out`), 'w');
  return spawn('bash', [join(flink, 'bin', `${name}.sh`), 'start-foreground'], {
    stdio: ['ignore', output, output],
    env: {
      ...process.env,
      FLINK_CONF_DIR: join(folder, 'conf'),
      FLINK_LOG_DIR: join(folder, 'log'),
      FLINK_PID_DIR: folder,
    },
  });
}
