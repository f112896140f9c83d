/**
 * One function for what an output does with a record, from there to the operators that must be called by themselves, sinks and
 * channels: the work of maps and filters on the way is part of it (RecordStep). A function made for one place sees the functions
 * of that place only, which lets the JavaScript engine compile them into it; a class that all operators of a thread go through
 * sees them all, and each call is then looked up. `ChainOutput.collectPlainly` does the same without generated code.
 *
 * Nothing of the job enters the source: what the code calls comes by parameters, which are numbered.
 *
 * `at` is the number of the operator whose code runs, for errors: those of a channel belong to the operator that emits into it,
 * those of the function's caller (`at` is 0) get their name there.
 */
import { NO_KEY_GROUP } from '../base/elements.ts';
import { freezeValue } from '../codec/freeze-value.ts';
import { operatorError, OperatorTarget } from './chain-output.ts';
import type { ChainOutput, Collect, NamedOperator, OutputTarget } from './chain-output.ts';

/** For what the output is connected to now. */
export function generatedCollect(output: ChainOutput, checkMutation: boolean): Collect {
  return new CollectSource(checkMutation).compile(output);
}

class CollectSource {
  readonly #checkMutation: boolean;
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];
  /** By number - 1. */
  readonly #operators: NamedOperator[] = [];

  constructor(checkMutation: boolean) {
    this.#checkMutation = checkMutation;
  }

  compile(output: ChainOutput): Collect {
    const operators = this.#operators;
    const named = (error: unknown, at: number): unknown => {
      const operator = operators[at - 1];
      return operator === undefined ? error : operatorError(error, operator);
    };
    const body = this.#emission(output, 'value0', 0);
    const source = `'use strict';
return function collect(value0, timestampMs) {
let at = 0;
try {
${body}
} catch (error) { throw named(error, at); }
};`;
    const names = ['named', 'freezeValue', ...this.#names];
    // oxlint-disable-next-line typescript/no-implied-eval -- the header of this file says why and what may enter the source
    const make = new Function(...names, source) as (...values: readonly unknown[]) => Collect; // see the source
    return make(named, freezeValue, ...this.#values);
  }

  #emission(output: ChainOutput, value: string, emitter: number): string {
    return output.mainTargets.map((target) => this.#push(target, value, emitter)).join('\n');
  }

  #push(target: OutputTarget, value: string, emitter: number): string {
    if (!(target instanceof OperatorTarget)) {
      return `at = ${emitter}; ${this.#constant('target', target)}.push(${value}, timestampMs);`;
    }
    const { operator, waiting, catchUp } = target.options;
    const at = this.#operators.push(operator);
    const due = `at = ${emitter}; if (${this.#constant('waiting', waiting)}.length > 0) ${this.#constant('catchUp', catchUp)}();`;
    return `${due}\nat = ${at};\n${this.#work(target, value, at)}`;
  }

  #work({ options: { input, step, output } }: OperatorTarget, value: string, at: number): string {
    if (step === undefined) {
      return `${this.#constant('input', input)}.processElement(${value}, timestampMs, ${NO_KEY_GROUP});`;
    }
    const result = `result${at}`;
    const call = `${this.#freeze(value)}const ${result} = ${this.#constant('call', step.call)}(${value});`;
    const check = `${this.#constant('check', step.checkResult)}(${result});`;
    switch (step.kind) {
      case 'map':
        return `${call}
if (typeof ${result} === 'object' && ${result} instanceof Promise) ${check}
${this.#freeze(result)}${this.#emission(output, result, at)}`;
      case 'filter':
        return `${call}
if (${result} !== true && ${result} !== false) ${check}
if (${result}) {
${this.#emission(output, value, at)}
}`;
    }
  }

  #freeze(value: string): string {
    return this.#checkMutation ? `freezeValue(${value});\n` : '';
  }

  /** A name in the source for something that it uses. */
  #constant(prefix: string, value: unknown): string {
    const name = `${prefix}${this.#names.length}`;
    this.#names.push(name);
    this.#values.push(value);
    return name;
  }
}
