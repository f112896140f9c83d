import type { NodeDraft, StreamGraphBuilder } from './stream-graph-builder.ts';

/** The end of a stream: what `sinkTo` and `print` return. */
export class DataStreamSink {
  readonly #definition: StreamGraphBuilder;
  readonly #draft: NodeDraft;

  constructor(definition: StreamGraphBuilder, draft: NodeDraft) {
    this.#definition = definition;
    this.#draft = draft;
  }

  /** Shown in status, logs and metrics. */
  name(name: string): this {
    this.#definition.change(this.#draft, { name });
    return this;
  }

  /** What its state (files not yet published) is found by at restore; give every sink one. */
  uid(uid: string): this {
    this.#definition.change(this.#draft, { uid });
    return this;
  }

  setParallelism(parallelism: number): this {
    this.#definition.change(this.#draft, { parallelism });
    return this;
  }

  setMaxParallelism(maxParallelism: number): this {
    this.#definition.change(this.#draft, { maxParallelism });
    return this;
  }

  disableChaining(): this {
    this.#definition.change(this.#draft, { chaining: 'never' });
    return this;
  }
}
