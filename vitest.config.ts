import { defineConfig } from 'vitest/config';

// Two projects. `fast`: unit and property tests beside the source, and the suites that stay in one thread.
// `slow`: whatever starts threads or processes; each file gets a process of its own, so that threads, signals and
// process.exitCode of one file cannot reach another.
export default defineConfig({
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['src/**/*.test.ts', 'test/{contract,golden,simulation,docs,house}/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          execArgv: ['--conditions=source'],
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['test/{integration,crash,e2e,package}/**/*.test.ts'],
          pool: 'forks',
          isolate: true,
          execArgv: ['--conditions=source'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
