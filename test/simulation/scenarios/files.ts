import { job, rateLimited, WatermarkStrategy } from 'millrace';
import type { JobDefinition } from 'millrace';
import { FileSink, FileSource } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const FILES = 7;
const LINES_PER_FILE = 40;

interface Order {
  readonly id: string;
  readonly amount: number;
}

/** From files to files, in one chain where the parallelism allows it; without state but for positions and open files. */
const filesJob: JobDefinition = job('files', (env) => {
  env.enableCheckpointing('20 ms');
  const source = FileSource.jsonLines<Order>('/input', { splitSize: '500 b' });
  env
    .fromSource(rateLimited(source, 1500), WatermarkStrategy.noWatermarks(), 'orders')
    .uid('orders')
    .filter((order) => order.amount % 5 !== 0)
    .map((order) => ({ ...order, amount: order.amount * 2 }))
    .sinkTo(FileSink.jsonLines('/output', { rolling: { size: '300 b', interval: '1 min' } }))
    .uid('results');
});

export const files: SimulationScenario = {
  name: 'files',
  job: filesJob,
  files: Object.fromEntries(Array.from({ length: FILES }, (_, file) => [`/input/day-${file}.jsonl`, linesOf(file)])),
  outputs: ['/output'],
  check: (output) => requireSameLines(output.lines('/output'), expectedLines(), 'output'),
};

function ordersOf(file: number): readonly Order[] {
  return Array.from({ length: LINES_PER_FILE }, (_, line) => ({ id: `${file}-${line}`, amount: file * 3 + line }));
}

function linesOf(file: number): string {
  return ordersOf(file)
    .map((order) => `${JSON.stringify(order)}\n`)
    .join('');
}

function expectedLines(): readonly string[] {
  return Array.from({ length: FILES }, (_, file) => ordersOf(file))
    .flat()
    .filter(({ amount }) => amount % 5 !== 0)
    .map(({ id, amount }) => JSON.stringify({ id, amount: amount * 2 }));
}
