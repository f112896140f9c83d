/** What hears of an attempt, in place of the job master: remembers it, and lets a test wait for it. */
import type { LogLevel } from '../../src/base/environment.ts';
import type { ErrorRecord } from '../../src/base/errors.ts';
import type { AttemptListener } from '../../src/job/host.ts';
import { FakeMaster } from './fake-master.ts';

export class FakeAttemptListener extends FakeMaster implements AttemptListener {
  readonly logged: string[] = [];

  slotDied(slotIndex: number, error: ErrorRecord): void {
    this.errors.push(error);
    this.hear(`slot ${slotIndex} died: ${error.message}`);
  }

  override log(_level: LogLevel, message: string, _fields: Readonly<Record<string, unknown>>): void {
    this.logged.push(message);
  }
}
