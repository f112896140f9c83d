import type { OxlintConfig } from 'oxlint';
import { impureParts, pureFiles } from './scripts/layers.ts';

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'clearTimeout', 'clearInterval'];
const nodeGlobals = ['process', 'Buffer', 'performance', 'crypto', 'console', 'fetch', 'global'];

const purity: OxlintConfig['rules'] = {
  'no-restricted-globals': [
    'error',
    ...timers.map((name) => ({ name, message: 'Pure folders get timers from the Timers of base/.' })),
    ...nodeGlobals.map((name) => ({
      name,
      message: 'Pure folders know nothing of Node: go through an interface of base/.',
    })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Pure folders get the time from the Clock of base/.' },
    { object: 'Math', property: 'random', message: 'Pure folders get randomness from the Random of base/.' },
  ],
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: ['node:*'], message: 'Pure folders do not import Node modules.' }] },
  ],
  'millrace/no-clock-date': 'error',
};

const pureRulesOff: OxlintConfig['rules'] = {
  'no-restricted-globals': 'off',
  'no-restricted-properties': 'off',
  'no-restricted-imports': 'off',
  'millrace/no-clock-date': 'off',
};

const config: OxlintConfig = {
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'promise'],
  jsPlugins: ['./scripts/lint-rules.mjs'],
  categories: { correctness: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['dist/**', '**/fixtures/**', 'coverage/**'],
  rules: {
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
    'millrace/no-star-export': 'error',
    'import/no-mutable-exports': 'error',
    'typescript/consistent-type-imports': ['error', { prefer: 'type-imports', fixStyle: 'separate-type-imports' }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unnecessary-type-assertion': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/only-throw-error': 'error',
    'typescript/prefer-promise-reject-errors': 'error',
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  },
  overrides: [
    { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
    { files: pureFiles(), rules: purity },
    { files: impureParts(), rules: pureRulesOff },
    {
      files: ['**/*.test.ts', '**/*.test-d.ts', 'test/**/*.ts'],
      rules: {
        ...pureRulesOff,
        'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
        'max-lines-per-function': 'off',
        'no-console': 'off',
      },
    },
  ],
};

export default config;
