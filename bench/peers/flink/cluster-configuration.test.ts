import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterConfiguration, configurationText } from './cluster-configuration.ts';

const options = {
  parallelism: 4,
  rpcPort: 1001,
  restPort: 1002,
  folder: '/tmp/flink',
  javaOptions: `--add-opens=${'java.base/java.lang=ALL-UNNAMED '.repeat(40)}`,
};

describe('the configuration of the Flink cluster', () => {
  it('has a slot for each subtask of an operator', () => {
    expect(clusterConfiguration(options)).toMatchObject({
      'taskmanager.numberOfTaskSlots': 4,
      'parallelism.default': 4,
      'execution.checkpointing.dir': 'file:///tmp/flink/checkpoints',
    });
  });

  it('keeps every option on one line: Flink’s scripts read it line by line', () => {
    const text = configurationText(options);
    expect(text.trimEnd().split('\n')).toHaveLength(Object.keys(clusterConfiguration(options)).length);
    expect(parse(text)).toEqual(clusterConfiguration(options));
  });
});
