/** Writes what a subtask's input, writers and chain have counted into its row of metrics, at the end of each step. */
import type { SubtaskDeployment } from './subtask-deployment.ts';
import type { OperatorChain } from './operator-chain.ts';
import type { SubtaskInput } from './subtask-input.ts';

export function publishMetrics(
  { metrics, writers }: SubtaskDeployment,
  chain: OperatorChain,
  input: SubtaskInput | undefined,
): void {
  let recordsOut = 0;
  let bytesOut = 0;
  let overflow = 0;
  for (const { writer } of writers) {
    recordsOut += writer.recordsWritten;
    bytesOut += writer.bytesWritten;
    overflow += writer.overflowRecords;
  }
  metrics.set('numRecordsIn', input?.recordsRead ?? 0);
  if (input?.bytesRead !== undefined) metrics.set('numBytesIn', input.bytesRead);
  metrics.set('numRecordsOut', recordsOut);
  metrics.set('numBytesOut', bytesOut);
  metrics.set('overflowRecords', overflow);
  metrics.max('overflowRecordsMax', overflow);
  metrics.set('currentOutputWatermark', chain.outputWatermarkMs);
}
