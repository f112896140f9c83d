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

  it.each<MutantName>(['lost-tombstone', 'no-copy-before-mutation'])('is caught with the mutant %s', (mutant) => {
    const result = fc.check(keyedStateProperty(withMutants({ active: new Set([mutant]) })), {
      numRuns: 150,
      endOnFailure: true,
    });
    expect(result.failed).toBe(true);
  });
});
