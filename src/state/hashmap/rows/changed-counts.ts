/** How many values in rows changed, by epoch and key group: what a delta would hold, for the plan of a snapshot. */
export class ChangedCounts {
  readonly #groupCount: number;
  /** By epoch stamp. */
  readonly #counts = new Map<number, Int32Array>();

  constructor(groupCount: number) {
    this.#groupCount = groupCount;
  }

  add(epochStamp: number, groupIndex: number, count: number): void {
    let counts = this.#counts.get(epochStamp);
    if (counts === undefined) this.#counts.set(epochStamp, (counts = new Int32Array(this.#groupCount)));
    counts[groupIndex] = (counts[groupIndex] ?? 0) + count;
  }

  /** In epochs from this one on; what changed in several counts more than once. */
  since(sinceStamp: number, groupIndex: number): number {
    let count = 0;
    for (const [stamp, counts] of this.#counts) if (stamp >= sinceStamp) count += counts[groupIndex] ?? 0;
    return count;
  }

  forgetBefore(sinceStamp: number): void {
    for (const stamp of this.#counts.keys()) if (stamp < sinceStamp) this.#counts.delete(stamp);
  }
}
