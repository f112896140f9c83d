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
import type { DeclineReason, SourceEvent, SubtaskStatus, TriggerCheckpoint } from '../base/control-plane.ts';
import { END_OF_INPUT } from '../base/elements.ts';
import type { CheckpointBarrier } from '../base/elements.ts';
import { messageOf, toErrorRecord, withContext } from '../base/errors.ts';
import type { MillraceError } from '../base/errors.ts';
import { WATERMARK_MAX, WATERMARK_MIN } from '../base/event-time.ts';
import type { EventTimeMs } from '../base/event-time.ts';
import { checkpointId as asCheckpointId, subtaskKey } from '../base/ids.ts';
import type { CheckpointId } from '../base/ids.ts';
import { BatchSize } from './batch-size.ts';
import { buildChain } from './chain-builder.ts';
import { explainFrozenValue } from './frozen-value-error.ts';
import { GateInput } from './gate-input.ts';
import { Mailbox } from './mailbox.ts';
import type { OperatorChain } from './operator-chain.ts';
import { restoreStates } from './restore-states.ts';
import type { OperatorStates } from './restore-states.ts';
import type { SourceInput } from './source-input.ts';
import { makeSourceInput, SPLITS_STATE } from './source-head.ts';
import { SubtaskCheckpoints } from './subtask-checkpoints.ts';
import type { SlotRuntime, SubtaskDeployment } from './subtask-deployment.ts';
import type { SubtaskInput } from './subtask-input.ts';
import { SubtaskLifecycle } from './subtask-lifecycle.ts';
import { publishMetrics } from './subtask-metrics.ts';
import { STEP_LIMITS } from './task-configuration.ts';

/** 'blocked': an output or a sink of the chain has no room. */
export type StepResult = 'progress' | 'idle' | 'blocked' | 'done';

type Phase = 'created' | 'starting' | 'running' | 'end-of-data' | 'finished' | 'failed' | 'closed';

/** The id under which a job without checkpoints flushes its sinks: above every real one. */
const FINAL_FLUSH_ID: CheckpointId = asCheckpointId(Number.MAX_SAFE_INTEGER);

export class Subtask {
  readonly deployment: SubtaskDeployment;
  readonly #runtime: SlotRuntime;
  readonly #mailbox: Mailbox;
  readonly #lifecycle: SubtaskLifecycle;
  readonly #callGate = { isOpen: false, refuse: (error: MillraceError) => this.#refuseCall(error) };
  #hasRefusedCall = false;
  readonly #batch = new BatchSize();
  readonly #firingsPerStep: number;
  #phase: Phase = 'created';
  #closing: Promise<void> | undefined;
  #states: readonly OperatorStates[] = [];
  /** Both are there from the moment on that something may be opened. */
  #builtChain: OperatorChain | undefined;
  #checkpoints: SubtaskCheckpoints | undefined;
  /** One of the two, when everything is open; none when the subtask was restored as finished. */
  #gate: GateInput | undefined;
  #source: SourceInput | undefined;
  #hasFinishedOperators = false;
  /** Firings that the restored checkpoint had interrupted may be left. */
  #isCatchingUp: boolean;

  constructor(deployment: SubtaskDeployment, runtime: SlotRuntime) {
    this.deployment = deployment;
    this.#runtime = runtime;
    this.#mailbox = new Mailbox(deployment.wakeUp);
    this.#lifecycle = new SubtaskLifecycle({ ...runtime.configuration, environment: runtime.environment });
    this.#firingsPerStep = (runtime.configuration.stepLimits ?? STEP_LIMITS).firings;
    deployment.metrics.set('currentInputWatermark', WATERMARK_MIN);
    deployment.metrics.set('currentOutputWatermark', WATERMARK_MIN);
    this.#isCatchingUp = deployment.restore !== undefined && !deployment.restore.isFinished;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isSource(): boolean {
    return this.deployment.gate === undefined;
  }

  /** Restores, sets up and opens; a failure is reported like one in a step. Never rejects. Called once. */
  async start(): Promise<void> {
    if (this.#phase === 'closed') return;
    assert(this.#phase === 'created', () => `Subtask started in phase '${this.#phase}'`);
    this.#phase = 'starting';
    try {
      await this.#prepare();
      if (!this.#lifecycle.isOver) this.#started();
    } catch (error) {
      this.#fail(error);
    }
    this.deployment.wakeUp();
  }

  step(): StepResult {
    if (this.#phase === 'failed' || this.#phase === 'closed') return 'done';
    if (this.#phase === 'created' || this.#phase === 'starting') return 'idle';
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
    // Room in a full output or sink announces itself.
    if (this.#phase !== 'running' || this.#isHeldUp) return Number.POSITIVE_INFINITY;
    const timerMs = this.#chain.nextProcessingTimeMs();
    if (this.#source === undefined) return timerMs;
    return Math.min(timerMs, this.#runtime.environment.clock.nowMs() + this.#source.untilPeriodMs);
  }

  /** Work that does not announce itself by a wake-up: the slot goes on with its rounds. */
  get isBusyInBackground(): boolean {
    return this.#isLive && this.#checkpoints?.isWriting === true;
  }

  stateSizes(): readonly { readonly state: string; readonly entries: number }[] {
    return this.#states.flatMap(({ chained, keyed }) =>
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

  /** Ends the subtask whatever it does; settles when everything is closed. Never rejects: errors of closing are logged. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#phase = 'closed';
    this.#lifecycle.abort();
    this.#cancelSnapshots();
    await this.#lifecycle.close();
  }

  #cancelSnapshots(): void {
    try {
      this.#checkpoints?.cancelAll();
    } catch (error) {
      this.#runtime.environment.logger.log('warn', `Giving up snapshots failed: ${messageOf(error)}`);
    }
  }

  get #chain(): OperatorChain {
    assert(this.#builtChain !== undefined, 'Subtask used before it was started');
    return this.#builtChain;
  }

  get #isLive(): boolean {
    return this.#phase === 'running' || this.#phase === 'end-of-data' || this.#phase === 'finished';
  }

  get #input(): SubtaskInput | undefined {
    return this.#source ?? this.#gate;
  }

  /** State first, then operators over it; each await may find that the subtask is over. */
  async #prepare(): Promise<void> {
    const { deployment } = this;
    const runtime = this.#runtime;
    const { signal } = this.#lifecycle;
    const states = await restoreStates({ deployment, runtime, signal });
    if (this.#lifecycle.isOver) return;
    this.#states = states;
    this.#buildChain(states);
    await this.#lifecycle.openNodes();
    if (this.#lifecycle.isOver || deployment.restore?.isFinished === true) return;
    if (deployment.gate === undefined) await this.#startSource();
    else this.#gate = this.#makeGate();
  }

  #buildChain(states: readonly OperatorStates[]): void {
    const { deployment } = this;
    const runtime = this.#runtime;
    const fail = (error: unknown): void => this.#mailbox.post(() => this.#fail(error));
    this.#builtChain = buildChain({
      deployment,
      runtime,
      states,
      fail,
      signal: this.#lifecycle.signal,
      callGate: this.#callGate,
      onNode: (node) => this.#lifecycle.addNode(node),
    });
    if (states.some(({ keyed }) => keyed !== undefined)) runtime.checkpoints.join(subtaskKey(deployment.address));
    this.#checkpoints = new SubtaskCheckpoints({
      deployment,
      runtime,
      chain: this.#builtChain,
      states,
      snapshotSource: (id) => this.#snapshotSource(id),
      post: (letter) => this.#mailbox.post(letter),
      fail,
    });
  }

  #makeGate(): GateInput {
    const { gate, vertex } = this.deployment;
    const chain = this.#chain;
    const inputCount = Math.max(...vertex.inputs.map(({ inputIndex }) => inputIndex)) + 1;
    return new GateInput({
      gate: must(gate, 'gate of a subtask with inputs'),
      head: must(chain.nodes[0], 'head of the chain').chained,
      inputs: Array.from({ length: inputCount }, (_, index) => chain.headInput(index)),
      unitesInputs: chain.nodes[0]?.operator?.unitesInputs === true,
      skipAlignment: this.#runtime.configuration.mutants.active.has('skipped-alignment'),
      clock: this.#runtime.environment.clock,
      isFull: () => chain.mustPause,
      onWatermark: (watermarkMs) => this.#onWatermark(watermarkMs),
      onStatus: (isIdle) => chain.emitStatus(isIdle),
      onSnapshot: (barrier, alignmentMs) => this.#takeSnapshot(barrier, alignmentMs),
      onGivenUp: (checkpointId, reason) => this.#giveUp(checkpointId, reason),
    });
  }

  async #startSource(): Promise<void> {
    const chain = this.#chain;
    const head = must(chain.nodes[0], 'head of the chain');
    const { source, start } = makeSourceInput({
      deployment: this.deployment,
      runtime: this.#runtime,
      head,
      states: must(this.#states[0], 'state of the head'),
      signal: this.#lifecycle.signal,
      fail: (error) => this.#mailbox.post(() => this.#fail(error)),
      isFull: () => chain.mustPause,
      isWatermarkFree: () => !chain.isWatermarkPending,
      onWatermark: (watermarkMs) => this.#onWatermark(watermarkMs),
      onStatus: (isIdle) => chain.emitStatus(isIdle),
    });
    this.#source = source;
    this.#lifecycle.addSource(source);
    await this.#lifecycle.open(head.chained, `Starting the reader of source '${head.chained.name}'`, start);
  }

  #started(): void {
    this.#phase = 'running';
    if (this.deployment.restore?.isFinished === true) this.#passEndOn();
    else this.#reportStatus('running');
  }

  #stepInside(): StepResult {
    const letters = this.#mailbox.drain();
    const chain = this.#chain;
    const wasBlocked = chain.isBlocked;
    if (!chain.drainOutputs()) {
      // Back pressure holds records up, not the snapshot.
      this.#checkpoints?.advance(0);
      chain.flush();
      publishMetrics(this.deployment, chain, this.#input);
      return 'blocked';
    }
    const { clock } = this.#runtime.environment;
    const startedMs = clock.monotonicMs();
    const isHeldUp = this.#phase === 'running' && !chain.isAvailable;
    const didWork = this.#phase === 'running' && !isHeldUp && this.#work(clock.nowMs());
    const busyMs = didWork ? clock.monotonicMs() - startedMs : 0;
    const didWrite = this.#checkpoints?.advance(busyMs) === true;
    chain.flush();
    publishMetrics(this.deployment, chain, this.#input);
    if (didWork || didWrite || wasBlocked || letters > 0) return 'progress';
    return isHeldUp ? 'blocked' : 'idle';
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
    if (this.#source?.untilPeriodMs === 0) {
      this.#source.onPeriod(this.#runtime.environment.clock.monotonicMs());
      if (chain.mustPause) return true;
    }
    const didPoll = this.#poll();
    if (this.#isInputEnded() && !chain.isWatermarkPending) this.#endOfData();
    return didPoll;
  }

  #poll(): boolean {
    const { clock } = this.#runtime.environment;
    const startedMs = clock.monotonicMs();
    const didPoll = this.#input?.poll(this.#batch.limit) === true;
    if (didPoll) this.#batch.measured(clock.monotonicMs() - startedMs);
    return didPoll;
  }

  /** Neither records nor firings: what they emit would find no room. */
  get #isHeldUp(): boolean {
    return this.#chain.isBlocked || !this.#chain.isAvailable;
  }

  #isInputEnded(): boolean {
    return this.#input?.isEnded ?? true;
  }

  #onWatermark(watermarkMs: EventTimeMs): void {
    this.deployment.metrics.set('currentInputWatermark', watermarkMs);
    this.#chain.startWatermark(watermarkMs);
  }

  #takeSnapshot(barrier: CheckpointBarrier, alignmentMs: number): void {
    this.deployment.metrics.add('checkpointAlignmentTimeMs', alignmentMs);
    this.#checkpoints?.take(barrier, this.#hasFinishedOperators, alignmentMs);
  }

  /** Those further down must not wait for a barrier that will not come. */
  #giveUp(checkpointId: CheckpointId, reason: DeclineReason): void {
    this.#chain.broadcast({ kind: 'cancel-checkpoint', checkpointId });
    this.#checkpoints?.decline(checkpointId, reason);
  }

  /** From the coordinator: to a source, or to a subtask whose input has ended. */
  #onTrigger(trigger: TriggerCheckpoint): void {
    const { checkpointId } = trigger;
    if (this.#phase !== 'running' && this.#phase !== 'end-of-data') return;
    // The slot hears of an abort at once, its subtasks with their next letters: this trigger may lie in front of that.
    if (this.#runtime.checkpoints.isAborted(checkpointId)) return;
    if (this.#gate !== undefined && !this.#gate.acceptTrigger(checkpointId)) return;
    this.#takeSnapshot({ kind: 'barrier', ...trigger }, 0);
  }

  #onCompleted(completed: CheckpointCompleted): void {
    // Whoever has finished owes nothing: the checkpoint may have completed without the part that is still being written here.
    if (this.#checkpoints === undefined || this.#phase === 'finished') return;
    this.#source?.checkpointCompleted(completed.checkpointId);
    this.#checkpoints.completed(completed).then(
      (coversEnd) => this.#mailbox.post(() => (coversEnd ? this.#finished() : undefined)),
      (error: unknown) => this.#mailbox.post(() => this.#fail(error)),
    );
  }

  #snapshotSource(checkpointId: CheckpointId): void {
    const source = this.#source;
    if (source === undefined) return;
    this.#states[0]?.lists.listState(SPLITS_STATE, 'split').update(source.snapshot(checkpointId));
  }

  /** All input is used up, WATERMARK_MAX has passed the chain: the operators finish, and nothing follows downstream. */
  #endOfData(): void {
    if (this.#phase !== 'running') return;
    this.#phase = 'end-of-data';
    this.#chain.forEach((operator) => operator.finish?.());
    this.#hasFinishedOperators = true;
    this.#chain.broadcast(END_OF_INPUT);
    if (this.#runtime.configuration.isCheckpointingEnabled) return this.#reportStatus('end-of-data');
    this.#checkpoints?.flush(FINAL_FLUSH_ID).then(
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
    this.#lifecycle.abort();
    this.#cancelSnapshots();
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
}
