/** Opening and closing of a subtask's operators: the only calls that may take time, each with a bound. */
import type { Environment } from '../base/environment.ts';
import { messageOf } from '../base/errors.ts';
import { settleWithin } from '../base/settle-within.ts';
import { operatorError } from './chain-output.ts';
import type { ChainNode } from './operator-chain.ts';
import type { SourceInput } from './source-input.ts';

/** Tail to head: whatever receives is ready before whatever emits. */
export async function openAll(nodes: readonly ChainNode[], environment: Environment, timeoutMs: number): Promise<void> {
  for (const { operator, chained } of nodes.toReversed()) {
    if (operator?.open === undefined) continue;
    try {
      await settleWithin(Promise.resolve(operator.open()), {
        environment,
        timeoutMs,
        what: `Opening operator '${chained.name}'`,
      });
    } catch (error) {
      throw operatorError(error, chained);
    }
  }
}

export interface CloseOptions {
  readonly nodes: readonly ChainNode[];
  readonly source: SourceInput | undefined;
  readonly environment: Environment;
  readonly timeoutMs: number;
}

/** Source first, then head to tail; each is closed even if another one fails. Failures are logged. */
export async function closeAll({ nodes, source, environment, timeoutMs }: CloseOptions): Promise<void> {
  const close = async (what: string, call: () => void | Promise<void>): Promise<void> => {
    try {
      await settleWithin(Promise.resolve(call()), { environment, timeoutMs, what });
    } catch (error) {
      environment.logger.log('warn', `${what} failed: ${messageOf(error)}`);
    }
  };
  if (source !== undefined) await close('Closing the source reader', () => source.close());
  for (const { operator, chained } of nodes) {
    if (operator?.close !== undefined) await close(`Closing operator '${chained.name}'`, () => operator.close?.());
  }
}
