/** How a simulated process is configured: drawn from the seed, small enough that much happens in little virtual time. */
import type { SimRandom } from '../../host/sim/sim-random.ts';
import type { StepLimits } from '../../task/task-configuration.ts';

export function drawConfiguration(random: SimRandom): Readonly<Record<string, string>> {
  const ms = (from: number, to: number): string => `${Math.round(from + random.next() * (to - from))} ms`;
  return {
    'execution.checkpointing.interval': ms(10, 40),
    // Well above what small channels and the work of two processes on one machine can hold a checkpoint up.
    'execution.checkpointing.timeout': ms(500, 2000),
    'execution.checkpointing.min-pause': random.chance(0.5) ? '0 ms' : ms(1, 10),
    'execution.checkpointing.max-concurrent-checkpoints': String(1 + random.nextInt(2)),
    'execution.checkpointing.tolerable-failed-checkpoints': String(random.nextInt(4)),
    'execution.checkpointing.num-retained': String(1 + random.nextInt(2)),
    'execution.checkpointing.incremental': String(random.chance(0.5)),
    'pipeline.auto-watermark-interval': ms(1, 20),
    'restart-strategy.type': 'exponential-delay',
    'restart-strategy.exponential-delay.initial-backoff': ms(1, 10),
    'restart-strategy.exponential-delay.max-backoff': ms(20, 60),
  };
}

export function drawStepLimits(random: SimRandom): StepLimits {
  return { firings: 1 + random.nextInt(8), snapshotEntries: 1 + random.nextInt(8) };
}
