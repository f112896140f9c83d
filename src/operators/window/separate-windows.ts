import { assert } from '../../base/assert.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { KeyedStateBackend, Namespace } from '../../base/keyed-state.ts';
import { WaitingKeys } from './waiting-keys.ts';
import type { Window, WindowAssigner } from './window-assigner.ts';
import type { WindowContents } from './window-contents.ts';
import type { FireWindow, WindowStore } from './window-store.ts';

/** Each window of each key has contents of its own, under the window's namespace: a record is added to every window it belongs to. */
export class SeparateWindows<In, W extends Window> implements WindowStore<In> {
  readonly #assigner: WindowAssigner<In, W>;
  readonly #contents: WindowContents<In>;
  readonly #fire: FireWindow<W>;
  readonly #waiting: WaitingKeys;
  /** The window that fired last: it mostly fires for many keys. */
  #firing: { readonly namespace: Namespace; readonly window: W } | undefined;

  constructor(
    assigner: WindowAssigner<In, W>,
    contents: WindowContents<In>,
    { backend, fire }: { readonly backend: KeyedStateBackend; readonly fire: FireWindow<W> },
  ) {
    this.#assigner = assigner;
    this.#contents = contents;
    this.#fire = fire;
    const waiting = new WaitingKeys(backend);
    contents.forEachEntry((namespace) => {
      waiting.addCurrent(namespace, assigner.fromNamespace(namespace).maxTimestampMs);
    });
    this.#waiting = waiting;
  }

  add(value: In, timestampMs: EventTimeMs, inputIndex: number, watermarkMs: EventTimeMs): boolean {
    const windows = this.#assigner.assignWindows(value, timestampMs);
    let isInWindow = false;
    for (let index = 0; index < windows.length; index++) {
      const window = windows[index];
      if (window === undefined || window.maxTimestampMs <= watermarkMs) continue;
      isInWindow = true;
      const namespace = this.#assigner.toNamespace(window);
      const isNew = this.#contents.add(namespace, value, inputIndex);
      if (isNew) this.#waiting.addCurrent(namespace, window.maxTimestampMs);
    }
    return isInWindow;
  }

  fire(untilMs: EventTimeMs, limit: number): boolean {
    for (let fired = 0; fired < limit; fired++) {
      const due = this.#waiting.takeDue(untilMs);
      if (due === undefined) return true;
      const results = this.#contents.take(due.namespace);
      assert(results !== undefined, 'A window waits and has no contents');
      this.#fire(this.#windowOf(due.namespace), due.namespace, results);
    }
    return !this.#waiting.hasDue(untilMs);
  }

  snapshot(): void {
    // Nothing: what has fired is not in the state any more.
  }

  #windowOf(namespace: Namespace): W {
    if (this.#firing?.namespace !== namespace) {
      this.#firing = { namespace, window: this.#assigner.fromNamespace(namespace) };
    }
    return this.#firing.window;
  }
}
