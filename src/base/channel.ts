/**
 * A channel joins one upstream subtask with one downstream subtask: a bounded queue of objects within a thread, a
 * single-producer single-consumer ring of encoded pages between threads. Both ends are polled; neither ever blocks.
 *
 * Order: elements come out in the order in which they went in, control elements included. Contract suite: test/contract/channel.ts.
 */
import type { ControlElement, ElementHandler } from './elements.ts';
import type { EventTimeMs } from './event-time.ts';

export interface ChannelWriter {
  /** False when there is no room: nothing was taken, the caller keeps the element and offers it again later. */
  offerRecord(value: unknown, timestampMs: EventTimeMs, keyGroup: number): boolean;
  offerControl(element: ControlElement): boolean;
  /**
   * Makes everything taken so far visible. Called at the end of each step; a ring publishes a half-filled page only when its
   * consumer has run dry, so that batches form under load and latency stays small without.
   */
  flush(): void;
  /** Elements were taken but are not visible yet; the slot must not sleep before a flush succeeded. */
  readonly hasUnflushed: boolean;
  /** Bytes taken so far (encoded, or estimated for queues). */
  readonly bytesWritten: number;
}

export interface ChannelReader {
  /**
   * Hands up to `limit` records to the handler; returns how many elements (records and control) it handed over. Stops when the
   * handler says so and after each control element.
   */
  poll(handler: ElementHandler, limit: number): number;
  /** Cheap test without taking anything. */
  readonly isEmpty: boolean;
  readonly bytesRead: number;
  /**
   * Room for unaligned checkpoints: the id of a barrier that is in the channel but not yet read, 0 for none. The producer
   * publishes it beside the data, so that it is seen before the records in front of it are.
   */
  readonly announcedBarrier: number;
}

export interface Channel {
  readonly writer: ChannelWriter;
  readonly reader: ChannelReader;
}
