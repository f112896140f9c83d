import { CollectSink } from '../../src/connectors/collect/collect-sink.ts';
import { describeSinkContract } from './sink.ts';

describeSinkContract({
  name: 'collect',
  makeSink: () => new CollectSink<string>(),
  visible: (world) => [...world.collected.values()].flat().map(String),
  leftovers: () => [],
  guarantee: 'exactly-once',
  showsAllAtCheckpoint: true,
});
