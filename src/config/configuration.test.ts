import { describe, expect, it } from 'vitest';
import { Configuration } from './configuration.ts';
import type { Setting } from './configuration.ts';
import { nearestKey } from './nearest-key.ts';
import { ALL_OPTIONS, CheckpointingOptions, PipelineOptions, RestartOptions } from './options.ts';

function settings(values: Readonly<Record<string, string>>, origin = '-D'): Setting[] {
  return Object.entries(values).map(([key, value]) => ({ key, value, origin }));
}

function problemsOf(values: Readonly<Record<string, string>>): string[] {
  try {
    Configuration.of(settings(values));
  } catch (error) {
    return String(error).split('\n  ').slice(1);
  }
  return [];
}

describe('Configuration', () => {
  it('gives defaults where nothing is set', () => {
    const configuration = Configuration.of([]);
    expect(configuration.get(CheckpointingOptions.timeout)).toBe(600_000);
    expect(configuration.get(CheckpointingOptions.interval)).toBeUndefined();
    expect(configuration.get(RestartOptions.exponentialMultiplier)).toBe(1.5);
    expect(configuration.isSet(CheckpointingOptions.mode)).toBe(false);
  });

  it('lets later layers win and remembers where a value came from', () => {
    const configuration = Configuration.of(
      settings({ 'execution.checkpointing.interval': '10 s', 'parallelism.default': '4' }, 'conf/config.yaml, line 1'),
      settings({ 'execution.checkpointing.interval': '1 s' }, 'the job'),
    );
    expect(configuration.get(CheckpointingOptions.interval)).toBe(1000);
    expect(configuration.settingOf(CheckpointingOptions.interval)?.origin).toBe('the job');
    expect(configuration.get(PipelineOptions.parallelism)).toBe(4);
  });

  it("reads Flink's former names and spellings", () => {
    const configuration = Configuration.of(
      settings({
        'restart-strategy': 'FixedDelay',
        'state.checkpoints.dir': 'file:/tmp/x',
        'execution.checkpointing.mode': 'exactly-once',
      }),
    );
    expect(configuration.get(RestartOptions.type)).toBe('fixed-delay');
    expect(configuration.get(CheckpointingOptions.dir)).toBe('file:/tmp/x');
    expect(configuration.get(CheckpointingOptions.mode)).toBe('EXACTLY_ONCE');
  });

  it('reports every problem at once, with place, what is wanted and the nearest key', () => {
    expect(
      problemsOf({
        'execution.checkpointing.intervall': '1 s',
        'execution.checkpointing.timeout': '5 ms',
        'parallelism.default': 'many',
        'restart-strategy.exponential-delay.backoff-multiplier': '1',
      }),
    ).toEqual([
      "'execution.checkpointing.intervall' (-D): unknown option; did you mean 'execution.checkpointing.interval'?",
      "'execution.checkpointing.timeout' (-D): '5 ms' is not allowed; wanted: a duration of at least 10 ms, such as '10 s'",
      "'parallelism.default' (-D): 'many' is not allowed; wanted: an integer from 1 to 32768",
      "'restart-strategy.exponential-delay.backoff-multiplier' (-D): '1' is not allowed; wanted: a number above 1",
    ]);
  });

  it('refuses values that contradict each other', () => {
    expect(problemsOf({ 'restart-strategy.exponential-delay.initial-backoff': '2 min' })[0]).toContain('is above');
    expect(
      problemsOf({ 'execution.checkpointing.storage': 'jobmanager', 'execution.checkpointing.dir': '/tmp' })[0],
    ).toContain('in memory');
    expect(problemsOf({ 'restart-strategy': 'none', 'restart-strategy.type': 'fixed-delay' })[0]).toContain(
      'set twice',
    );
  });
});

describe('the table of options', () => {
  it('has every key and alias once, and defaults that it would itself accept', () => {
    const names = ALL_OPTIONS.flatMap(({ key, aliases }) => [key, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const option of ALL_OPTIONS) {
      if (option.defaultValue !== undefined) expect(option.parse(option.defaultText)).toEqual(option.defaultValue);
    }
  });
});

describe('nearestKey', () => {
  it('finds typing errors but does not guess wildly', () => {
    expect(nearestKey('paralelism.default', ['parallelism.default', 'other'])).toBe('parallelism.default');
    expect(nearestKey('completely-different', ['parallelism.default'])).toBeUndefined();
  });
});
