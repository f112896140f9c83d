/** A slot's side of the control plane as one function a message: what OrderedCalls and message ports carry. */
import type { MasterCalls } from '../base/control-plane.ts';
import type { AttemptListener } from '../job/host.ts';

export type MasterMethod = keyof MasterCalls;

export type MasterMessage = {
  [M in MasterMethod]: { readonly method: M; readonly args: Parameters<MasterCalls[M]> };
}[MasterMethod];

/** Turns calls into messages. */
export function masterCallsOver(send: (message: MasterMessage) => void): MasterCalls {
  return {
    subtaskStatus: (...args) => send({ method: 'subtaskStatus', args }),
    subtaskFailed: (...args) => send({ method: 'subtaskFailed', args }),
    acknowledgeCheckpoint: (...args) => send({ method: 'acknowledgeCheckpoint', args }),
    declineCheckpoint: (...args) => send({ method: 'declineCheckpoint', args }),
    readerEvent: (...args) => send({ method: 'readerEvent', args }),
    collected: (...args) => send({ method: 'collected', args }),
    log: (...args) => send({ method: 'log', args }),
    attemptEnded: (...args) => send({ method: 'attemptEnded', args }),
  };
}

/** Turns messages back into calls. */
export function deliver(message: MasterMessage, target: MasterCalls): void {
  switch (message.method) {
    case 'subtaskStatus':
      return target.subtaskStatus(...message.args);
    case 'subtaskFailed':
      return target.subtaskFailed(...message.args);
    case 'acknowledgeCheckpoint':
      return target.acknowledgeCheckpoint(...message.args);
    case 'declineCheckpoint':
      return target.declineCheckpoint(...message.args);
    case 'readerEvent':
      return target.readerEvent(...message.args);
    case 'collected':
      return target.collected(...message.args);
    case 'log':
      return target.log(...message.args);
    case 'attemptEnded':
      return target.attemptEnded();
  }
}

/** The end of an attempt is awaited through `cancel`: the listener does not need the message. */
export function withoutEnd(listener: AttemptListener): MasterCalls {
  return {
    subtaskStatus: (...args) => listener.subtaskStatus(...args),
    subtaskFailed: (...args) => listener.subtaskFailed(...args),
    acknowledgeCheckpoint: (...args) => listener.acknowledgeCheckpoint(...args),
    declineCheckpoint: (...args) => listener.declineCheckpoint(...args),
    readerEvent: (...args) => listener.readerEvent(...args),
    collected: (...args) => listener.collected(...args),
    log: (...args) => listener.log(...args),
    attemptEnded: () => {},
  };
}
