import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { NO_MUTANTS } from '../../src/base/mutants.ts';
import type { MutantName, Mutants } from '../../src/base/mutants.ts';
import { testStrings } from '../support/strings.ts';
import { HashmapStateBackend } from '../../src/state/hashmap/hashmap-state-backend.ts';
import { keyedStateContract } from './keyed-state.ts';
import { keyedStateProperty } from './keyed-state-property.ts';
import type { PropertyOptions } from './keyed-state-property.ts';

function withMutants(mutants: Mutants): PropertyOptions {
  return {
    create: (keyGroups, maxParallelism) =>
      new HashmapStateBackend({ keyGroups, maxParallelism, strings: testStrings, mutants }),
    keepsChangesInPlace: true,
  };
}

describe('HashmapStateBackend', () => {
  keyedStateContract(withMutants(NO_MUTANTS).create);
  it('restores every snapshot to the state at its start, whatever happens meanwhile', { timeout: 60_000 }, () => {
    fc.assert(keyedStateProperty(withMutants(NO_MUTANTS)), { numRuns: 150 });
  });

  describe.each<MutantName>(['lost-tombstone', 'no-copy-before-mutation'])('with the mutant %s', (mutant) => {
    it.each(['objects', 'numbers'] as const)('is caught by changes of %s alone', (changed) => {
      const options = { ...withMutants({ active: new Set([mutant]) }), changed };
      const result = fc.check(keyedStateProperty(options), { numRuns: 150, endOnFailure: true });
      expect(result.failed).toBe(true);
    });
  });
});
