/**
 * A definition while it is being evaluated: nodes, configuration and defaults. One belongs to one environment and is shared by all
 * streams of it; once the graph is made it is sealed, so that a callback that runs later cannot change a job that already runs.
 */
import { assert } from '../base/assert.ts';
import { MillraceError } from '../base/errors.ts';
import type {
  ChainingStrategy,
  JobDefinition,
  KeySpec,
  NodeRole,
  StreamEdge,
  StreamGraph,
} from '../graph/stream-graph.ts';
import type { Executor } from './executor.ts';

/** What the user may set until the graph is made. */
export interface NodeSettings {
  name: string;
  uid: string | undefined;
  parallelism: number | undefined;
  maxParallelism: number | undefined;
  chaining: ChainingStrategy;
}

/** What one API call added. */
export interface NodeDraft {
  readonly id: number;
  readonly role: NodeRole;
  /** Of its inputs; none for operators without key. */
  readonly keys: readonly KeySpec[];
  readonly inputs: readonly StreamEdge[];
  readonly settings: NodeSettings;
}

export interface NodeAddition {
  readonly name: string;
  readonly role: NodeRole;
  readonly inputs: readonly StreamEdge[];
  /** One for each input when they are keyed. */
  readonly keys?: readonly KeySpec[];
  readonly parallelism?: number;
}

export class StreamGraphBuilder {
  /** Runs the job when a script asks for it; undefined inside a job module, where the command line does that. */
  readonly executor: Executor | undefined;
  /** Set by env.setParallelism and env.setMaxParallelism; operators may set their own. */
  parallelism: number | undefined;
  maxParallelism: number | undefined;
  readonly #configuration = new Map<string, string>();
  readonly #drafts: NodeDraft[] = [];
  #isSealed = false;

  constructor(executor?: Executor) {
    this.executor = executor;
  }

  /** @throws JOB_DEFINITION_INVALID when the definition has already been evaluated */
  add(addition: NodeAddition): NodeDraft {
    this.checkOpen(`Adding '${addition.name}'`);
    const draft: NodeDraft = {
      id: this.#drafts.length,
      role: addition.role,
      keys: addition.keys ?? [],
      inputs: addition.inputs,
      settings: {
        name: addition.name,
        uid: undefined,
        parallelism: addition.parallelism,
        maxParallelism: undefined,
        chaining: 'always',
      },
    };
    this.#drafts.push(draft);
    return draft;
  }

  change(draft: NodeDraft, settings: Partial<NodeSettings>): void {
    assert(this.#drafts[draft.id] === draft, 'A node is changed through another environment');
    this.checkOpen(`Changing '${draft.settings.name}'`);
    Object.assign(draft.settings, settings);
  }

  configure(key: string, value: string): void {
    this.checkOpen(`Setting '${key}'`);
    this.#configuration.set(key, value);
  }

  checkOpen(action: string): void {
    if (!this.#isSealed) return;
    throw new MillraceError(
      'JOB_DEFINITION_INVALID',
      `${action} failed: the definition of the job has already been evaluated`,
    );
  }

  /** Seals the definition. */
  build(jobName: string): StreamGraph {
    this.#isSealed = true;
    const nodes = this.#drafts.map(({ id, role, keys, inputs, settings }) => ({
      id,
      name: settings.name,
      uid: settings.uid,
      parallelism: settings.parallelism ?? this.parallelism,
      maxParallelism: settings.maxParallelism ?? this.maxParallelism,
      role,
      keys: keysOfInputs(inputs, keys),
      inputs,
      chaining: settings.chaining,
    }));
    return { jobName, nodes, configuration: new Map(this.#configuration) };
  }

  /** For the executor: a definition that is evaluated already, so that each `build` gives the same graph. */
  toDefinition(name: string): JobDefinition {
    const graph = this.build(name);
    return { name, build: () => graph };
  }
}

function keysOfInputs(inputs: readonly StreamEdge[], keys: readonly KeySpec[]): readonly (KeySpec | undefined)[] {
  const inputCount = inputs.reduce((count, { inputIndex }) => Math.max(count, inputIndex + 1), 0);
  return Array.from({ length: inputCount }, (_, index) => keys[index]);
}
