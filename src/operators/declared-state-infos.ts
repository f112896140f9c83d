import { MillraceError } from '../base/errors.ts';
import type { StateDescriptorInfo } from '../base/operator.ts';

/**
 * All states of an operator, for the graph. State is found again by its name, so names are unique within an operator.
 *
 * @throws MillraceError JOB_DEFINITION_INVALID
 */
export function declaredStateInfos(
  ...states: readonly { readonly info: StateDescriptorInfo }[]
): StateDescriptorInfo[] {
  const names = new Set<string>();
  for (const { info } of states) {
    if (names.has(info.name)) {
      throw new MillraceError(
        'JOB_DEFINITION_INVALID',
        `Declaring state '${info.name}' failed: the operator has another state of that name`,
      );
    }
    names.add(info.name);
  }
  return states.map(({ info }) => info);
}
