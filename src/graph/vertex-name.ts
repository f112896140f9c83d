import { must } from '../base/assert.ts';
import type { ChainedOperator } from './job-graph.ts';

/** 'Source: flights -> (Filter -> Sink: results, Map)': names as Flink builds them, branches in parentheses. */
export function vertexName(chain: readonly ChainedOperator[]): string {
  return nameFrom(chain, 0);
}

function nameFrom(chain: readonly ChainedOperator[], index: number): string {
  const operator = must(chain[index], `operator ${index} of a chain`);
  const followers = operator.next.map((next) => nameFrom(chain, next.chainIndex));
  if (followers.length === 0) return displayName(operator);
  const joined = followers.join(', ');
  return `${displayName(operator)} -> ${followers.length === 1 ? joined : `(${joined})`}`;
}

/** The name with its role in front, as Flink shows it. */
export function displayName(operator: ChainedOperator): string {
  switch (operator.role.kind) {
    case 'source':
      return `Source: ${operator.name}`;
    case 'sink':
      return `Sink: ${operator.name}`;
    case 'operator':
      return operator.name;
  }
}
