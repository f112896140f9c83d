/** A query in a process that may be killed: takes a request as its argument, and sends the figures of a run that comes to its end. */
import { runQuery } from './run-query.ts';
import type { QueryRequest } from './measure-query.ts';

const request = JSON.parse(process.argv[2] ?? '') as QueryRequest; // what measure-query.ts gives
const { module, run, folders } = request;
process.send?.(await runQuery(new URL(module), run, folders));
process.disconnect();
