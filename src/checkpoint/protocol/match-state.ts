/**
 * Does the job fit the checkpoint? Pure, and decided for the whole job before its first record: everything that does not fit is
 * listed in one error. State is matched by operator id (the uid) and state name. Changed code, new and removed stateless
 * operators, other names and another parallelism are fine.
 */
import { MillraceError } from '../../base/errors.ts';
import type { OperatorId } from '../../base/ids.ts';
import type { ChainedOperator, JobGraph, JobVertex } from '../../graph/job-graph.ts';
import { describeOperator } from '../coordinator/job-description.ts';
import type { OperatorDescription } from '../coordinator/job-description.ts';
import { hasNoState } from '../metadata/checkpoint-metadata.ts';
import type { CheckpointMetadata, OperatorMetadata } from '../metadata/checkpoint-metadata.ts';
import { checkpointDirectoryName } from './checkpoint-paths.ts';
import { matchFinished } from './match-finished.ts';
import type { StateProblem } from './state-problem.ts';

export interface MatchedJob {
  /** Operators of the job that the checkpoint has. */
  readonly operators: ReadonlyMap<OperatorId, OperatorMetadata>;
  /** For each vertex: its own, or that of its state when the user set none. */
  readonly maxParallelism: ReadonlyMap<OperatorId, number>;
  /** Vertices that had used up their input. */
  readonly finishedVertices: ReadonlySet<OperatorId>;
  /** State that nobody takes and --allow-non-restored-state lets go; for a warning. */
  readonly dropped: readonly string[];
}

export interface MatchOptions {
  readonly allowNonRestoredState: boolean;
}

/** Throws STATE_INCOMPATIBLE, or SOURCE_CHANGED or PARALLELISM_TOO_HIGH when all problems are of that kind. */
export function matchState(jobGraph: JobGraph, metadata: CheckpointMetadata, options: MatchOptions): MatchedJob {
  const stored = new Map(metadata.operators.map((operator) => [operator.operatorId, operator]));
  const matched = new Map<OperatorId, OperatorMetadata>();
  const maxParallelism = new Map<OperatorId, number>();
  const problems: StateProblem[] = [];
  const dropped: string[] = [];
  for (const vertex of jobGraph.vertices) {
    for (const chained of vertex.chain) {
      const operator = stored.get(chained.operatorId);
      if (operator === undefined) continue;
      matched.set(chained.operatorId, operator);
      problems.push(...operatorProblems(vertex, chained, operator));
      dropped.push(...unmatchedStates(chained, operator));
    }
    maxParallelism.set(vertex.id, matchMaxParallelism(vertex, stored, problems));
  }
  dropped.push(...unmatchedOperators(metadata, matched));
  if (dropped.length > 0 && !options.allowNonRestoredState) problems.push(...dropped.map(unmatchedProblem));
  const finished = matchFinished(jobGraph, matched);
  problems.push(...finished.problems);
  if (problems.length > 0) throw incompatible(metadata, problems);
  return { operators: matched, maxParallelism, finishedVertices: finished.vertices, dropped };
}

function operatorProblems(
  vertex: JobVertex,
  chained: ChainedOperator,
  stored: OperatorMetadata,
): readonly StateProblem[] {
  const current = describeOperator(vertex, chained);
  return [...sourceProblems(current, stored), ...stateKindProblems(current, stored), ...keyProblems(current, stored)];
}

function sourceProblems(current: OperatorDescription, stored: OperatorMetadata): readonly StateProblem[] {
  const name = operatorText(stored);
  if ((current.source === undefined) !== (stored.source === undefined)) {
    if (hasNoState(stored)) return [];
    const now = current.source === undefined ? 'is no source any more' : 'has become a source';
    return [{ code: 'STATE_INCOMPATIBLE', text: `${name} ${now}` }];
  }
  if (current.source === undefined || stored.source === undefined) return [];
  const before = [stored.source.kind, ...stored.source.identity].join(' ');
  const now = [current.source.kind, ...current.source.identity].join(' ');
  if (before !== now) return [{ code: 'SOURCE_CHANGED', text: `${name} read '${before}' and now reads '${now}'` }];
  if (current.source.splitVersion === stored.source.splitVersion) return [];
  return [
    {
      code: 'STATE_INCOMPATIBLE',
      text: `${name} has splits of version ${stored.source.splitVersion}, and its source reads version ${current.source.splitVersion}`,
    },
  ];
}

function stateKindProblems(current: OperatorDescription, stored: OperatorMetadata): readonly StateProblem[] {
  return stored.states.flatMap(({ name, kind }): StateProblem[] => {
    const declared = current.states.find((state) => state.name === name);
    if (declared === undefined || declared.kind === kind) return [];
    return [
      {
        code: 'STATE_INCOMPATIBLE',
        text: `state '${name}' of ${operatorText(stored)} was a ${kind} state and is now a ${declared.kind} state`,
      },
    ];
  });
}

/**
 * The key group of a key follows from its hash: with another one, state would be looked for in the wrong place. How many inputs the
 * operator has does not count, because all of them have the same hash.
 */
function keyProblems(current: OperatorDescription, stored: OperatorMetadata): readonly StateProblem[] {
  if (!hasKeyedState(stored)) return [];
  const before = keyTexts(stored.keys);
  const now = keyTexts(current.keys);
  if (before === now) return [];
  return [
    {
      code: 'STATE_INCOMPATIBLE',
      text: `the key of ${operatorText(stored)} was hashed by ${before} and is now by ${now}`,
    },
  ];
}

function keyTexts(keys: OperatorMetadata['keys']): string {
  return [...new Set(keys.map(keyText))].join(', ');
}

function keyText(key: { readonly hashId: string | undefined } | undefined): string {
  if (key === undefined) return 'nothing (no key)';
  return key.hashId === undefined ? "the key's type" : `'${key.hashId}'`;
}

/**
 * Flink's rule: one that was derived adopts that of the state, one that the user set must equal it. Only keyed state depends on it;
 * without any, the vertex has what its job graph says.
 */
function matchMaxParallelism(
  vertex: JobVertex,
  stored: ReadonlyMap<OperatorId, OperatorMetadata>,
  problems: StateProblem[],
): number {
  const keyed = vertex.chain
    .map(({ operatorId }) => stored.get(operatorId))
    .filter((operator) => operator !== undefined)
    .filter(hasKeyedState);
  let maxParallelism = vertex.maxParallelism;
  for (const operator of keyed) {
    const ofState = operator.maxParallelism;
    if (ofState === maxParallelism) continue;
    const isFixed = vertex.hasExplicitMaxParallelism || operator !== keyed[0];
    if (isFixed) {
      problems.push({
        code: 'STATE_INCOMPATIBLE',
        text: `the state of ${operatorText(operator)} has max parallelism ${ofState}, and '${vertex.name}' has ${maxParallelism}`,
      });
    } else maxParallelism = ofState;
  }
  if (keyed.length > 0 && vertex.parallelism > maxParallelism) {
    problems.push({
      code: 'PARALLELISM_TOO_HIGH',
      text: `the parallelism ${vertex.parallelism} of '${vertex.name}' is above the max parallelism ${maxParallelism} of its state`,
    });
  }
  return maxParallelism;
}

/** States that the operator does not declare any more. */
function unmatchedStates(chained: ChainedOperator, stored: OperatorMetadata): readonly string[] {
  if (!hasKeyedState(stored)) return [];
  const declared = chained.role.kind === 'operator' ? chained.role.factory.states : [];
  return stored.states
    .filter(({ name }) => !declared.some((state) => state.name === name))
    .map(({ name }) => `state '${name}' of ${operatorText(stored)}`);
}

function unmatchedOperators(
  metadata: CheckpointMetadata,
  matched: ReadonlyMap<OperatorId, unknown>,
): readonly string[] {
  return metadata.operators
    .filter((operator) => !matched.has(operator.operatorId) && !hasNoState(operator))
    .map((operator) => {
      const names = operator.states.map(({ name }) => `'${name}'`).join(', ');
      return `all state of ${operatorText(operator)}${names === '' ? '' : ` (${names})`}`;
    });
}

function unmatchedProblem(what: string): StateProblem {
  return {
    code: 'STATE_INCOMPATIBLE',
    text: `${what} has no place in the job; give the operator its former uid, or drop the state with --allow-non-restored-state`,
  };
}

function hasKeyedState({ subtasks }: OperatorMetadata): boolean {
  return subtasks.some(({ keyed }) => keyed.length > 0);
}

function operatorText({ name, uid, hasUserUid, operatorId }: OperatorMetadata): string {
  return hasUserUid ? `operator '${name}' (uid '${uid}')` : `operator '${name}' (no uid, id ${operatorId})`;
}

function incompatible(metadata: CheckpointMetadata, problems: readonly StateProblem[]): MillraceError {
  const codes = new Set(problems.map(({ code }) => code));
  const [only] = codes;
  const code = codes.size === 1 && only !== undefined ? only : 'STATE_INCOMPATIBLE';
  const list = problems.map(({ text }) => `\n  - ${text}`).join('');
  const name = checkpointDirectoryName(metadata.checkpointId);
  return new MillraceError(
    code,
    `Restoring ${name} of '${metadata.jobName}' failed, because the job does not fit its state:${list}`,
    {
      context: { jobName: metadata.jobName, checkpointId: metadata.checkpointId },
    },
  );
}
