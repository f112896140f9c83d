/**
 * A clock that all threads and processes of the machine read alike: ms since it was started, as a double with far less than a
 * microsecond of error. `performance.now()` is cheaper to read but begins anew in each thread.
 */
const NS_PER_MS = 1e6;

const SAMPLES = 100;

const offsetMs = measuredOffsetMs();

export function machineNowMs(): number {
  return performance.now() + offsetMs;
}

/** A pause between the two looks makes the difference smaller, so that the largest one is right. */
function measuredOffsetMs(): number {
  const differences = Array.from({ length: SAMPLES }, () => sinceStartMs() - performance.now());
  return Math.max(...differences);
}

function sinceStartMs(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}
