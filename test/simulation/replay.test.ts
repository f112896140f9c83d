/** A seed replays exactly, and what would keep it from doing so is found. */
import { DataGenerator, job, WatermarkStrategy } from 'millrace';
import type { JobDefinition, MapFunction } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { checkRepeatable, simulate, SimulationFailure } from 'millrace/testing';
import { describe, expect, it } from 'vitest';
import { SCENARIO_NAMES, SCENARIOS } from './scenarios/index.ts';

function jobOf(map: MapFunction<number, string>): JobDefinition {
  return job('replayed', (env) => {
    env.enableCheckpointing('20 ms');
    env
      .fromSource(
        DataGenerator.of((index) => index, { count: 60, recordsPerSecond: 1000 }),
        WatermarkStrategy.noWatermarks(),
        'numbers',
      )
      .uid('numbers')
      .map(map)
      .sinkTo(FileSink.text('/output'))
      .uid('results');
  });
}

const scenarioOf = (definition: JobDefinition): Parameters<typeof simulate>[0] => ({
  name: 'replayed',
  job: definition,
  outputs: ['/output'],
  check: () => {},
});

describe('a seed', () => {
  it.each(SCENARIO_NAMES)('replays exactly (%s)', async (name) => {
    for (const seed of [3, 4]) {
      const first = await simulate(SCENARIOS[name], seed);
      const second = await simulate(SCENARIOS[name], seed);
      expect(second.traceHash).toBe(first.traceHash);
    }
  });

  it('differs from another one', async () => {
    const hashes = await Promise.all([1, 2].map((seed) => simulate(SCENARIOS.files, seed)));
    expect(new Set(hashes.map(({ traceHash }) => traceHash)).size).toBe(2);
  });

  it('decides what user code is told of time and chance', async () => {
    const job = jobOf(
      (value) =>
        `${value} ${Date.now()} ${new Date().toISOString()} ${Math.random()} ${performance.now()} ${crypto.randomUUID()} ${String(process.hrtime.bigint())}`,
    );
    const { output } = await simulate(scenarioOf(job), 7, { faults: [] });
    expect(output.lines('/output')[0]).toMatch(/^0 17672\d+ 2026-01-01T/);
    await expect(checkRepeatable(scenarioOf(job), 7)).resolves.toBeUndefined();
  });

  it('does not hide a job that depends on a variable of its module', async () => {
    let calls = 0;
    const job = jobOf((value) => `${value} ${calls++}`);
    await expect(checkRepeatable(scenarioOf(job), 7)).rejects.toThrow(/depends on a variable of its module/);
  });
});

describe('the default check', () => {
  it('compares with a run without faults', async () => {
    const right = { name: 'replayed', job: jobOf((value) => `${value * 2}`), outputs: ['/output'] };
    const { output } = await simulate(right, 11);
    expect(output.lines('/output')).toHaveLength(60);
  });

  it('finds what a restart changes', async () => {
    let calls = 0;
    const wrong = { name: 'replayed', job: jobOf((value) => `${value} ${calls++ >= 60}`), outputs: ['/output'] };
    await expect(simulate(wrong, 11)).rejects.toThrow(SimulationFailure);
  });

  it('does not let a job reach out of the simulation', async () => {
    const job = jobOf((value) => `${value} ${typeof fetch('http://localhost/')}`);
    await expect(simulate(scenarioOf(job), 1)).rejects.toThrow(/a simulated job reaches nothing outside/);
  });
});
