/** The calls of Flink's REST interface that the comparison needs, in its words. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';

export interface JobDetails {
  readonly state: string;
  readonly vertices: readonly { readonly id: string }[];
}

export interface SubtaskDetails {
  /** ms since 1970; -1 before the end. */
  readonly 'end-time': number;
  /** ms in each state. */
  readonly 'status-duration': Readonly<Record<string, number>>;
}

export interface CheckpointStatistics {
  readonly counts: { readonly completed: number; readonly failed: number };
  /** Null before the first checkpoint is complete. */
  readonly summary: { readonly end_to_end_duration: { readonly p50: number | string } } | null;
}

export class FlinkRest {
  readonly #base: string;

  constructor(port: number) {
    this.#base = `http://localhost:${port}`;
  }

  /** Of the task managers that have registered; 0 while the cluster cannot be reached. */
  async slots(): Promise<number> {
    try {
      const { taskmanagers } = await this.#get<{ taskmanagers: readonly { slotsNumber: number }[] }>('/taskmanagers');
      return taskmanagers.reduce((sum, { slotsNumber }) => sum + slotsNumber, 0);
    } catch {
      return 0;
    }
  }

  /** The id to run it by. */
  async uploadJar(path: string): Promise<string> {
    const form = new FormData();
    form.append('jarfile', await openAsBlob(path, { type: 'application/java-archive' }), basename(path));
    const { filename } = await this.#call<{ filename: string }>('/jars/upload', { method: 'POST', body: form });
    return basename(filename);
  }

  async runJar(jarId: string, parallelism: number, programArgsList: readonly string[]): Promise<string> {
    const { jobid } = await this.#call<{ jobid: string }>(`/jars/${jarId}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ parallelism, programArgsList }),
    });
    return jobid;
  }

  job(jobId: string): Promise<JobDetails> {
    return this.#get(`/jobs/${jobId}`);
  }

  async subtasks(jobId: string, vertexId: string): Promise<readonly SubtaskDetails[]> {
    const { subtasks } = await this.#get<{ subtasks: readonly SubtaskDetails[] }>(
      `/jobs/${jobId}/vertices/${vertexId}`,
    );
    return subtasks;
  }

  checkpoints(jobId: string): Promise<CheckpointStatistics> {
    return this.#get(`/jobs/${jobId}/checkpoints`);
  }

  /** Why it failed, as Flink tells it. */
  async exceptions(jobId: string): Promise<string> {
    return JSON.stringify(await this.#get(`/jobs/${jobId}/exceptions`), undefined, 2);
  }

  #get<T>(path: string): Promise<T> {
    return this.#call(path, {});
  }

  async #call<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(this.#base + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`Flink answered ${response.status} to '${path}': ${text}`);
    return JSON.parse(text) as T; // Flink's documented answers
  }
}

/** s from the moment when all subtasks were running to the end of the last. */
export function runningSeconds(subtasks: readonly SubtaskDetails[]): number {
  const ends = subtasks.map((subtask) => subtask['end-time']);
  const starts = subtasks.map((subtask) => subtask['end-time'] - (subtask['status-duration']['RUNNING'] ?? 0));
  return (Math.max(...ends) - Math.max(...starts)) / 1000;
}
