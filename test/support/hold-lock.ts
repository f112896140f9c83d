// A process that takes the kernel lock of the file in its first argument and keeps it until it dies.
import { kernelLocks } from '../../src/checkpoint/storage/kernel-lock.ts';

const lock = kernelLocks.tryLock(process.argv[2] ?? '');
process.stdout.write(lock === undefined ? 'busy\n' : 'held\n');
// Something must keep the process alive.
setInterval(() => {}, 60_000);
