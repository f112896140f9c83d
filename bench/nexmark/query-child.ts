/** `bench nexmark --json` of a checkout, in a process of its own that warms itself up and does not outlive this one. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface QueryChild {
  readonly query: string;
  readonly events: number;
  readonly parallelism: number;
  /** Default none. */
  readonly moreFlags?: readonly string[];
}

export interface EndedQueryChild {
  readonly output: string;
  /** Null after a signal. */
  readonly exitCode: number | null;
}

/** @param root of the checkout */
export async function runQueryChild(root: string, child: QueryChild): Promise<EndedQueryChild> {
  const { query, events, parallelism, moreFlags = [] } = child;
  const flags = ['--query', query, '--events', String(events), '--parallelism', String(parallelism), '--json'];
  const running = spawn(
    process.execPath,
    ['--conditions=source', join(root, 'bench/run.ts'), 'nexmark', ...flags, ...moreFlags],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const onExit = (): void => void running.kill('SIGKILL');
  process.once('exit', onExit);
  const ended = new Promise<number | null>((resolve, reject) => {
    running.once('error', reject);
    running.once('close', (code) => resolve(code));
  });
  const output = await text(running.stdout);
  const exitCode = await ended;
  process.off('exit', onExit);
  return { output, exitCode };
}
