/**
 * Event-time windows over a keyed stream, with the trigger that Flink uses when none is named: a window fires once, when the
 * watermark reaches its last moment, and is removed.
 *
 * Life of a (key, window): absent → first record: contents → further records → the watermark reaches its last moment: contents leave
 * the state and become results, window state is cleared → absent. A record of a window that the watermark has passed is late and
 * never makes it again. How windows are kept until then is window-store.ts's.
 */
import { assert } from '../../base/assert.ts';
import { MillraceError } from '../../base/errors.ts';
import { hasTimestamp, WATERMARK_MAX } from '../../base/event-time.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { KeyedStateBackend } from '../../base/keyed-state.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../../base/operator.ts';
import type { ListStateHandle } from '../../base/operator-state.ts';
import { freezeValue } from '../../codec/freeze-value.ts';
import type { KeySpec } from '../../graph/stream-graph.ts';
import { declaredStateInfos } from '../declared-state-infos.ts';
import type { OutputTag } from '../functions/output-tag.ts';
import type { ProcessWindowFunction } from '../functions/process-window-function.ts';
import { CurrentKey } from '../current-key.ts';
import { afterSetup } from '../not-set-up.ts';
import { inputOf } from '../two-inputs.ts';
import type { TwoInputOperator } from '../two-inputs.ts';
import { UserFunctionOperator } from '../user-function-operator.ts';
import { WatermarkProgress } from '../watermark-progress.ts';
import { MergingWindows } from './merging-windows.ts';
import { PanedWindows } from './paned-windows.ts';
import { SeparateWindows } from './separate-windows.ts';
import type { TimeWindow } from './time-window.ts';
import type { Window, WindowAssigner } from './window-assigner.ts';
import { bindContents, isMergeable } from './window-contents.ts';
import type { WindowFunction } from './window-function.ts';
import { layoutIdentity, layoutInfos, windowLayout } from './window-layout.ts';
import type { WindowLayout } from './window-layout.ts';
import { WindowProcess } from './window-process.ts';
import type { FireWindow, WindowStore } from './window-store.ts';

export interface WindowOperatorOptions<In, Out, K, W extends Window> {
  readonly assigner: WindowAssigner<In, W>;
  readonly function: WindowFunction<In, Out, K, W>;
  readonly key: KeySpec;
  /** Of the second input of a 'co-group'; the watermarks of both are merged as those of a union, as in Flink. */
  readonly secondKey?: KeySpec;
  /** How long after its firing a window still takes records. Only 0 is supported: windows are removed as they fire. */
  readonly allowedLatenessMs: number;
  /** Where late records go instead of being dropped. */
  readonly lateTag?: OutputTag<In> | undefined;
}

export function windowOperator<In, Out, K, W extends Window>(
  options: WindowOperatorOptions<In, Out, K, W>,
): OperatorFactory {
  assert(options.allowedLatenessMs === 0, () => `Allowed lateness of ${options.allowedLatenessMs} ms is not supported`);
  const layout = windowLayout(options.assigner, options.function);
  const isCoGroup = options.function.kind === 'co-group';
  assert(isCoGroup === (options.secondKey !== undefined), 'Windows of two inputs without a second key, or the reverse');
  return {
    kind: isCoGroup ? 'co-group' : 'window',
    states: declaredStateInfos(
      ...layoutInfos(layout, options.function).map((info) => ({ info })),
      ...WindowProcess.declaredStates(options.function.process),
    ),
    isStateful: true,
    create: () => new WindowOperator(options, layout),
  };
}

class WindowOperator<In, Out, K, W extends Window>
  extends UserFunctionOperator<Out>
  implements OperatorInput, TwoInputOperator<In, In>
{
  readonly unitesInputs = true;
  readonly #options: WindowOperatorOptions<In, Out, K, W>;
  readonly #layout: WindowLayout<In>;
  #running: Running<In, Out, K, W> | undefined;

  constructor(options: WindowOperatorOptions<In, Out, K, W>, layout: WindowLayout<In>) {
    super(options.function.process ?? {});
    this.#options = options;
    this.#layout = layout;
  }

  override input(index: number): OperatorInput {
    return this.#options.secondKey === undefined ? this : inputOf(this, index);
  }

  override setup(context: OperatorContext): void {
    super.setup(context);
    this.#checkRestoredWindows(context);
    const { key, secondKey } = this.#options;
    const keys = new CurrentKey(context, key);
    const process: ProcessWindowFunction<never, Out, K, W> | undefined = this.#options.function.process;
    dropTimers(keys.backend);
    const store = this.#makeStore(context, keys.backend);
    const progress = new WatermarkProgress(context, (untilMs, limit) => store.fire(untilMs, limit));
    this.#running = {
      context,
      keys,
      secondKeys: secondKey === undefined ? undefined : new CurrentKey(context, secondKey),
      progress,
      store,
      process:
        process === undefined
          ? undefined
          : new WindowProcess(process, { context, backend: keys.backend, progress, collector: this.collector }),
    };
  }

  processElement(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    const running = afterSetup(this.#running);
    this.#addToWindows(running, running.keys, 0, value, timestampMs, keyGroup);
  }

  processElement1(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    const running = afterSetup(this.#running);
    this.#addToWindows(running, running.keys, 0, value, timestampMs, keyGroup);
  }

  processElement2(value: In, timestampMs: EventTimeMs, keyGroup: number): void {
    const running = afterSetup(this.#running);
    this.#addToWindows(running, afterSetup(running.secondKeys), 1, value, timestampMs, keyGroup);
  }

  #addToWindows(
    running: Running<In, Out, K, W>,
    keys: CurrentKey,
    inputIndex: number,
    value: In,
    timestampMs: EventTimeMs,
    keyGroup: number,
  ): void {
    if (this.checkMutation) freezeValue(value);
    if (!hasTimestamp(timestampMs)) throw timestampMissing(this.operatorName);
    const watermarkMs = running.progress.watermarkMs;
    keys.set(value, keyGroup);
    const isInWindow = running.store.add(value, timestampMs, inputIndex, watermarkMs);
    keys.clear();
    // A record in no window at all (a gap between windows) is only late if the watermark has passed it.
    if (!isInWindow && timestampMs <= watermarkMs) this.#onLateRecord(value, timestampMs, running.context);
  }

  processWatermark(watermarkMs: EventTimeMs): void {
    afterSetup(this.#running).progress.advance(watermarkMs);
  }

  fireDue(limit: number): boolean {
    const { keys, progress } = afterSetup(this.#running);
    const isDone = progress.fire(limit);
    keys.clear();
    return isDone;
  }

  snapshot(): undefined {
    const { context, progress, store } = afterSetup(this.#running);
    progress.snapshot();
    store.snapshot();
    windowsInState(context).update([layoutIdentity(this.#layout, this.#options.assigner)]);
  }

  currentWatermarkMs(): EventTimeMs {
    return afterSetup(this.#running).progress.watermarkMs;
  }

  #makeStore(context: OperatorContext, backend: KeyedStateBackend): WindowStore<In> {
    const { assigner, function: fn } = this.#options;
    const contents = bindContents(fn, backend, context.operatorName);
    const fire = this.#onWindow;
    switch (this.#layout.kind) {
      case 'separate':
        return new SeparateWindows(assigner, contents, { backend, fire });
      case 'panes':
        assert(isMergeable(contents), 'Panes are merged');
        return new PanedWindows(this.#layout.assigner, contents, { context, backend, fire: onTimeWindow(fire) });
      case 'merging':
        return new MergingWindows(this.#layout.assigner, contents, { backend, fire: onTimeWindow(fire) });
    }
  }

  readonly #onWindow: FireWindow<W> = (window, namespace, results) => {
    const { context, process, keys } = afterSetup(this.#running);
    context.metrics.add('numFiredTimers', 1);
    this.collector.timestampMs = window.maxTimestampMs;
    if (process !== undefined) process.fire(keys.backend.currentKey, window, namespace, results);
    // Without a process function there is one result, and it is of type Out.
    else this.collector.collect(results[0] as Out);
  };

  #onLateRecord(value: In, timestampMs: EventTimeMs, context: OperatorContext): void {
    const { lateTag } = this.#options;
    if (lateTag === undefined) context.metrics.add('numLateRecordsDropped', 1);
    else this.output.collectSide(lateTag.id, value, timestampMs);
  }

  #checkRestoredWindows(context: OperatorContext): void {
    const ownIdentity = layoutIdentity(this.#layout, this.#options.assigner);
    for (const identity of windowsInState(context).get()) {
      if (identity === ownIdentity) continue;
      throw new MillraceError(
        'STATE_INCOMPATIBLE',
        `Restoring windows of operator '${context.operatorName}' failed: the state holds '${identity}', the job has '${ownIdentity}'`,
      );
    }
  }
}

/** What there is from `setup` on. */
interface Running<In, Out, K, W extends Window> {
  readonly context: OperatorContext;
  readonly keys: CurrentKey;
  readonly secondKeys: CurrentKey | undefined;
  readonly progress: WatermarkProgress;
  readonly store: WindowStore<In>;
  readonly process: WindowProcess<Out, K, W> | undefined;
}

/** Assigners of panes and sessions have windows of time: W is TimeWindow for them. */
function onTimeWindow<W extends Window>(fire: FireWindow<W>): FireWindow<TimeWindow> {
  return fire as unknown as FireWindow<TimeWindow>;
}

/** Checkpoints of earlier versions have a timer for each window of a key. */
function dropTimers(backend: KeyedStateBackend): void {
  backend.timers.fire('event-time', WATERMARK_MAX, Number.POSITIVE_INFINITY, () => undefined);
}

/** What tells how the windows in state are to be read. */
function windowsInState(context: OperatorContext): ListStateHandle<string> {
  return context.operatorState.listState<string>('window-assigner', 'union');
}

function timestampMissing(operatorName: string): MillraceError {
  return new MillraceError(
    'TIMESTAMP_MISSING',
    `Assigning a record to windows in operator '${operatorName}' failed: it has no timestamp`,
  );
}
