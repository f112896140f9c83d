import { describe, expect, test } from 'vitest';
import type { Channel } from '../base/channel.ts';
import { END_OF_INPUT } from '../base/elements.ts';
import type { ControlElement } from '../base/elements.ts';
import { InputGate } from './input-gate.ts';
import type { GateHandler } from './input-gate.ts';
import { createLocalChannel } from './local-channel.ts';

class Inputs implements GateHandler {
  readonly channels: readonly Channel[];
  readonly gate: InputGate;
  /** 'channel:value' or 'channel:kind', in the order of arrival. */
  readonly seen: string[] = [];
  isFull = false;

  constructor(inputIndexes: readonly number[]) {
    this.channels = inputIndexes.map(() => createLocalChannel({ capacityRecords: 1000 }));
    this.gate = new InputGate(
      this.channels.map(({ reader }, index) => ({ reader, inputIndex: inputIndexes[index] ?? 0 })),
    );
  }

  send(channelIndex: number, ...elements: readonly (string | number | ControlElement)[]): void {
    const writer = this.channels[channelIndex]?.writer;
    for (const element of elements) {
      if (typeof element === 'object') writer?.offerControl(element);
      else writer?.offerRecord(element, 0, 0);
    }
  }

  poll(limit: number = 1000): string[] {
    const before = this.seen.length;
    expect(this.gate.poll(this, limit)).toBe(this.seen.length - before);
    return this.seen.slice(before);
  }

  onRecord(channelIndex: number, value: unknown): boolean {
    this.seen.push(`${channelIndex}:${String(value)}`);
    return !this.isFull;
  }

  onControl(channelIndex: number, element: ControlElement): void {
    this.seen.push(`${channelIndex}:${element.kind}`);
  }
}

describe('InputGate', () => {
  test('reads all channels in turn, none for long while others wait', () => {
    const inputs = new Inputs([0, 0, 1]);
    for (let channelIndex = 0; channelIndex < 3; channelIndex++) {
      inputs.send(channelIndex, ...Array.from({ length: 500 }, (_, value) => value));
    }
    const seen = inputs.poll(700);
    const counts = [0, 1, 2].map(
      (channelIndex) => seen.filter((element) => element.startsWith(`${channelIndex}:`)).length,
    );
    expect(Math.min(...counts)).toBeGreaterThan(180);
    expect(inputs.poll()).toHaveLength(800);
    expect(inputs.poll()).toEqual([]);
    expect(inputs.gate.inputIndexOf(2)).toBe(1);
  });

  test('keeps the order within each channel', () => {
    const inputs = new Inputs([0, 0]);
    inputs.send(0, 1, 2, 3);
    inputs.send(1, 4, 5, 6);
    const seen = [inputs.poll(1), inputs.poll(1), inputs.poll(4)].flat();
    expect(seen.filter((element) => element.startsWith('0:'))).toEqual(['0:1', '0:2', '0:3']);
    expect(seen.filter((element) => element.startsWith('1:'))).toEqual(['1:4', '1:5', '1:6']);
    expect(seen.slice(0, 2)).toEqual(['0:1', '1:4']);
  });

  test('stops after a control element and when the handler says so', () => {
    const inputs = new Inputs([0, 0]);
    inputs.send(0, 1, { kind: 'status', isIdle: true }, 2);
    inputs.send(1, 3);
    expect(inputs.poll()).toEqual(['0:1', '0:status']);
    inputs.isFull = true;
    expect(inputs.poll()).toEqual(['1:3']);
    expect(inputs.poll()).toEqual(['0:2']);
  });

  test('passes over blocked channels until they are unblocked', () => {
    const inputs = new Inputs([0, 0]);
    inputs.send(0, 1);
    inputs.send(1, 2);
    inputs.gate.block(0);
    expect(inputs.poll()).toEqual(['1:2']);
    expect(inputs.gate.isEmpty).toBe(true);
    inputs.gate.unblockAll();
    expect(inputs.gate.isEmpty).toBe(false);
    expect(inputs.poll()).toEqual(['0:1']);
  });

  test('a channel blocked by its own barrier hands over nothing more, the others do', () => {
    const inputs = new Inputs([0, 0]);
    inputs.onControl = (channelIndex) => {
      inputs.seen.push(`${channelIndex}:control`);
      inputs.gate.block(channelIndex);
    };
    inputs.send(0, { kind: 'status', isIdle: false }, 1);
    inputs.send(1, 2);
    expect(inputs.poll()).toEqual(['0:control']);
    expect(inputs.poll()).toEqual(['1:2']);
  });

  test('passes over ended channels, and knows when all have ended', () => {
    const inputs = new Inputs([0, 1]);
    inputs.send(0, END_OF_INPUT);
    expect(inputs.poll()).toEqual(['0:end-of-input']);
    expect(inputs.gate.isFinished).toBe(false);
    inputs.send(1, 5, END_OF_INPUT);
    expect(inputs.poll()).toEqual(['1:5', '1:end-of-input']);
    expect([inputs.gate.isFinished, inputs.gate.isEmpty]).toEqual([true, true]);
  });

  test('knows bytes and announced barriers of all its channels', () => {
    const inputs = new Inputs([0, 0]);
    inputs.send(1, 'text');
    expect(inputs.gate.bytesRead).toBe(0);
    inputs.poll();
    expect(inputs.gate.bytesRead).toBe(4);
    expect(inputs.gate.announcedBarrier).toBe(0);
  });
});
