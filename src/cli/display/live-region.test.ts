import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../../test/support/fake-terminal.ts';
import { LiveRegion } from './live-region.ts';

describe('LiveRegion', () => {
  it('shows the lines of the last drawing below everything that was printed', () => {
    const lineText = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-'), maxLength: 20 }).map((text) => `.${text}.`);
    const action = fc.oneof(
      fc.record({ kind: fc.constant('draw' as const), lines: fc.array(lineText, { maxLength: 5 }) }),
      fc.record({ kind: fc.constant('print' as const), lines: fc.array(lineText, { minLength: 1, maxLength: 3 }) }),
      fc.record({ kind: fc.constant('clear' as const), lines: fc.constant([]) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 20 }), (actions) => {
        const terminal = new FakeTerminal();
        const region = new LiveRegion(terminal);
        const printed: string[] = [];
        let drawn: readonly string[] = [];
        for (const { kind, lines } of actions) {
          if (kind === 'print') {
            region.printAbove(lines.map((line) => `${line}\n`).join(''));
            printed.push(...lines);
          } else if (kind === 'draw') {
            region.draw(lines);
            drawn = lines;
          } else {
            region.clear();
            drawn = [];
          }
          expect(terminal.screen).toEqual([...printed, ...drawn]);
          expect(terminal.isCursorAtLineStart).toBe(true);
        }
      }),
    );
  });

  it('finds its beginning again after the terminal became narrower', () => {
    const terminal = new FakeTerminal();
    terminal.columns = 10;
    const region = new LiveRegion(terminal);
    region.printAbove('printed\n');
    // What a terminal of 40 columns that shrank to 10 shows of a line of 25.
    region.draw(['x'.repeat(25), 'y']);
    region.draw(['z']);
    expect(terminal.screen).toEqual(['printed', 'z']);
  });

  it('counts columns without colours', () => {
    const terminal = new FakeTerminal();
    terminal.columns = 4;
    const region = new LiveRegion(terminal);
    region.draw(['\u001b[31mabcd\u001b[39m']);
    region.draw(['ef']);
    expect(terminal.screen).toEqual(['ef']);
  });

  it('leaves what stands when told to forget', () => {
    const terminal = new FakeTerminal();
    const region = new LiveRegion(terminal);
    region.draw(['before']);
    region.forget();
    region.draw(['after']);
    expect(terminal.screen).toEqual(['before', 'after']);
  });

  it('switches nothing on that a killed process would leave behind', () => {
    const terminal = new FakeTerminal();
    const region = new LiveRegion(terminal);
    region.draw(['a']);
    region.printAbove('b\n');
    region.clear();
    // No mode is set: hidden cursor, alternate screen and their like all begin with '?'.
    expect(terminal.written).not.toContain('\u001b[?');
  });
});
