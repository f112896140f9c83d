// Checks the imports of src/ against scripts/layers.ts. Type imports count, and so do cycles that only types close.
import { layers } from './scripts/layers.ts';

const notTest = '\\.test\\.ts$|\\.test-d\\.ts$';
const all = layers.map((layer) => layer.folder);

/** What a folder may not import from src/. Its tests may import anything that is not below it. */
const layerRules = layers.flatMap((layer, position) => [
  {
    name: `layer-${layer.folder}`,
    comment: `src/${layer.folder} may import ${layer.mayImport.join(', ') || 'nothing'} (scripts/layers.ts)`,
    severity: 'error',
    from: { path: `^src/${layer.folder}/`, pathNot: notTest },
    to: {
      path: '^(src|test|bench|examples|scripts)/',
      pathNot: `^src/(${[layer.folder, ...layer.mayImport].join('|')})/`,
    },
  },
  {
    name: `layer-${layer.folder}-tests`,
    comment: `tests of src/${layer.folder} may import it, the folders above it and test/support`,
    severity: 'error',
    from: { path: `^src/${layer.folder}/.*\\.test\\.ts$` },
    to: { path: '^(src|test)/', pathNot: `^(src/(${all.slice(0, position + 1).join('|')})|test/support)/` },
  },
  {
    name: `packages-${layer.folder}`,
    comment: `src/${layer.folder} may import these packages: ${layer.packages.join(', ') || 'none'} (scripts/layers.ts)`,
    severity: 'error',
    from: { path: `^src/${layer.folder}/`, pathNot: notTest },
    to: {
      dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'],
      pathNot: layer.packages.length === 0 ? '^$' : `node_modules/(${layer.packages.join('|')})/`,
    },
  },
]);

const purityRules = layers
  .filter((layer) => layer.isPure)
  .map((layer) => ({
    name: `pure-${layer.folder}`,
    comment: `src/${layer.folder} is pure: Node modules only in ${layer.impureParts.join(', ') || 'no part of it'}`,
    severity: 'error',
    from: {
      path: `^src/${layer.folder}/`,
      pathNot: [notTest, ...layer.impureParts.map((part) => globToPattern(layer.folder, part))],
    },
    to: { dependencyTypes: ['core'] },
  }));

// The globs of the table are a file, a folder with all below it, or such a folder at any depth; dependency-cruiser wants
// a regular expression, and a simple one.
function globToPattern(folder, glob) {
  const inner = glob.replace(/^\*\*/, '').replace(/\*\*$/, '').replaceAll('.', '\\.');
  if (glob.startsWith('**')) return inner;
  return `^src/${folder}/${inner}${glob.endsWith('**') ? '' : '$'}`;
}

export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'files must not import each other in a circle, not even for types',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'unknown-folder',
      comment: 'every folder of src/ stands in scripts/layers.ts',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${all.join('|')})/` },
    },
    {
      name: 'no-import-of-tests',
      comment: 'nothing imports a test',
      severity: 'error',
      from: {},
      to: { path: notTest },
    },
    {
      name: 'not-resolvable',
      comment: 'every import resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...layerRules,
    ...purityRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/.*/fixtures)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.d.ts'],
    },
  },
};
