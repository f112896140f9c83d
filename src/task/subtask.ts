/**
 * One subtask: the thin driver around alignment, chain and checkpoints. The slot calls `step` again and again; each step does a
 * bounded amount of work, in this order:
 *
 *   letters → overflow of outputs → watermark on its way → due processing-time timers → records → snapshot slice → flush
 *
 * Letters come first because a trigger must get through back pressure: its barrier queues behind the overflow. Nothing else
 * happens while an output is blocked, so the overflow stays as small as what one call of user code emits.
 *
 *   created ── start ──▶ running ── input used up ──▶ end-of-data ── checkpoint covers the end ──▶ finished
 *                           └───────────────────────── without checkpointing ─────────────────────────▲
 */
import { assert, must } from '../base/assert.ts';
import type { CheckpointCompleted } from '../base/commit-permit.ts';
import type { SourceEvent, SubtaskStatus, TriggerCheckpoint } from '../base/control-plane.ts';
import { END_OF_INPUT } from '../base/elements.ts';
import type { CheckpointBarrier } from '../base/elements.ts';
import { toErrorRecord, withContext } from '../base/errors.ts';
import type { MillraceError } from '../base/errors.ts';
import { WATERMARK_MAX } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { checkpointId as asCheckpointId, subtaskKey } from '../base/ids.ts';
import type { CheckpointId } from '../base/ids.ts';
import type { AlignmentAction } from './barrier-alignment.ts';
import { BatchSize } from './batch-size.ts';
import { buildChain } from './chain-builder.ts';
import type { BuiltChain } from './chain-builder.ts';
import { explainFrozenValue } from './frozen-value-error.ts';
import { GateInput } from './gate-input.ts';
import { Mailbox } from './mailbox.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { SourceInput } from './source-input.ts';
import { makeSourceInput, SPLITS_STATE } from './source-head.ts';
import { SubtaskCheckpoints } from './subtask-checkpoints.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';
import { closeAll, openAll } from './subtask-lifecycle.ts';
import { STEP_LIMITS } from './task-configuration.ts';

export type StepResult = 'progress' | 'idle' | 'blocked' | 'done';

type Phase = 'created' | 'starting' | 'running' | 'end-of-data' | 'finished' | 'failed' | 'closed';

/** The id under which a job without checkpoints flushes its sinks: above every real one. */
const FINAL_FLUSH_ID: CheckpointId = asCheckpointId(Number.MAX_SAFE_INTEGER);

export class Subtask {
  readonly deployment: SubtaskDeployment;
  readonly #runtime: SlotRuntime;
  readonly #mailbox: Mailbox;
  readonly #abort = new AbortController();
  readonly #callGate = { isOpen: false, refuse: (error: MillraceError) => this.#refuseCall(error) };
  #hasRefusedCall = false;
  readonly #batch = new BatchSize();
  #phase: Phase = 'created';
  #built: BuiltChain | undefined;
  #checkpoints: SubtaskCheckpoints | undefined;
  #gate: GateInput | undefined;
  #source: SourceInput | undefined;
  /** When the barrier of the checkpoint being aligned came first, monotonic ms. */
  #alignmentSinceMs: number | undefined;
  #hasFinishedOperators = false;
  readonly #firingsPerStep: number;
  /** Firings that the restored checkpoint had interrupted may be left. */
  #isCatchingUp: boolean;

  constructor(deployment: SubtaskDeployment, runtime: SlotRuntime) {
    this.deployment = deployment;
    this.#runtime = runtime;
    this.#mailbox = new Mailbox(deployment.wakeUp);
    this.#firingsPerStep = (runtime.configuration.stepLimits ?? STEP_LIMITS).firings;
    this.#isCatchingUp = deployment.restore !== undefined && !deployment.restore.isFinished;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isSource(): boolean {
    return this.deployment.gate === undefined;
  }

  /** Restores, sets up and opens; a failure is reported like one in a step. Called once. */
  async start(): Promise<void> {
    assert(this.#phase === 'created', () => `Subtask started in phase '${this.#phase}'`);
    this.#phase = 'starting';
    try {
      await this.#prepare();
      if (this.#phase !== 'starting') return;
      this.#phase = 'running';
      if (this.deployment.restore?.isFinished === true) this.#passEndOn();
      else this.#reportStatus('running');
    } catch (error) {
      this.#fail(error);
    }
    this.deployment.wakeUp();
  }

  step(): StepResult {
    if (this.#phase === 'failed' || this.#phase === 'closed') return 'done';
    if (this.#phase !== 'running' && this.#phase !== 'end-of-data' && this.#phase !== 'finished') return 'idle';
    this.#callGate.isOpen = true;
    try {
      return this.#stepInside();
    } catch (error) {
      this.#fail(error);
      return 'done';
    } finally {
      this.#callGate.isOpen = false;
    }
  }

  /** When this subtask wants a step although nothing arrives, wall-clock ms; Infinity for never. */
  get nextWakeUpMs(): number {
    if (this.#phase !== 'running') return Number.POSITIVE_INFINITY;
    return Math.min(this.#chain.nextProcessingTimeMs(), this.#source?.nextPeriodMs ?? Number.POSITIVE_INFINITY);
  }

  /** Work that does not announce itself by a wake-up: the slot goes on with its rounds. */
  get isBusyInBackground(): boolean {
    return this.#checkpoints?.isWriting === true;
  }

  stateSizes(): readonly { readonly state: string; readonly entries: number }[] {
    return (this.#built?.states ?? []).flatMap(({ chained, keyed }) =>
      (keyed?.describeSizes() ?? []).map(({ state, entries }) => ({ state: `${chained.name}/${state}`, entries })),
    );
  }

  trigger(trigger: TriggerCheckpoint): void {
    this.#mailbox.post(() => this.#onTrigger(trigger));
  }

  checkpointCompleted(completed: CheckpointCompleted): void {
    this.#mailbox.post(() => this.#onCompleted(completed));
  }

  checkpointAborted(checkpointId: CheckpointId): void {
    this.#mailbox.post(() => {
      this.#gate?.abortAlignment(checkpointId);
      this.#checkpoints?.aborted(checkpointId);
    });
  }

  sourceEvent(event: SourceEvent): void {
    this.#mailbox.post(() => this.#source?.handleEvent(event));
  }

  /** Ends the subtask whatever it does; settles when everything is closed. Errors of closing are logged, not thrown. */
  async close(): Promise<void> {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#abort.abort();
    this.#checkpoints?.cancelAll();
    await closeAll({
      nodes: this.#built?.chain.nodes ?? [],
      source: this.#source,
      environment: this.#runtime.environment,
      timeoutMs: this.#runtime.configuration.closeTimeoutMs,
    });
  }

  get #chain(): OperatorChain {
    assert(this.#built !== undefined, 'Subtask used before it was started');
    return this.#built.chain;
  }

  async #prepare(): Promise<void> {
    const { deployment } = this;
    const runtime = this.#runtime;
    const fail = (error: unknown): void => this.#mailbox.post(() => this.#fail(error));
    const built = await buildChain({
      deployment,
      runtime,
      fail,
      signal: this.#abort.signal,
      callGate: this.#callGate,
      wakeUp: deployment.wakeUp,
    });
    this.#built = built;
    if (built.states.some(({ keyed }) => keyed !== undefined)) runtime.checkpoints.join(subtaskKey(deployment.address));
    this.#checkpoints = new SubtaskCheckpoints({
      deployment,
      runtime,
      chain: built.chain,
      states: built.states,
      snapshotSource: (id) => this.#snapshotSource(id),
      post: (letter) => this.#mailbox.post(letter),
      fail,
    });
    await openAll(built.chain.nodes, runtime.environment, runtime.configuration.openTimeoutMs);
    if (deployment.restore?.isFinished === true) return;
    if (deployment.gate === undefined) await this.#startSource(built, fail);
    else this.#gate = this.#makeGate(built);
  }

  #makeGate(built: BuiltChain): GateInput {
    const { gate, vertex } = this.deployment;
    assert(gate !== undefined, 'Gate of a source subtask');
    const inputCount = Math.max(...vertex.inputs.map(({ inputIndex }) => inputIndex)) + 1;
    return new GateInput({
      gate,
      head: must(built.chain.nodes[0], 'head of the chain').chained,
      inputs: Array.from({ length: inputCount }, (_, index) => built.chain.headInput(index)),
      skipAlignment: this.#runtime.configuration.mutants.active.has('skipped-alignment'),
      isFull: () => this.#mustPause(),
      onWatermark: (watermarkMs) => this.#onWatermark(watermarkMs),
      onStatus: (isIdle) => this.#chain.emitStatus(isIdle),
      onAlignment: (action) => this.#onAlignment(action),
    });
  }

  async #startSource(built: BuiltChain, fail: (error: unknown) => void): Promise<void> {
    const { source, start } = makeSourceInput({
      deployment: this.deployment,
      runtime: this.#runtime,
      built,
      signal: this.#abort.signal,
      fail,
      isFull: () => this.#mustPause(),
      isWatermarkFree: () => !this.#chain.isWatermarkPending,
      onWatermark: (watermarkMs) => this.#onWatermark(watermarkMs),
      onStatus: (isIdle) => this.#chain.emitStatus(isIdle),
    });
    this.#source = source;
    await start();
  }

  #stepInside(): StepResult {
    const letters = this.#mailbox.drain();
    const chain = this.#chain;
    if (!chain.drainOutputs()) {
      // Back pressure holds records up, not the snapshot.
      this.#checkpoints?.advance(0);
      chain.flush();
      this.#publishMetrics();
      return 'blocked';
    }
    const { clock } = this.#runtime.environment;
    const startedMs = clock.monotonicMs();
    const didWork = this.#phase === 'running' && this.#work(clock.nowMs());
    const busyMs = didWork ? clock.monotonicMs() - startedMs : 0;
    const didWrite = this.#checkpoints?.advance(busyMs) === true;
    chain.flush();
    this.#publishMetrics();
    return didWork || didWrite || letters > 0 ? 'progress' : 'idle';
  }

  /** One bounded piece of the record path. */
  #work(nowMs: number): boolean {
    const chain = this.#chain;
    if (this.#isCatchingUp) {
      this.#isCatchingUp = !chain.fireRestored(this.#firingsPerStep);
      return true;
    }
    if (chain.isWatermarkPending) {
      if (!chain.advance(this.#firingsPerStep)) return true;
      if (this.#isInputEnded()) this.#endOfData();
      return true;
    }
    if (chain.nextProcessingTimeMs() <= nowMs) {
      chain.fireProcessingTime(nowMs, this.#firingsPerStep);
      return true;
    }
    if (this.#source !== undefined && this.#source.nextPeriodMs <= nowMs) {
      this.#source.onPeriod(nowMs);
      if (this.#mustPause()) return true;
    }
    if (!chain.isAvailable) return false;
    const didPoll = this.#poll();
    if (this.#isInputEnded() && !chain.isWatermarkPending) this.#endOfData();
    return didPoll;
  }

  #poll(): boolean {
    const { clock } = this.#runtime.environment;
    const startedMs = clock.monotonicMs();
    const limit = this.#batch.limit;
    const didPoll = this.#source === undefined ? (this.#gate?.poll(limit) ?? 0) > 0 : this.#source.poll(limit);
    if (didPoll) this.#batch.measured(clock.monotonicMs() - startedMs);
    return didPoll;
  }

  /** Asked after each record: may the next one follow in this step? */
  #mustPause(): boolean {
    const chain = this.#chain;
    return chain.isBlocked || chain.isWatermarkPending || !chain.isAvailable;
  }

  #isInputEnded(): boolean {
    return this.#source?.isEnded ?? this.#gate?.isEnded ?? true;
  }

  #onWatermark(watermarkMs: EventTimeMs): void {
    this.deployment.metrics.set('currentInputWatermark', watermarkMs);
    this.#chain.startWatermark(watermarkMs);
  }

  #onAlignment(action: AlignmentAction): void {
    const { clock } = this.#runtime.environment;
    if (action.kind === 'snapshot') {
      const alignmentMs = this.#alignmentSinceMs === undefined ? 0 : clock.monotonicMs() - this.#alignmentSinceMs;
      this.#takeSnapshot(action.barrier, alignmentMs);
      this.#alignmentSinceMs = undefined;
    } else if (action.kind === 'abort') {
      const id = asCheckpointId(action.checkpointId);
      this.#chain.broadcast({ kind: 'cancel-checkpoint', checkpointId: id });
      this.#checkpoints?.decline(id, action.reason);
      this.#alignmentSinceMs = undefined;
    }
  }

  #takeSnapshot(barrier: CheckpointBarrier, alignmentMs: number): void {
    this.deployment.metrics.add('checkpointAlignmentTimeMs', alignmentMs);
    this.#checkpoints?.take(barrier, this.#hasFinishedOperators, alignmentMs);
  }

  /** From the coordinator: to a source, or to a subtask whose input has ended. */
  #onTrigger(trigger: TriggerCheckpoint): void {
    if (this.#phase !== 'running' && this.#phase !== 'end-of-data') return;
    if (this.#gate !== undefined && !this.#gate.acceptTrigger(trigger.checkpointId)) return;
    this.#takeSnapshot({ kind: 'barrier', ...trigger }, 0);
  }

  #onCompleted(completed: CheckpointCompleted): void {
    if (this.#checkpoints === undefined) return;
    this.#source?.checkpointCompleted(completed.checkpointId);
    this.#checkpoints.completed(completed).then(
      (coversEnd) => this.#mailbox.post(() => (coversEnd ? this.#finished() : undefined)),
      (error: unknown) => this.#mailbox.post(() => this.#fail(error)),
    );
  }

  #snapshotSource(checkpointId: CheckpointId): void {
    const source = this.#source;
    if (source === undefined || source.isEnded) return;
    this.#built?.states[0]?.lists.listState(SPLITS_STATE, 'split').update(source.snapshot(checkpointId));
  }

  /** All input is used up, WATERMARK_MAX has passed the chain: the operators finish, and nothing follows downstream. */
  #endOfData(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'end-of-data';
    this.#built?.states[0]?.lists.listState(SPLITS_STATE, 'split').update([]);
    this.#chain.forEach((operator) => operator.finish?.());
    this.#hasFinishedOperators = true;
    this.#chain.broadcast(END_OF_INPUT);
    if (this.#runtime.configuration.isCheckpointingEnabled) this.#reportStatus('end-of-data');
    else this.#flushWithoutCheckpoint();
  }

  /** Without checkpoints sinks make their output visible here. */
  #flushWithoutCheckpoint(): void {
    const durable: Promise<void>[] = [];
    this.#chain.forEach((operator) => {
      operator.prepareBarrier?.(FINAL_FLUSH_ID);
      durable.push(Promise.resolve(operator.snapshot?.(FINAL_FLUSH_ID)));
    });
    Promise.all(durable).then(
      () => this.#mailbox.post(() => this.#finished()),
      (error: unknown) => this.#mailbox.post(() => this.#fail(error)),
    );
  }

  /** The subtask had finished before the checkpoint it was restored from. */
  #passEndOn(): void {
    this.#phase = 'end-of-data';
    this.#hasFinishedOperators = true;
    this.#chain.broadcast({ kind: 'watermark', timestampMs: WATERMARK_MAX });
    this.#chain.broadcast(END_OF_INPUT);
    this.#finished();
  }

  #finished(): void {
    if (this.#phase !== 'end-of-data') return;
    this.#phase = 'finished';
    this.#runtime.checkpoints.leave(subtaskKey(this.deployment.address));
    this.#reportStatus('finished');
  }

  /** User code used something of this subtask from outside of its calls. */
  #refuseCall(error: MillraceError): void {
    if (this.#hasRefusedCall) return;
    this.#hasRefusedCall = true;
    if (this.#phase !== 'closed') this.#mailbox.post(() => this.#fail(error));
    else this.#runtime.environment.logger.log('warn', `${error.message}: the attempt is over`, { ...error.context });
  }

  #reportStatus(status: SubtaskStatus): void {
    this.#runtime.master.subtaskStatus(this.deployment.address, status);
  }

  #fail(error: unknown): void {
    if (this.#phase === 'failed' || this.#phase === 'closed') return;
    this.#phase = 'failed';
    const { address, vertex } = this.deployment;
    const failure = withContext(
      error,
      {
        operatorName: vertex.name,
        operatorUid: vertex.chain[0]?.uid ?? vertex.id,
        subtaskIndex: address.subtaskIndex,
        attemptNumber: this.#runtime.attemptNumber,
      },
      'USER_FUNCTION_FAILED',
    );
    const { checkMutation } = this.#runtime.configuration;
    this.#runtime.master.subtaskFailed(address, toErrorRecord(checkMutation ? explainFrozenValue(failure) : failure));
  }

  #publishMetrics(): void {
    const { metrics, writers } = this.deployment;
    let recordsOut = 0;
    let bytesOut = 0;
    let overflow = 0;
    for (const { writer } of writers) {
      recordsOut += writer.recordsWritten;
      bytesOut += writer.bytesWritten;
      overflow += writer.overflowRecords;
    }
    metrics.set('numRecordsIn', this.#source?.recordsEmitted ?? this.#gate?.recordsRead ?? 0);
    metrics.set('numRecordsOut', recordsOut);
    metrics.set('numBytesOut', bytesOut);
    metrics.set('numBytesIn', this.deployment.gate?.bytesRead ?? 0);
    metrics.set('overflowRecords', overflow);
    metrics.max('overflowRecordsMax', overflow);
    metrics.set('currentOutputWatermark', this.#chain.outputWatermarkMs);
  }
}
