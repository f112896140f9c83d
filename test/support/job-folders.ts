/** What a job leaves on disk: its committed output, and everything that should not be there. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';

/** Committed rows of each sink, sorted: what must not depend on failures. */
export type CommittedOutput = Readonly<Record<string, readonly string[]>>;

export class JobFolders {
  readonly root: string;
  readonly output: string;
  readonly checkpoints: string;

  private constructor(root: string, elsewhere: Partial<Pick<JobFolders, 'output' | 'checkpoints'>>) {
    this.root = root;
    this.output = elsewhere.output ?? join(root, 'output');
    this.checkpoints = elsewhere.checkpoints ?? join(root, 'checkpoints');
  }

  /** @param elsewhere what of it does not lie below the root */
  static make(elsewhere: Partial<Pick<JobFolders, 'output' | 'checkpoints'>> = {}): JobFolders {
    return new JobFolders(mkdtempSync(join(tmpdir(), 'millrace-crash-')), elsewhere);
  }

  /** As run-job.ts lays them out. */
  static below(root: string): JobFolders {
    return new JobFolders(root, {});
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The one job's folder below the checkpoint directory. */
  get jobDirectory(): string {
    const [jobId] = readdirSync(this.checkpoints);
    if (jobId === undefined) throw new Error(`'${this.checkpoints}' holds no job`);
    return join(this.checkpoints, jobId);
  }

  /** By sink: what stands under final names. Whoever reads the folder skips hidden files, and so does this. */
  committed(): CommittedOutput {
    return Object.fromEntries(
      readdirSync(this.output).map((sink) => [
        sink,
        filesBelow(join(this.output, sink))
          .filter((path) => !basename(path).startsWith('.'))
          .flatMap((path) => wholeLines(path))
          .toSorted(),
      ]),
    );
  }

  /** Hidden files in the output folders. */
  temporaryOutput(): readonly string[] {
    return filesBelow(this.output)
      .filter((path) => basename(path).startsWith('.'))
      .map((path) => relative(this.output, path));
  }

  /** Everything in the job's folder but the few files that say whose it is, who runs it and which entries the log has. */
  checkpointFiles(): readonly string[] {
    return filesBelow(this.jobDirectory)
      .map((path) => relative(this.jobDirectory, path))
      .filter((path) => !/^(identity\.json|running\.json|lock-\d+|pointers\/\d{20})$/.test(path));
  }

  /** The pointer log, in order; empty before the first start. */
  pointers(): readonly PointerFacts[] {
    if (!existsSync(this.checkpoints) || readdirSync(this.checkpoints).length === 0) return [];
    const folder = join(this.jobDirectory, 'pointers');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => /^\d{20}$/.test(name))
      .toSorted()
      .map((name) => pointerFacts(readFileSync(join(folder, name), 'utf8')));
  }
}

export interface PointerFacts {
  readonly kind: string;
  readonly fencingEpoch: number;
  readonly checkpointId: number | undefined;
}

/** The first line is JSON. */
function pointerFacts(text: string): PointerFacts {
  // Any object will do: what a test looks at is compared anyway.
  const fields = JSON.parse(text.slice(0, text.indexOf('\n'))) as Readonly<Record<string, unknown>>;
  const { kind, fencingEpoch, checkpointId } = fields;
  return {
    kind: String(kind),
    fencingEpoch: Number(fencingEpoch),
    checkpointId: typeof checkpointId === 'number' ? checkpointId : undefined,
  };
}

/** A final name stands for a complete file: its last line is whole. */
function wholeLines(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  if (!text.endsWith('\n')) throw new Error(`'${path}' ends in the middle of a line`);
  return text.slice(0, -1).split('\n');
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
