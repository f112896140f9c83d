/** Another module with a job of the same name. */
export { default } from './resumable.ts';
