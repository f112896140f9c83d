/** Runs queries on one Flink cluster. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineRun, RunRequest } from './engine.ts';
import { FlinkCluster } from './flink-cluster.ts';
import { runningSeconds } from './flink-rest.ts';
import { readFlinkResult } from './flink-result.ts';

const LOOK_INTERVAL_MS = 50;
const ENDS = ['FINISHED', 'FAILED', 'CANCELED'];

export interface FlinkFiles {
  /** Of the distribution. */
  readonly folder: string;
  readonly jar: string;
}

export class FlinkEngine {
  readonly #cluster: FlinkCluster;
  readonly #jarId: string;

  private constructor(cluster: FlinkCluster, jarId: string) {
    this.#cluster = cluster;
    this.#jarId = jarId;
  }

  static async start({ folder, jar }: FlinkFiles, parallelism: number): Promise<FlinkEngine> {
    const cluster = await FlinkCluster.start(folder, parallelism);
    return new FlinkEngine(cluster, await cluster.rest.uploadJar(jar));
  }

  stop(): Promise<void> {
    return this.#cluster.stop();
  }

  /** @throws Error when the job fails */
  async run({ query, events, parallelism, isVerified }: RunRequest): Promise<EngineRun> {
    const { rest, folder } = this.#cluster;
    const results = mkdtempSync(join(folder, 'results-'));
    const what = ['--query', query, '--events', String(events)];
    const how = ['--results', results, '--verify', String(isVerified)];
    const jobId = await rest.runJar(this.#jarId, parallelism, [...what, ...how]);
    const vertices = await this.#finished(jobId);
    const subtasks = await Promise.all(vertices.map(({ id }) => rest.subtasks(jobId, id)));
    const { counts } = await rest.checkpoints(jobId);
    const { rows, sum } = readFlinkResult(results, parallelism);
    return {
      rows,
      check: isVerified ? sum : undefined,
      seconds: runningSeconds(subtasks.flat()),
      checkpointCount: counts.completed,
    };
  }

  async #finished(jobId: string): Promise<readonly { readonly id: string }[]> {
    const { rest } = this.#cluster;
    let job = await rest.job(jobId);
    while (!ENDS.includes(job.state)) {
      await delay(LOOK_INTERVAL_MS);
      job = await rest.job(jobId);
    }
    if (job.state !== 'FINISHED')
      throw new Error(`The job of Flink is '${job.state}': ${await rest.exceptions(jobId)}`);
    return job.vertices;
  }
}
