/** Node's string routines for tests of pure layers, which may not import host/. */
export { nodeStrings as testStrings } from '../../src/host/node/node-strings.ts';
