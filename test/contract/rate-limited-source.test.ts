import { CollectionSource } from '../../src/connectors/collection/collection-source.ts';
import { rateLimited } from '../../src/connectors/rate-limit/rate-limited-source.ts';
import { memoryEnvironment } from '../support/memory-environment.ts';
import { describeSourceContract } from './source.ts';

const NUMBERS = Array.from({ length: 25 }, (_, index) => index);

describeSourceContract({
  name: 'a rate-limited source',
  makeEnvironment: () => memoryEnvironment(),
  makeSource: () => rateLimited(CollectionSource.of(NUMBERS), 90),
  expected: NUMBERS,
});
