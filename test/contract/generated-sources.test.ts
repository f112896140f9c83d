import { CollectionSource } from '../../src/connectors/collection/collection-source.ts';
import { DataGenerator } from '../../src/connectors/datagen/data-generator.ts';
import { NumberSequenceSource } from '../../src/connectors/datagen/number-sequence-source.ts';
import { memoryEnvironment } from '../support/memory-environment.ts';
import { describeSourceContract } from './source.ts';

const INDEXES = Array.from({ length: 25 }, (_, index) => index);

describeSourceContract({
  name: 'DataGenerator',
  makeEnvironment: () => memoryEnvironment(),
  makeSource: () => DataGenerator.of((index) => ({ index }), { count: 25 }),
  expected: INDEXES.map((index) => ({ index })),
});

describeSourceContract({
  name: 'DataGenerator with a rate',
  makeEnvironment: () => memoryEnvironment(),
  makeSource: () => DataGenerator.of((index) => index, { count: 25, recordsPerSecond: 90 }),
  expected: INDEXES,
});

describeSourceContract({
  name: 'NumberSequenceSource',
  makeEnvironment: () => memoryEnvironment(),
  makeSource: () => new NumberSequenceSource(-3, 2),
  expected: [-3, -2, -1, 0, 1, 2],
});

describeSourceContract({
  name: 'CollectionSource',
  makeEnvironment: () => memoryEnvironment(),
  makeSource: () => CollectionSource.of(INDEXES),
  expected: INDEXES,
});
