import type { JobStatusSnapshot } from '../../job/job-status.ts';
import { vertexRates } from '../../metrics/vertex-rates.ts';
import type { VertexRates } from '../../metrics/vertex-rates.ts';

/** Remembers enough snapshots for rates over a span of time, whatever the distance of two of them is. */
export class StatusHistory {
  readonly #spanMs: number;
  #snapshots: readonly JobStatusSnapshot[] = [];

  /** @param spanMs rates are taken over the shortest time that is at least so long, or over what there is */
  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  rates(snapshot: JobStatusSnapshot): readonly VertexRates[] {
    const comparable = this.#snapshots.filter(
      ({ attemptNumber, atMs }) => attemptNumber === snapshot.attemptNumber && atMs < snapshot.atMs,
    );
    const longEnough = comparable.findLastIndex(({ atMs }) => snapshot.atMs - atMs >= this.#spanMs);
    const kept = comparable.slice(Math.max(0, longEnough));
    this.#snapshots = [...kept, snapshot];
    return vertexRates(kept[0], snapshot);
  }
}
