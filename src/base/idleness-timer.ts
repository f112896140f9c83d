/**
 * Decides when a split or stream counts as idle: asked once a period, it answers true when no record came for longer than the
 * timeout. As in Flink, time starts to count at the first period without a record, not at the last record.
 */
export class IdlenessTimer {
  readonly #timeoutMs: number;
  #records = 0;
  #recordsSeen = 0;
  #quietSinceMs: number | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  onRecord(): void {
    this.#records++;
  }

  isIdle(nowMs: number): boolean {
    if (this.#records !== this.#recordsSeen) {
      this.#recordsSeen = this.#records;
      this.#quietSinceMs = undefined;
      return false;
    }
    this.#quietSinceMs ??= nowMs;
    return nowMs - this.#quietSinceMs > this.#timeoutMs;
  }
}
