import { describe, expect, test } from 'vitest';
import { WATERMARK_MIN } from '../base/event-time.ts';
import { BoundedOutOfOrdernessGenerator } from './watermark-generators.ts';
import { WatermarkStrategy } from './watermark-strategies.ts';

describe('bounded out-of-orderness', () => {
  const generatorAfter = (...timestampsMs: number[]): BoundedOutOfOrdernessGenerator => {
    const generator = new BoundedOutOfOrdernessGenerator(5);
    for (const timestampMs of timestampsMs) generator.onEvent(timestampMs);
    return generator;
  };

  test('has no watermark before the first record', () => {
    expect(generatorAfter().current()).toBe(WATERMARK_MIN);
  });

  test('lags the highest timestamp by the bound and 1 ms, and never goes back', () => {
    expect(generatorAfter(10, 20, 15).current()).toBe(14);
  });

  test('holds for negative times', () => {
    expect(generatorAfter(-100).current()).toBe(-106);
  });

  test('goes on from its snapshot as if nothing had happened', () => {
    const restored = generatorAfter();
    restored.restore(generatorAfter(10, 20).snapshot());
    expect(restored.current()).toBe(14);
    restored.onEvent(15);
    expect(restored.current()).toBe(14);
    restored.onEvent(30);
    expect(restored.current()).toBe(24);
  });

  test('has a snapshot before the first record too', () => {
    const restored = generatorAfter();
    restored.restore(generatorAfter().snapshot());
    expect(restored.current()).toBe(WATERMARK_MIN);
  });
});

describe('a watermark strategy', () => {
  test('for monotonous timestamps lags by 1 ms', () => {
    const generator = WatermarkStrategy.forMonotonousTimestamps().createGenerator();
    generator.onEvent(20, undefined);
    expect(generator.current()).toBe(19);
  });

  test('without watermarks never has one', () => {
    const generator = WatermarkStrategy.noWatermarks().createGenerator();
    generator.onEvent(20, undefined);
    expect(generator.current()).toBe(WATERMARK_MIN);
  });

  test('reads bound and idleness as durations', () => {
    const strategy = WatermarkStrategy.forBoundedOutOfOrderness('5 s').withIdleness('1 min');
    const generator = strategy.createGenerator();
    generator.onEvent(10_000, undefined);
    expect(generator.current()).toBe(4999);
    expect(strategy.idleTimeoutMs).toBe(60_000);
  });

  test('makes a generator of its own for each split', () => {
    const strategy = WatermarkStrategy.forMonotonousTimestamps();
    strategy.createGenerator().onEvent(20, undefined);
    expect(strategy.createGenerator().current()).toBe(WATERMARK_MIN);
  });

  test('is not changed by what is derived from it', () => {
    const plain = WatermarkStrategy.forMonotonousTimestamps();
    const assigner = (value: number): number => value;
    const derived = plain.withTimestampAssigner(assigner).withIdleness(10);
    expect(derived.timestampAssigner).toBe(assigner);
    expect(derived.idleTimeoutMs).toBe(10);
    expect([plain.timestampAssigner, plain.idleTimeoutMs]).toEqual([undefined, undefined]);
  });

  test.each([
    [
      'a bound that is no duration',
      () => WatermarkStrategy.forBoundedOutOfOrderness('soon'),
      /'soon' is not a duration/,
    ],
    ['a negative bound', () => WatermarkStrategy.forBoundedOutOfOrderness(-1), /'-1' is not a duration/],
    ['a part of a ms', () => WatermarkStrategy.forBoundedOutOfOrderness('1.5 ms'), /not a whole number of ms/],
    ['no idleness', () => WatermarkStrategy.noWatermarks().withIdleness(0), /'0' is below 1 ms/],
  ])('refuses %s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ code: 'JOB_DEFINITION_INVALID' }));
    expect(make).toThrow(message);
  });
});
