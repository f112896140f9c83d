import { describe, expect, it } from 'vitest';
import { checkpointId } from '../../base/ids.ts';
import { planSweep } from './sweep-plan.ts';

const OWN_EPOCH = 5;

function name(n: number, epoch: number, suffix = ''): string {
  return `chk-${n}.epoch-${epoch}.attempt-1.slot-0${suffix}`;
}

describe('what a start clears away', () => {
  it('is what older epochs left and no kept checkpoint refers to', () => {
    const shared = [name(3, 4), name(4, 4), name(5, 4, '.tmp'), name(6, 5), name(7, 6), 'notes.txt'];
    const kept = [{ checkpointId: checkpointId(4), files: new Set([`shared/${name(4, 4)}`]) }];
    expect(planSweep({ checkpoints: [], shared }, { kept, fencingEpoch: OWN_EPOCH })).toEqual({
      directories: [],
      files: [`shared/${name(3, 4)}`, `shared/${name(5, 4, '.tmp')}`],
    });
  });

  it('leaves folders of kept checkpoints alone, and in other ones what kept checkpoints need', () => {
    const checkpoints = [
      { checkpointId: checkpointId(2), files: ['_metadata', name(2, 4)] },
      { checkpointId: checkpointId(3), files: ['_metadata', name(3, 4), name(3, 4, '.tmp')] },
      { checkpointId: checkpointId(4), files: ['_metadata', name(4, 4)] },
      { checkpointId: checkpointId(9), files: [] },
    ];
    const kept = [{ checkpointId: checkpointId(4), files: new Set([`chk-4/${name(4, 4)}`, `chk-3/${name(3, 4)}`]) }];
    expect(planSweep({ checkpoints, shared: [] }, { kept, fencingEpoch: OWN_EPOCH })).toEqual({
      directories: ['chk-2', 'chk-9'],
      files: ['chk-3/_metadata', `chk-3/${name(3, 4, '.tmp')}`],
    });
  });
});
