/** The settings of the Flink cluster and, through it, of its jobs. */
import { stringify } from 'yaml';

export interface ClusterOptions {
  readonly parallelism: number;
  readonly rpcPort: number;
  readonly restPort: number;
  /** Where the cluster may write: absolute. */
  readonly folder: string;
  /** What Flink itself ships with so that it runs on a Java with modules. */
  readonly javaOptions: string;
}

/** Whatever is not named has Flink's default. */
export function clusterConfiguration(options: ClusterOptions): Readonly<Record<string, string | number | boolean>> {
  const { parallelism, rpcPort, restPort, folder, javaOptions } = options;
  return {
    'env.java.opts.all': javaOptions,
    'io.tmp.dirs': `${folder}/tmp`,

    'jobmanager.rpc.address': 'localhost',
    'jobmanager.rpc.port': rpcPort,
    'jobmanager.bind-host': 'localhost',
    'jobmanager.memory.process.size': '1600m',
    'rest.address': 'localhost',
    'rest.bind-address': 'localhost',
    'rest.port': restPort,

    'taskmanager.host': 'localhost',
    'taskmanager.bind-host': 'localhost',
    'taskmanager.memory.process.size': '6g',
    'taskmanager.memory.managed.fraction': 0, // nothing of a job on heap state uses managed memory
    'taskmanager.numberOfTaskSlots': parallelism,
    'parallelism.default': parallelism,

    'state.backend.type': 'hashmap',
    'execution.checkpointing.interval': '1s',
    'execution.checkpointing.mode': 'EXACTLY_ONCE',
    'execution.checkpointing.unaligned.enabled': false,
    'execution.checkpointing.dir': `file://${folder}/checkpoints`,
    'restart-strategy.type': 'none', // a run that fails counts for nothing

    'pipeline.object-reuse': true,
    'pipeline.generic-types': false, // a type that would need Kryo is an error
  };
}

/** The text of Flink's config.yaml. */
export function configurationText(options: ClusterOptions): string {
  return stringify(clusterConfiguration(options), { lineWidth: 0 });
}
