import { describe, expect, it } from 'vitest';
import { CapturedStream } from './captured-stream.ts';

function stream(): { written: string[]; write: (chunk: string | Uint8Array) => boolean } {
  const written: string[] = [];
  return { written, write: (chunk) => written.push(String(chunk)) > 0 };
}

describe('CapturedStream', () => {
  it('prints whole lines and keeps the beginning of one until its end comes', () => {
    const target = stream();
    const printed: string[] = [];
    const captured = new CapturedStream(target, (text) => printed.push(text));
    expect(target.write('a\nb')).toBe(true);
    target.write('c\nd\ne');
    expect(printed).toEqual(['a\n', 'bc\nd\n']);
    captured.release();
    expect(printed).toEqual(['a\n', 'bc\nd\n', 'e\n']);
    target.write('f');
    expect(target.written).toEqual(['f']);
  });

  it('puts characters together that come in pieces', () => {
    const target = stream();
    const printed: string[] = [];
    const captured = new CapturedStream(target, (text) => printed.push(text));
    const bytes = new TextEncoder().encode('é\n');
    target.write(bytes.subarray(0, 1));
    target.write(bytes.subarray(1));
    expect(printed).toEqual(['é\n']);
    captured.release();
  });

  it('tells whoever waits that the chunk is written', async () => {
    const target: { write: (chunk: string | Uint8Array, ...rest: unknown[]) => boolean } = stream();
    const captured = new CapturedStream(target, () => {});
    await new Promise<void>((resolve) => target.write('x', 'utf8', resolve));
    await new Promise<void>((resolve) => target.write('x', resolve));
    captured.release();
  });
});
