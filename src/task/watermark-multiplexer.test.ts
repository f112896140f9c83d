import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WatermarkMultiplexer } from './watermark-multiplexer.ts';

interface InputLine {
  readonly op: string;
  readonly id: string;
  readonly wm: number;
}

function lines<T>(file: string): T[] {
  const url = new URL(`../../test/golden/cases/watermark-multiplexer/${file}`, import.meta.url);
  return readFileSync(url, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

describe('WatermarkMultiplexer', () => {
  it('emits what Flink emitted for the recorded script', () => {
    let emitted: string[] = [];
    const multiplexer = new WatermarkMultiplexer({
      emitWatermark: (watermarkMs) => emitted.push(`wm ${watermarkMs}`),
      markIdle: () => emitted.push('idle'),
    });
    const run: Record<string, (line: InputLine) => void> = {
      register: (line) => multiplexer.register(line.id),
      unregister: (line) => multiplexer.unregister(line.id),
      immediate: (line) => multiplexer.emitImmediate(line.id, line.wm),
      deferred: (line) => multiplexer.emitDeferred(line.id, line.wm),
      idle: (line) => multiplexer.markIdleImmediate(line.id),
      deferredIdle: (line) => multiplexer.markIdleDeferred(line.id),
      periodic: () => multiplexer.emitPeriodic(),
    };
    const actual = lines<InputLine>('input.jsonl').map((line) => {
      emitted = [];
      run[line.op]?.(line);
      return emitted;
    });
    expect(actual).toEqual(lines<{ emitted: string[] }>('output.jsonl').map((line) => line.emitted));
  });
});
