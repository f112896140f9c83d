import type { JobEvent, JobStatusSnapshot } from '../../job/job-status.ts';

/** Shows a running job. All calls come from the main thread. */
export interface JobDisplay {
  onEvent(event: JobEvent): void;
  /** From now on there is a status to show. */
  follow(status: () => JobStatusSnapshot): void;
  /** Lines that stay, whatever is shown besides. */
  print(lines: readonly string[]): void;
  /** Shows no more status; safe to call twice, and in every state. */
  close(): void;
}
