/**
 * All settings of a run, validated together: whatever is wrong is reported at once, before anything starts.
 *
 * Precedence, lowest first: defaults, conf/config.yaml, the job's own settings (env.enableCheckpointing, env.configure), -D on
 * the command line. Flink lets the job win over the command line; what somebody typed for this one run is the stronger wish.
 */
import { MillraceError } from '../base/errors.ts';
import { nearestKey } from './nearest-key.ts';
import type { Option } from './option.ts';
import { ALL_OPTIONS, CheckpointingOptions, RestartOptions } from './options.ts';

export interface Setting {
  readonly key: string;
  readonly value: string;
  /** For messages: 'conf/config.yaml, line 3', '-D', 'the job'. */
  readonly origin: string;
}

interface Resolved {
  readonly value: unknown;
  readonly setting: Setting;
}

const OPTION_BY_NAME: ReadonlyMap<string, Option<unknown>> = new Map(
  ALL_OPTIONS.flatMap((option) =>
    [option.key, ...option.aliases].map((name): [string, Option<unknown>] => [name, option]),
  ),
);

export class Configuration {
  readonly #values: ReadonlyMap<string, Resolved>;

  private constructor(values: ReadonlyMap<string, Resolved>) {
    this.#values = values;
  }

  /** @param layers settings by rising precedence @throws CONFIG_INVALID with one line for each problem */
  static of(...layers: readonly (readonly Setting[])[]): Configuration {
    const problems: string[] = [];
    const values = new Map<string, Resolved>();
    for (const layer of layers) {
      const inLayer = new Map<string, Setting>();
      for (const setting of layer) resolveSetting(setting, inLayer, values, problems);
    }
    const configuration = new Configuration(values);
    problems.push(...crossProblems(configuration));
    if (problems.length > 0) {
      throw new MillraceError('CONFIG_INVALID', ['Reading the configuration failed:', ...problems].join('\n  '));
    }
    return configuration;
  }

  get<T>(option: Option<T>): T {
    const resolved = this.#values.get(option.key);
    // What stands here was made by this very option's `parse`.
    return resolved === undefined ? option.defaultValue : (resolved.value as T);
  }

  isSet(option: Option<unknown>): boolean {
    return this.#values.has(option.key);
  }

  /** The text as given and where; undefined when the default holds. */
  settingOf(option: Option<unknown>): Setting | undefined {
    return this.#values.get(option.key)?.setting;
  }
}

function resolveSetting(
  setting: Setting,
  inLayer: Map<string, Setting>,
  values: Map<string, Resolved>,
  problems: string[],
): void {
  const option = OPTION_BY_NAME.get(setting.key);
  if (option === undefined) {
    const nearest = nearestKey(setting.key, [...OPTION_BY_NAME.keys()]);
    const suggestion = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
    problems.push(`'${setting.key}' (${setting.origin}): unknown option${suggestion}`);
    return;
  }
  const twin = inLayer.get(option.key);
  if (twin !== undefined && twin.value !== setting.value) {
    problems.push(`'${setting.key}' (${setting.origin}): set twice, to '${twin.value}' and to '${setting.value}'`);
    return;
  }
  inLayer.set(option.key, setting);
  const value = option.parse(setting.value);
  if (value === undefined) {
    problems.push(`'${setting.key}' (${setting.origin}): '${setting.value}' is not allowed; wanted: ${option.allowed}`);
    return;
  }
  values.set(option.key, { value, setting });
}

function crossProblems(configuration: Configuration): readonly string[] {
  const problems: string[] = [];
  const initialBackoff = configuration.get(RestartOptions.exponentialInitialBackoff);
  const maxBackoff = configuration.get(RestartOptions.exponentialMaxBackoff);
  if (initialBackoff > maxBackoff) {
    problems.push(
      `'${RestartOptions.exponentialInitialBackoff.key}': ${initialBackoff} ms is above '${RestartOptions.exponentialMaxBackoff.key}', ${maxBackoff} ms`,
    );
  }
  if (
    configuration.get(CheckpointingOptions.storage) === 'jobmanager' &&
    configuration.isSet(CheckpointingOptions.dir)
  ) {
    problems.push(
      `'${CheckpointingOptions.storage.key}': jobmanager keeps checkpoints in memory, but '${CheckpointingOptions.dir.key}' is set as well; remove one of them`,
    );
  }
  return problems;
}
