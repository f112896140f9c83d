import type { OperatorFactory } from '../base/operator.ts';
import type { KeySpec } from '../graph/stream-graph.ts';
import { fieldAggregation } from './field-aggregation.ts';
import type { FieldAggregation } from './field-aggregation.ts';
import { reduceOperator } from './reduce-operator.ts';

/** sum, min, max, minBy and maxBy of a keyed stream: emits the updated record for each record. */
export function rollingAggregationOperator(aggregation: FieldAggregation, key: KeySpec): OperatorFactory {
  return { ...reduceOperator<unknown>(fieldAggregation(aggregation), key), kind: aggregation.kind };
}
