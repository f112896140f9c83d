/** The job under test for the threads host: whoever loads it, main thread and slots alike, gets files that crash. */
import { nodeFiles } from '../../../src/host/node/node-files.ts';
import { crashingFiles } from '../../crash/support/crashing-files.ts';
import type { CrashPlan } from '../../crash/support/crashing-files.ts';
import { CRASH_VARIABLE } from '../../crash/support/job-process-options.ts';

const plan = process.env[CRASH_VARIABLE];
// The test that set the variable wrote the plan.
if (plan !== undefined) Object.assign(nodeFiles, crashingFiles({ ...nodeFiles }, JSON.parse(plan) as CrashPlan));

export { default } from './three-outputs.ts';
