export { atLeastOnce } from './at-least-once.ts';
export { files } from './files.ts';
export { keyedCounts } from './keyed-counts.ts';
export { keyedState } from './keyed-state.ts';
export { union } from './union.ts';
export { windows } from './windows.ts';
