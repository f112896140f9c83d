import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

// Hundreds of processes and threads load the same sources: what one has compiled serves the others. They inherit the variable.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('./node_modules/.cache/node-compile', import.meta.url));

// What a test's process prints is compared as text, whatever the terminal or the machine that runs the tests asks for.
delete process.env['FORCE_COLOR'];
process.env['NO_COLOR'] = '1';

/** Self-imports of 'millrace' resolve to src/. Vitest hands the condition on to Node, so it reaches worker threads too. */
const conditions = ['source'];

/** A machine-readable report beside the readable one, for whoever wants to count. */
const report = process.env['MILLRACE_TEST_REPORT'];

const config: ViteUserConfig = {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        // Unit and property tests beside the source and the suites that share no global state: one process, no isolation.
        extends: true,
        test: {
          name: 'fast',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'test/{contract,docs,golden}/**/*.test.ts'],
          exclude: ['src/**/*.process.test.ts'],
          pool: 'threads',
          isolate: false,
        },
      },
      {
        // The simulator replaces clocks and randomness of the process it runs in.
        extends: true,
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
        },
      },
      {
        // Whatever starts threads or processes: each file has a process of its own, so that its threads, signals and exit code
        // cannot reach another file. Node's own loader runs them: what loads a job and what its stack traces say is under test.
        extends: true,
        test: {
          name: 'slow',
          // They wait for processes, disks and timeouts more than they compute.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          include: ['src/**/*.process.test.ts', 'test/{crash,e2e,house,integration,package}/**/*.test.ts'],
          pool: 'forks',
          experimental: { viteModuleRunner: false },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Real clocks, disks and schedulers; the report names what needed its second try.
          retry: 1,
        },
      },
      {
        // What must and must not compile.
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'tsconfig.json',
            // Errors elsewhere belong to the step `types` of the check.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
};

export default config;
