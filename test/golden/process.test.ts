/** Process functions with state and timers against recorded Flink jobs. */
import { expect, test } from 'vitest';
import type { OperatorFactory } from '../../src/base/operator.ts';
import { keyedProcessOperator } from '../../src/operators/keyed-process-operator.ts';
import type { Collector } from '../../src/operators/functions/collector.ts';
import { KeyedProcessFunction } from '../../src/operators/functions/keyed-process-function.ts';
import type { RuntimeContext } from '../../src/operators/functions/runtime-context.ts';
import { processOperator } from '../../src/operators/process-operator.ts';
import { valueState } from '../../src/state/descriptors/value-state.ts';
import { keyGroupOf } from '../../src/state/key-groups.ts';
import { goldenCase } from '../support/golden-case.ts';
import {
  BothDomains,
  FuzzTimers,
  Inactivity,
  PlainProcess,
  ProcessingTimeChain,
  StateKinds,
  TimerCommands,
  TimersFromTimers,
} from '../support/golden-functions.ts';
import type { Result } from '../support/golden-functions.ts';
import { operatorJob, testGoldenCase } from '../support/golden-replay.ts';
import type { Element } from '../support/golden-replay.ts';
import { keyBy, OperatorHarness } from '../support/operator-harness.ts';

const byK = keyBy((element: Element) => element.k);

const cases: Record<string, () => KeyedProcessFunction<string, Element, Result>> = {
  'timers-both-domains': () => new BothDomains(),
  'timers-in-the-past': () => new TimerCommands(),
  'timers-max': () => new TimerCommands(),
  'timers-processing-time': () => new TimerCommands(),
  'timers-processing-time-chain': () => new ProcessingTimeChain(),
  'timers-inactivity': () => new Inactivity(),
  'timers-registered-in-ontimer': () => new TimersFromTimers(),
  'fuzz-timers-1': () => new FuzzTimers(),
  'fuzz-timers-2': () => new FuzzTimers(),
  'fuzz-timers-3': () => new FuzzTimers(),
  'state-kinds': () => new StateKinds(),
};

for (const [name, makeFunction] of Object.entries(cases)) {
  const makeOperator = (): OperatorFactory => keyedProcessOperator(makeFunction(), byK);
  testGoldenCase(name, (replay) => operatorJob({ makeOperator, key: byK }, replay));
}

testGoldenCase('process-plain', (replay) => operatorJob({ makeOperator: () => processOperator(new PlainProcess()) }, replay));

/** Adds to a sum and fires at the value's time; says where. */
class SumsAndTimers extends KeyedProcessFunction<string, { readonly v: number }, Result> {
  state = { sum: valueState<number>('sum', { default: 0 }) };
  #subtask = -1;

  override open({ subtaskIndex }: RuntimeContext): void {
    this.#subtask = subtaskIndex;
  }

  processElement({ v }: { readonly v: number }, ctx: this['Context']): void {
    this.state.sum.update(this.state.sum.value() + v);
    ctx.timerService.registerEventTimeTimer(v);
  }

  override onTimer(timer: number, { currentKey: key }: this['OnTimerContext'], out: Collector<Result>): void {
    out.collect({ subtask: this.#subtask, key, timer, sum: this.state.sum.value(), keyGroup: keyGroupOf(key, 128) });
  }
}

test.each([
  ['keyed-state-1-to-2', 1, 2],
  ['keyed-state-2-to-3', 2, 3],
  ['keyed-state-3-to-1', 3, 1],
])('%s: keys move with their state and timers', (name, before, after) => {
  const { input, output } = goldenCase<{ readonly k: string; readonly v: number }, Result>(name);
  const key = keyBy(({ k }: { readonly k: string }) => k);
  const harness = new OperatorHarness({
    makeOperator: () => keyedProcessOperator(new SumsAndTimers(), key),
    key,
    parallelism: before,
  });
  for (const element of input) harness.element(element);
  harness.restart(after);
  harness.watermark(1000);

  const results = harness.takeValues();
  expect(results).toHaveLength(output.length);
  expect(new Set(results)).toEqual(new Set(output));
});
