import { describe, expect, it } from 'vitest';
import { SimDisk } from '../../host/sim/sim-disk.ts';
import { CommittedOutput } from './committed-output.ts';

function watched(files: Readonly<Record<string, string>>): { disk: SimDisk; output: CommittedOutput } {
  const disk = new SimDisk();
  for (const [path, content] of Object.entries(files)) disk.put(path, content);
  const output = new CommittedOutput(disk, ['/output']);
  output.look();
  return { disk, output };
}

function remove(disk: SimDisk, path: string): void {
  const { directory, name } = disk.parent(path);
  directory.change((entries) => entries.delete(name));
}

describe('CommittedOutput', () => {
  it('shows the lines of files with final names', () => {
    const { output } = watched({
      '/output/a': 'one\ntwo\n',
      '/output/b/c': 'three\n',
      '/output/.tmp': 'fo',
      '/else': 'x',
    });
    expect(output.lines('/output')).toEqual(['one', 'two', 'three']);
    expect(output.lines('/output/b')).toEqual(['three']);
    expect(output.temporaryFiles()).toEqual(['/output/.tmp']);
    expect(output.isWithin('/output/a')).toBe(true);
    expect(output.isWithin('/output2/a')).toBe(false);
  });

  it('finds a line that is not whole', () => {
    const { disk, output } = watched({});
    disk.put('/output/a', 'one\ntw');
    expect(() => output.look()).toThrow(/ends in the middle of a line/);
  });

  it('finds a published file that changes', () => {
    const { disk, output } = watched({ '/output/a': 'one\n' });
    disk.put('/output/a', 'one\ntwo\n');
    expect(() => output.look()).toThrow(/has changed/);
  });

  it('finds a published file that goes', () => {
    const { disk, output } = watched({ '/output/a': 'one\n' });
    remove(disk, '/output/a');
    expect(() => output.look()).toThrow(/has gone/);
  });

  it('lets a name go with the power that was not durable, but not content', () => {
    const { disk, output } = watched({ '/output/a': 'one\n', '/output/b': 'two\n' });
    remove(disk, '/output/a');
    output.powerLost();
    expect(() => output.look()).not.toThrow();
    disk.put('/output/b', '');
    expect(() => output.powerLost()).toThrow(/was not durable/);
  });
});
