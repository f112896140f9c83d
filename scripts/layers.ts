// The layers of src/, top to bottom: a folder may import only folders listed above it, and of those only the ones it names.
// This table is the only place where that is decided. It is read by
//   .dependency-cruiser.mjs        imports across folders (type imports count), cycles, packages
//   oxlint.config.ts               clocks, randomness, timers and Node globals in pure folders
//   scripts/print-layers.ts        the table printed in ARCHITECTURE.md (`npm run docs:layers`)
//   test/house/layers.test.ts      that ARCHITECTURE.md and tsconfig.pure.json say the same

export interface Layer {
  /** Folder of src/. */
  readonly folder: string;
  /** What lives there, one line, as printed in ARCHITECTURE.md. */
  readonly holds: string;
  /** Folders it may import, all of them further up. */
  readonly mayImport: readonly string[];
  /** npm packages it may import. */
  readonly packages: readonly string[];
  /**
   * Pure folders have no clock, no randomness, no timers, no I/O and no Node types: all of that reaches them through
   * interfaces of base/. This is what lets the whole engine run in the simulator.
   */
  readonly isPure: boolean;
  /** Globs inside a pure folder that are exempt, relative to the folder. */
  readonly impureParts: readonly string[];
}

const engine = [
  'base',
  'config',
  'codec',
  'graph',
  'state',
  'operators',
  'connectors',
  'exchange',
  'task',
  'checkpoint',
  'job',
] as const;

export const layers: readonly Layer[] = [
  {
    folder: 'base',
    holds:
      'assertions, errors and their catalogue, ids, units, byte reader and writer, hashes, contracts two layers share',
    mayImport: [],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'config',
    holds: 'the table of all options, `conf/config.yaml`, validation',
    mayImport: ['base'],
    packages: ['yaml'],
    isPure: true,
    impureParts: ['files.ts'],
  },
  {
    folder: 'codec',
    holds: 'the value codec, shapes, schema snapshots',
    mayImport: ['base'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'graph',
    holds: 'stream graph, job graph (chaining, uids), execution graph (subtasks, channels)',
    mayImport: ['base'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'state',
    holds: 'key groups, keyed and operator state, timers; the backends; snapshot and restore by key-group range',
    mayImport: ['base', 'codec'],
    packages: [],
    isPure: true,
    impureParts: ['hashlog/disk/**'],
  },
  {
    folder: 'operators',
    holds: 'one file per operator: map, filter, reduce, process, `window/`, `join/`',
    mayImport: ['base', 'codec', 'graph', 'state'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'connectors',
    holds:
      'sources and sinks: `files/`, `parquet/`, `datagen/`, `collection/`, `collect/`, `print/`; for any source `split-reader/`, `rate-limit/`',
    mayImport: ['base', 'codec'],
    packages: ['hyparquet'],
    isPure: true,
    impureParts: ['**/worker/**'],
  },
  {
    folder: 'exchange',
    holds: 'channels (ring, local), pages, partitioners, input gates',
    mayImport: ['base', 'codec', 'graph', 'state'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'task',
    holds: 'a subtask: operator chain, barrier alignment, snapshot, restore; source and sink tasks',
    mayImport: ['base', 'config', 'codec', 'graph', 'state', 'operators', 'exchange'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'checkpoint',
    holds: 'coordinator, pending and completed checkpoints, metadata format, retention, pointer log; `storage/`',
    mayImport: ['base', 'config', 'codec', 'graph', 'state'],
    packages: [],
    isPure: true,
    impureParts: ['storage/**'],
  },
  {
    folder: 'job',
    holds: 'job master, job state machine, failover, restart strategies, coordinator of split enumerators',
    mayImport: ['base', 'config', 'codec', 'graph', 'checkpoint'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'host',
    holds: 'where subtasks run: `inline`, `threads`, `sim`',
    mayImport: [...engine],
    packages: [],
    isPure: false,
    impureParts: [],
  },
  {
    folder: 'api',
    holds: 'what a job is written with: environment, DataStream, KeyedStream, WindowedStream, `job()`',
    mayImport: ['base', 'config', 'graph', 'state', 'operators', 'connectors'],
    packages: [],
    isPure: true,
    impureParts: [],
  },
  {
    folder: 'launch',
    holds: '`run()`, `executeAndCollect()`: binds a job to a host, storage and identity; loads job modules',
    mayImport: [...engine, 'host', 'api'],
    packages: ['esbuild', 'pino'],
    isPure: false,
    impureParts: [],
  },
  {
    folder: 'metrics',
    holds: 'live status of a job as text: rates, tables, lines, summary',
    mayImport: ['base', 'config', 'job'],
    packages: [],
    isPure: false,
    impureParts: [],
  },
  {
    folder: 'rest',
    holds: 'the REST interface',
    mayImport: ['base', 'config', 'graph', 'checkpoint', 'job', 'launch', 'metrics'],
    packages: [],
    isPure: false,
    impureParts: [],
  },
  {
    folder: 'cli',
    holds: 'the command line',
    mayImport: ['base', 'config', 'graph', 'checkpoint', 'job', 'host', 'api', 'launch', 'metrics', 'rest'],
    packages: ['commander', 'picocolors', 'pino'],
    isPure: false,
    impureParts: [],
  },
  {
    folder: 'testing',
    holds: 'the kit users test their jobs with',
    mayImport: [...engine, 'host', 'api', 'launch', 'metrics'],
    packages: [],
    isPure: false,
    impureParts: [],
  },
];

/** Files of pure folders, as globs from the root of the repository. */
export function pureFiles(): string[] {
  return layers.filter((layer) => layer.isPure).map((layer) => `src/${layer.folder}/**/*.ts`);
}

/** The exempt parts of pure folders, as globs from the root of the repository. */
export function impureParts(): string[] {
  return layers.flatMap((layer) => layer.impureParts.map((part) => `src/${layer.folder}/${part}`));
}
