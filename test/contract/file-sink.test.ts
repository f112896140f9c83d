import { FileSink } from '../../src/connectors/files/sink/file-sink.ts';
import type { FileSinkOptions } from '../../src/connectors/files/sink/file-sink.ts';
import { describeSinkContract } from './sink.ts';
import type { SinkContract, SinkWorld } from './sink.ts';

function isHidden(path: string): boolean {
  return path.includes('/.');
}

/** A file that does not end with a line end shows half a record. */
function linesOf(world: SinkWorld, path: string): readonly string[] {
  const text = new TextDecoder().decode(world.disk.file(path).content);
  if (!text.endsWith('\n')) throw new Error(`'${path}' ends in the middle of a line: '${text}'`);
  return text.slice(0, -1).split('\n');
}

function fileSink(name: string, options: FileSinkOptions<string>): SinkContract {
  return {
    name: `file sink, ${name}`,
    makeSink: () => FileSink.text('/data/out', options),
    visible: (world) =>
      world.disk
        .filePaths()
        .filter((path) => !isHidden(path))
        .flatMap((path) => linesOf(world, path)),
    leftovers: (world) => world.disk.filePaths().filter(isHidden),
    guarantee: options.guarantee ?? 'exactly-once',
    showsAllAtCheckpoint: options.rolling?.onCheckpoint ?? false,
  };
}

const byParity = (line: string): string => (line.length % 2 === 0 ? 'even' : 'odd/deep');

describeSinkContract(fileSink('files go on over checkpoints', {}));
describeSinkContract(fileSink('rolled by size', { rolling: { size: 40 } }));
describeSinkContract(fileSink('rolled at each checkpoint', { rolling: { onCheckpoint: true } }));
describeSinkContract(fileSink('in buckets', { bucket: byParity, rolling: { size: 60 } }));
describeSinkContract(fileSink('at least once', { guarantee: 'at-least-once', rolling: { size: 40 } }));
