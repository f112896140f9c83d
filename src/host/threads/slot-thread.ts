/**
 * Entry of a slot's thread. Loads the job's module once; then serves one attempt after the other: evaluate the definition,
 * assemble the slot, run rounds, close. See thread-messages.ts for what is said and when.
 */
import { Console } from 'node:console';
import { parentPort, workerData } from 'node:worker_threads';
import { assert, must } from '../../base/assert.ts';
import { MillraceError, toErrorRecord } from '../../base/errors.ts';
import { requireJob } from '../../graph/job-mark.ts';
import type { JobDefinition } from '../../graph/stream-graph.ts';
import { synchronousStream } from '../node/synchronous-stream.ts';
import { Heartbeat } from './heartbeat.ts';
import { SlotAttempt } from './slot-attempt.ts';
import type { FromSlotThread, ThreadData, ToSlotThread } from './thread-messages.ts';

/** Ticks even when no rounds run, so that only a thread inside one long call is silent. */
const TICK_MS = 250;

const port = must(parentPort, 'main thread: this file is the entry of a worker thread');
const data = workerData as ThreadData;
const heartbeat = new Heartbeat(data.heartbeat);
let current: SlotAttempt | undefined;

function send(message: FromSlotThread): void {
  port.postMessage(message);
}

function deploy(definition: JobDefinition, message: Extract<ToSlotThread, { kind: 'deploy' }>): void {
  const { attemptNumber } = message.plan;
  assert(current === undefined, () => `Attempt ${attemptNumber} was deployed before the last one ended`);
  try {
    current = new SlotAttempt({
      definition,
      data,
      heartbeat,
      plan: message.plan,
      memory: message.memory,
      send: (masterMessage) => send({ kind: 'master-call', attemptNumber, message: masterMessage }),
      onBroken: (error) => send({ kind: 'fatal', error: toErrorRecord(error) }),
    });
    send({ kind: 'deployed', attemptNumber });
  } catch (error) {
    send({ kind: 'deploy-failed', attemptNumber, error: toErrorRecord(error) });
  }
}

async function cancel(attemptNumber: number): Promise<void> {
  if (current?.attemptNumber === attemptNumber) {
    await current.close();
    current = undefined;
  }
  send({ kind: 'ended', attemptNumber });
}

function onMessage(definition: JobDefinition, message: ToSlotThread): void {
  switch (message.kind) {
    case 'deploy':
      return deploy(definition, message);
    case 'start':
      if (current?.attemptNumber === message.attemptNumber) current.start();
      return;
    case 'slot-call':
      if (current?.attemptNumber === message.attemptNumber) current.call(message.message);
      return;
    case 'cancel':
      void cancel(message.attemptNumber);
      return;
  }
}

async function main(): Promise<void> {
  process.setSourceMapsEnabled(true);
  // A worker's own console goes through the main thread and loses lines when the process exits.
  globalThis.console = new Console(synchronousStream(1), synchronousStream(2));
  heartbeat.leaveSubtasks();
  setInterval(() => heartbeat.beat(), TICK_MS).unref();
  const exports = (await import(data.moduleUrl)) as { readonly default?: unknown };
  const definition = requireJob(exports.default, data.moduleUrl);
  port.on('message', (message: ToSlotThread) => onMessage(definition, message));
  send({ kind: 'ready' });
}

main().catch((error: unknown) => {
  const failure = MillraceError.is(error)
    ? error
    : new MillraceError('JOB_MODULE_INVALID', `Loading job module '${data.moduleUrl}' in a slot failed`, {
        cause: error,
      });
  send({ kind: 'fatal', error: toErrorRecord(failure) });
});
