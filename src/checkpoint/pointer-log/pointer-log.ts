/**
 * The pointer log in a folder: carries out what pointer-log-state.ts decides. Calls may overlap: they are worked off one after the
 * other.
 *
 * Putting an entry: temporary file, fsync → link() to the entry's name (fails if somebody has it) → fsync of the folder → list.
 * An error before link() leaves nothing behind. After it, the entry may stand without our knowing: then its outcome is looked up,
 * and if that fails too, the process must end (recovery 'fail-process'), because a restart inside it would go on from an
 * older checkpoint while the log names the newer one.
 */
import type { Environment } from '../../base/environment.ts';
import { MillraceError, messageOf } from '../../base/errors.ts';
import { fileErrorCode } from '../../base/files.ts';
import { joinPath, parsePointerName, pointerName, TEMPORARY_SUFFIX } from '../protocol/checkpoint-paths.ts';
import type { CheckpointPaths } from '../protocol/checkpoint-paths.ts';
import { readIfPresent, removeIfPresent, writeTemporary } from '../storage/durable-file.ts';
import { decodePointerEntry, encodePointerEntry } from './pointer-entry.ts';
import type { PointerEntry, PointerRecord } from './pointer-entry.ts';
import { decideAppend, decidePermit, highestEpoch, isSameEntry, nextSequence } from './pointer-log-state.ts';

const PUT_ATTEMPTS_MAX = 100;
const SYNC_ATTEMPTS_MAX = 3;

export interface PointerLogOptions {
  readonly environment: Environment;
  readonly paths: CheckpointPaths;
  /** Mutant 'stale-epoch-accepted' of the simulator: entries of higher epochs are not noticed. */
  readonly acceptStaleEpochs: boolean;
}

/** Who appends. */
export interface LogOwner {
  readonly fencingEpoch: number;
  readonly runId: string;
}

export type AppendOutcome =
  | { readonly kind: 'permitted'; readonly entry: PointerEntry }
  | { readonly kind: 'fenced'; readonly by: PointerEntry | undefined };

export type TakeoverOutcome =
  | { readonly kind: 'taken'; readonly entry: PointerEntry }
  /** Somebody appended since the log was read: what was decided on its facts does not hold. */
  | { readonly kind: 'conflict' };

export class PointerLog {
  readonly #options: PointerLogOptions;
  #entries: readonly PointerEntry[] = [];
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: PointerLogOptions) {
    this.#options = options;
  }

  /** As of the last `refresh` or append, ascending. */
  get entries(): readonly PointerEntry[] {
    return this.#entries;
  }

  /** Lists the folder and reads the entries that are new. Throws CHECKPOINT_CORRUPT for one that does not verify. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh());
  }

  /** The entry that says that the job has another owner than `owner`, if there is one. */
  findFencing(owner: LogOwner): Promise<PointerEntry | undefined> {
    return this.#inTurn(async () => {
      await this.#refresh();
      const decision = decideAppend(this.#entries, owner.fencingEpoch);
      return decision.kind === 'fenced' && !this.#options.acceptStaleEpochs ? decision.by : undefined;
    });
  }

  async #refresh(): Promise<void> {
    const { files } = this.#options.environment;
    const known = new Map(this.#entries.map((entry) => [entry.sequence, entry]));
    const entries: PointerEntry[] = [];
    for (const { name } of await files.list(this.#options.paths.pointers)) {
      const sequence = parsePointerName(name);
      if (sequence === undefined) continue;
      const entry = known.get(sequence) ?? (await this.#read(name, sequence));
      if (entry !== undefined) entries.push(entry);
    }
    this.#entries = entries.toSorted((a, b) => a.sequence - b.sequence);
  }

  /**
   * Takes the job over on the facts of the last `refresh`. The epoch of the entry is then this process's. `aboveEpoch`: that of a
   * restored checkpoint, which may come from another directory.
   */
  tryTakeOver(
    record: PointerRecord & { kind: 'takeover' },
    runId: string,
    aboveEpoch: number = 0,
  ): Promise<TakeoverOutcome> {
    return this.#inTurn(() => this.#tryTakeOver(record, runId, aboveEpoch));
  }

  /** The permit, or the entry that says that the job has another owner. */
  append(record: PointerRecord, owner: LogOwner): Promise<AppendOutcome> {
    return this.#inTurn(() => this.#append(record, owner));
  }

  /** Removes entries that say nothing any more. Each is only tidied away: a crash in between does no harm. */
  remove(entries: readonly PointerEntry[]): Promise<void> {
    return this.#inTurn(() => this.#remove(entries));
  }

  /** Moves entries of former runs to the archive. */
  archive(entries: readonly PointerEntry[]): Promise<void> {
    return this.#inTurn(() => this.#archive(entries));
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(action);
    this.#tail = result.catch(() => {});
    return result;
  }

  async #tryTakeOver(
    record: PointerRecord & { kind: 'takeover' },
    runId: string,
    aboveEpoch: number,
  ): Promise<TakeoverOutcome> {
    const fencingEpoch = Math.max(highestEpoch(this.#entries), aboveEpoch) + 1;
    const entry = this.#entry(record, { runId, fencingEpoch });
    if (!(await this.#put(entry))) return { kind: 'conflict' };
    await this.#settle(entry);
    return decidePermit(this.#entries, entry).kind === 'permitted' ? { kind: 'taken', entry } : { kind: 'conflict' };
  }

  async #append(record: PointerRecord, owner: LogOwner): Promise<AppendOutcome> {
    const acceptStale = this.#options.acceptStaleEpochs;
    for (let attempt = 0; attempt < PUT_ATTEMPTS_MAX; attempt++) {
      const decision = decideAppend(this.#entries, owner.fencingEpoch);
      if (decision.kind === 'fenced' && !acceptStale) return decision;
      const entry = this.#entry(record, owner);
      if (await this.#put(entry)) {
        await this.#settle(entry);
        const permit = decidePermit(this.#entries, entry);
        return permit.kind === 'permitted' || acceptStale ? { kind: 'permitted', entry } : permit;
      }
      await this.#lookUp(entry);
    }
    throw this.#failure(`no place was free in ${PUT_ATTEMPTS_MAX} attempts`, undefined);
  }

  async #remove(entries: readonly PointerEntry[]): Promise<void> {
    for (const { sequence } of entries) await removeIfPresent(this.#options.environment.files, this.#path(sequence));
    this.#forget(entries);
  }

  async #archive(entries: readonly PointerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { environment, paths } = this.#options;
    await environment.files.makeDirectories(paths.archivedPointers);
    for (const { sequence } of entries) {
      await environment.files.rename(this.#path(sequence), joinPath(paths.archivedPointers, pointerName(sequence)));
    }
    await environment.files.syncDirectory(paths.archivedPointers);
    await environment.files.syncDirectory(paths.pointers);
    this.#forget(entries);
  }

  #entry(record: PointerRecord, owner: LogOwner): PointerEntry {
    return {
      sequence: nextSequence(this.#entries),
      fencingEpoch: owner.fencingEpoch,
      runId: owner.runId,
      writtenAtMs: this.#options.environment.clock.nowMs(),
      record,
    };
  }

  /** True when the entry got its place, false when somebody else has it. */
  async #put(entry: PointerEntry): Promise<boolean> {
    const { files, random } = this.#options.environment;
    const nonce = random.nextInt(2 ** 32).toString(16);
    const name = `.${pointerName(entry.sequence)}.epoch-${entry.fencingEpoch}.${nonce}${TEMPORARY_SUFFIX}`;
    const temporaryPath = joinPath(this.#options.paths.pointers, name);
    try {
      await writeTemporary(files, temporaryPath, encodePointerEntry(entry, this.#options.environment));
    } catch (error) {
      throw this.#failure(messageOf(error), error);
    }
    const isPut = await this.#link(temporaryPath, entry);
    // A second name of the same content; start-up clears away what is left.
    await removeIfPresent(files, temporaryPath).catch(() => {});
    return isPut;
  }

  async #link(temporaryPath: string, entry: PointerEntry): Promise<boolean> {
    try {
      await this.#options.environment.files.link(temporaryPath, this.#path(entry.sequence));
      return true;
    } catch (error) {
      if (fileErrorCode(error) === 'EEXIST') return false;
      await this.#lookUp(entry);
      const standing = this.#entries.find(({ sequence }) => sequence === entry.sequence);
      // Another one stands there: its owner has cleared our temporary file away before we could link it.
      if (standing !== undefined) return isSameEntry(standing, entry);
      throw this.#failure(messageOf(error), error);
    }
  }

  /** The entry stands: makes its name durable and lists the log once more. */
  async #settle(entry: PointerEntry): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#options.environment.files.syncDirectory(this.#options.paths.pointers);
        break;
      } catch (error) {
        if (attempt === SYNC_ATTEMPTS_MAX) throw this.#inDoubt(entry, error);
      }
    }
    await this.#lookUp(entry);
  }

  async #lookUp(entry: PointerEntry): Promise<void> {
    try {
      await this.#refresh();
    } catch (error) {
      if (MillraceError.is(error)) throw error;
      throw this.#inDoubt(entry, error);
    }
  }

  async #read(name: string, sequence: number): Promise<PointerEntry | undefined> {
    const { environment, paths } = this.#options;
    const file = joinPath(paths.pointers, name);
    const bytes = await readIfPresent(environment.files, file);
    // Removed since the folder was listed: by the owner, as one that says nothing any more.
    if (bytes === undefined) return undefined;
    return decodePointerEntry(bytes, { strings: environment.strings, checksum: environment.checksum, file, sequence });
  }

  #path(sequence: number): string {
    return joinPath(this.#options.paths.pointers, pointerName(sequence));
  }

  #forget(entries: readonly PointerEntry[]): void {
    const gone = new Set(entries.map(({ sequence }) => sequence));
    this.#entries = this.#entries.filter(({ sequence }) => !gone.has(sequence));
  }

  #failure(why: string, cause: unknown): MillraceError {
    return new MillraceError(
      'CHECKPOINT_STORAGE_FAILED',
      `Appending to the pointer log '${this.#options.paths.pointers}' failed: ${why}`,
      { cause },
    );
  }

  #inDoubt(entry: PointerEntry, cause: unknown): MillraceError {
    return new MillraceError(
      'CHECKPOINT_STORAGE_FAILED',
      `Appending entry ${entry.sequence} to the pointer log '${this.#options.paths.pointers}' has an unknown outcome: ${messageOf(cause)}`,
      { cause, recovery: 'fail-process' },
    );
  }
}
