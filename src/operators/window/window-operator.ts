/**
 * Event-time windows over a keyed stream, with the trigger that Flink uses when none is named: a window fires once, when the
 * watermark reaches its last moment, and is removed.
 *
 * Life of a (key, window): absent → first record: contents and one timer at maxTimestamp → further records → the timer fires:
 * contents leave the state and become results, window state is cleared → absent. A window exists exactly while its timer does, so
 * only the first record registers one. A record of a window that the watermark has passed is late and never makes it again.
 */
import { assert } from '../../base/assert.ts';
import { MillraceError } from '../../base/errors.ts';
import { hasTimestamp } from '../../base/event-time.ts';
import type { EventTimeMs } from '../../base/event-time.ts';
import type { TimerEntry } from '../../base/keyed-state.ts';
import type { OperatorContext, OperatorFactory, OperatorInput } from '../../base/operator.ts';
import type { ListStateHandle } from '../../base/operator-state.ts';
import { freezeValue } from '../../codec/freeze-value.ts';
import type { KeySpec } from '../../graph/stream-graph.ts';
import { declaredStateInfos } from '../declared-state-infos.ts';
import { EventTimeProgress } from '../event-time-progress.ts';
import type { OutputTag } from '../functions/output-tag.ts';
import type { ProcessWindowFunction } from '../functions/process-window-function.ts';
import { CurrentKey } from '../current-key.ts';
import { afterSetup } from '../not-set-up.ts';
import { inputOf } from '../two-inputs.ts';
import type { TwoInputOperator } from '../two-inputs.ts';
import { UserFunctionOperator } from '../user-function-operator.ts';
import type { Window, WindowAssigner } from './window-assigner.ts';
import { bindContents, contentsInfos } from './window-contents.ts';
import type { WindowContents } from './window-contents.ts';
import type { WindowFunction } from './window-function.ts';
import { WindowProcess } from './window-process.ts';

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
  const isCoGroup = options.function.kind === 'co-group';
  assert(isCoGroup === (options.secondKey !== undefined), 'Windows of two inputs without a second key, or the reverse');
  return {
    kind: isCoGroup ? 'co-group' : 'window',
    states: declaredStateInfos(
      ...contentsInfos(options.function).map((info) => ({ info })),
      ...WindowProcess.declaredStates(options.function.process),
    ),
    isStateful: true,
    create: () => new WindowOperator(options),
  };
}

class WindowOperator<In, Out, K, W extends Window>
  extends UserFunctionOperator<Out>
  implements OperatorInput, TwoInputOperator<In, In>
{
  readonly unitesInputs = true;
  readonly #options: WindowOperatorOptions<In, Out, K, W>;
  readonly #assigner: WindowAssigner<In, W>;
  #running: Running<In, Out, K, W> | undefined;

  constructor(options: WindowOperatorOptions<In, Out, K, W>) {
    super(options.function.process ?? {});
    this.#options = options;
    this.#assigner = options.assigner;
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
    const progress = new EventTimeProgress(context, keys.backend.timers, this.#onTimer);
    this.#running = {
      context,
      keys,
      secondKeys: secondKey === undefined ? undefined : new CurrentKey(context, secondKey),
      progress,
      contents: bindContents(this.#options.function, keys.backend, context.operatorName),
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
    const windows = this.#assigner.assignWindows(value, timestampMs);
    let isInWindow = false;
    for (let index = 0; index < windows.length; index++) {
      const window = windows[index];
      if (window === undefined || window.maxTimestampMs <= watermarkMs) continue;
      isInWindow = true;
      const namespace = this.#assigner.toNamespace(window);
      const isNew = running.contents.add(namespace, value, inputIndex);
      if (isNew) running.keys.backend.timers.register('event-time', namespace, window.maxTimestampMs);
    }
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
    const { context, progress } = afterSetup(this.#running);
    progress.snapshot();
    windowsInState(context).update([this.#assigner.identity]);
  }

  currentWatermarkMs(): EventTimeMs {
    return afterSetup(this.#running).progress.watermarkMs;
  }

  readonly #onTimer = (timer: TimerEntry): void => {
    const { context, contents, process } = afterSetup(this.#running);
    context.metrics.add('numFiredTimers', 1);
    const results = contents.take(timer.namespace);
    assert(results !== undefined, () => `Window ${timer.namespace} has a timer and no contents`);
    const window = this.#assigner.fromNamespace(timer.namespace);
    this.collector.timestampMs = window.maxTimestampMs;
    if (process !== undefined) process.fire(timer, window, results);
    // Without a process function there is one result, and it is of type Out.
    else this.collector.collect(results[0] as Out);
  };

  #onLateRecord(value: In, timestampMs: EventTimeMs, context: OperatorContext): void {
    const { lateTag } = this.#options;
    if (lateTag === undefined) context.metrics.add('numLateRecordsDropped', 1);
    else this.output.collectSide(lateTag.id, value, timestampMs);
  }

  #checkRestoredWindows(context: OperatorContext): void {
    for (const identity of windowsInState(context).get()) {
      if (identity === this.#assigner.identity) continue;
      throw new MillraceError(
        'STATE_INCOMPATIBLE',
        `Restoring windows of operator '${context.operatorName}' failed: the state holds '${identity}', the job has '${this.#assigner.identity}'`,
      );
    }
  }
}

/** What there is from `setup` on. */
interface Running<In, Out, K, W extends Window> {
  readonly context: OperatorContext;
  readonly keys: CurrentKey;
  readonly secondKeys: CurrentKey | undefined;
  readonly progress: EventTimeProgress;
  readonly contents: WindowContents<In>;
  readonly process: WindowProcess<Out, K, W> | undefined;
}

/** Which windows the namespaces in state and timers stand for. */
function windowsInState(context: OperatorContext): ListStateHandle<string> {
  return context.operatorState.listState<string>('window-assigner', 'union');
}

function timestampMissing(operatorName: string): MillraceError {
  return new MillraceError(
    'TIMESTAMP_MISSING',
    `Assigning a record to windows in operator '${operatorName}' failed: it has no timestamp`,
  );
}
