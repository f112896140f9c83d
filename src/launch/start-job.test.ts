/** The order of a start, and what is left behind when one of its steps fails. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { FakeHost } from '../../test/support/fake-host.ts';
import { FakeSink } from '../../test/support/fake-sink.ts';
import { memoryEnvironment, SimFiles } from '../../test/support/memory-environment.ts';
import { job } from '../api/job.ts';
import { WatermarkStrategy } from '../api/watermark-strategies.ts';
import type { Environment } from '../base/environment.ts';
import { MillraceError } from '../base/errors.ts';
import { NO_MUTANTS } from '../base/mutants.ts';
import type { Sink } from '../base/sink.ts';
import type { JobLocks } from '../checkpoint/job-locks.ts';
import { kernelLocks } from '../checkpoint/storage/kernel-lock.ts';
import { CollectionSource } from '../connectors/collection/collection-source.ts';
import type { JobDefinition } from '../graph/stream-graph.ts';
import { nodeEnvironment } from '../host/node/node-environment.ts';
import type { JobHandle } from './job-handle.ts';
import { startJob } from './start-job.ts';
import type { StartJobOptions } from './start-job-options.ts';

type Step = 'build' | 'check' | 'prepare' | 'host';

/** Starts of one job on one machine, one after the other. Each step says in `log` that it was taken; `failing` does not succeed. */
class Starts {
  readonly log: string[] = [];
  failing: Step | undefined;
  isCheckpointed = true;
  readonly #held = new Set<string>();
  readonly #memory = memoryEnvironment(
    new SimFiles({
      onEffect: (operation, path) => {
        if (operation === 'link' && path.includes('/pointers/')) this.log.push('entry');
      },
    }),
  );

  get locks(): JobLocks {
    return {
      tryLock: (path) => {
        if (this.#held.has(path)) return undefined;
        this.#held.add(path);
        this.log.push('lock');
        return {
          release: () => {
            this.#held.delete(path);
            this.log.push('unlock');
          },
        };
      },
    };
  }

  get isLocked(): boolean {
    return this.#held.size > 0;
  }

  /** Started, and so far that the host was given work. */
  async deployed(): Promise<JobHandle> {
    const handle = await this.start();
    await eventually(() => this.log.includes('deploy'));
    return handle;
  }

  /** What has happened since the last call. */
  take(): string[] {
    return this.log.splice(0);
  }

  start(options: Partial<StartJobOptions> = {}, place: Partial<{ environment: Environment; path: string }> = {}) {
    const { environment = this.#memory, path = '/checkpoints' } = place;
    return startJob({
      definition: this.#definition(),
      module: 'job.ts',
      packageName: 'shop',
      parameters: new Map(),
      defaultParallelism: 1,
      fileSettings: [],
      commandLineSettings: this.isCheckpointed
        ? [{ key: 'execution.checkpointing.interval', value: '1 h', origin: '-D' }]
        : [],
      checks: { checkMutation: false, checkValues: false, mutants: NO_MUTANTS },
      options: { onEvent: ({ kind }) => void this.log.push(kind) },
      environment,
      storageTarget: () => ({
        kind: 'filesystem',
        checkpointDirectory: path,
        environment,
        dispose: async () => void this.log.push('dispose'),
      }),
      locks: this.locks,
      hostName: 'here',
      pid: 1,
      makeHost: ({ graph }) => {
        this.#step('host');
        const host = new FakeHost(graph);
        return {
          slotCount: host.slotCount,
          deploy: (plan, listener) => {
            this.log.push('deploy');
            return host.deploy(plan, listener);
          },
          close: async () => void this.log.push('close host'),
        };
      },
      ...options,
    });
  }

  #definition(): JobDefinition {
    return job('orders', (env) => {
      this.#step('build');
      env
        .fromSource(CollectionSource.of([1]), WatermarkStrategy.noWatermarks(), 'numbers')
        .sinkTo(this.#sink())
        .name('out');
    });
  }

  #sink(): Sink<unknown> {
    return Object.assign(new FakeSink({ name: 'out', log: [] }), {
      check: async () => this.#step('check'),
      prepare: async () => this.#step('prepare'),
    });
  }

  #step(step: Step): void {
    this.log.push(step);
    if (step === this.failing) throw new MillraceError('OUTPUT_NOT_EMPTY', `${step} failed`);
  }
}

describe('a start', () => {
  it('finds everything that can be wrong before it takes the job over, and starts nothing before it owns it', async () => {
    const starts = new Starts();
    const handle = await starts.deployed();
    expect(starts.take()).toEqual([
      'build',
      'lock',
      'check',
      'entry',
      'prepare',
      'host',
      'started',
      'status-changed',
      'deploy',
    ]);
    await handle.cancel();
    expect(starts.take().slice(-3)).toEqual(['close host', 'unlock', 'dispose']);
    expect(starts.isLocked).toBe(false);
  });

  it('without checkpoints needs no lock and takes nothing over', async () => {
    const starts = new Starts();
    starts.isCheckpointed = false;
    const handle = await starts.deployed();
    expect(starts.take()).toEqual(['build', 'prepare', 'host', 'started', 'status-changed', 'deploy']);
    await handle.cancel();
    expect(starts.take().slice(-2)).toEqual(['close host', 'dispose']);
  });

  it.each<readonly [Step, readonly string[]]>([
    ['build', ['build']],
    ['check', ['build', 'lock', 'check', 'unlock', 'dispose']],
    ['prepare', ['build', 'lock', 'check', 'entry', 'prepare', 'unlock', 'dispose']],
    ['host', ['build', 'lock', 'check', 'entry', 'prepare', 'host', 'unlock', 'dispose']],
  ])('that fails at the step %s leaves no lock behind, and the next one goes on', async (step, taken) => {
    const starts = new Starts();
    starts.failing = step;
    const failure = { code: 'OUTPUT_NOT_EMPTY', message: `${step} failed`, context: { jobName: 'orders' } };
    await expect(starts.start()).rejects.toMatchObject(failure);
    expect(starts.take()).toEqual(taken);
    expect(starts.isLocked).toBe(false);
    starts.failing = undefined;
    await (await starts.start()).cancel();
  });

  it('opens nothing when its configuration is wrong', async () => {
    const starts = new Starts();
    const commandLineSettings = [{ key: 'execution.checkpointing.intervall', value: '1 s', origin: '-D' }];
    await expect(starts.start({ commandLineSettings })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(starts.take()).toEqual(['build']);
  });

  it('beside one that runs changes nothing and leaves it its lock', async () => {
    const starts = new Starts();
    const handle = await starts.deployed();
    starts.take();
    await expect(starts.start({ pid: 2 })).rejects.toMatchObject({ code: 'JOB_ALREADY_RUNNING' });
    expect(starts.take()).toEqual(['build', 'dispose']);
    expect(starts.isLocked).toBe(true);
    await handle.cancel();
  });

  it('that fails lets the kernel lock go', async () => {
    const path = mkdtempSync(join(tmpdir(), 'millrace-start-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    const place = { environment: nodeEnvironment(), path };
    const starts = new Starts();
    for (const step of ['check', 'prepare', 'host'] as const) {
      starts.failing = step;
      await expect(starts.start({ locks: kernelLocks }, place)).rejects.toMatchObject({ code: 'OUTPUT_NOT_EMPTY' });
    }
    starts.failing = undefined;
    const handle = await starts.start({ locks: kernelLocks }, place);
    await expect(starts.start({ locks: kernelLocks }, place)).rejects.toMatchObject({ code: 'JOB_ALREADY_RUNNING' });
    await handle.cancel();
    await (await starts.start({ locks: kernelLocks }, place)).cancel();
  });
});
