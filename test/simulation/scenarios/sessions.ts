import { DataGenerator, EventTimeSessionWindows, job, ProcessWindowFunction, WatermarkStrategy } from 'millrace';
import type { AggregateFunction, Collector, JobDefinition, TimeWindow } from 'millrace';
import { FileSink } from 'millrace/connectors/files';
import { requireSameLines } from 'millrace/testing';
import type { SimulationScenario } from 'millrace/testing';

const RECORDS = 300;
const KEYS = 9;
/** Keys come in turns: three of them for so many records, then the next three. */
const TURN = 25;
const KEYS_PER_TURN = 3;
const GAP_MS = 9;
/** Records are out of order, so that sessions are bridged; the watermarks leave room for it, so that none is late. */
const DISORDER_MS = 16;

interface Click {
  readonly key: string;
  readonly timeMs: number;
}

const count: AggregateFunction<Click, number, number> = {
  createAccumulator: () => 0,
  add: (_, counted) => counted + 1,
  getResult: (counted) => counted,
  merge: (a, b) => a + b,
};

interface Session {
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly count: number;
}

class WithWindow extends ProcessWindowFunction<number, string, string, TimeWindow> {
  override process(key: string, context: this['Context'], counts: Iterable<number>, out: Collector<string>): void {
    for (const counted of counts) out.collect(resultLine({ key, ...bounds(context.window), count: counted }));
  }
}

function bounds({ startMs, endMs }: TimeWindow): { startMs: number; endMs: number } {
  return { startMs, endMs };
}

function resultLine({ key, startMs, endMs, count: counted }: Session): string {
  return `${key} ${startMs} ${endMs} ${counted}`;
}

function clickOf(index: number): Click {
  const key = (Math.floor(index / TURN) * KEYS_PER_TURN + (index % KEYS_PER_TURN)) % KEYS;
  return { key: `k${key}`, timeMs: index + ((index * 7) % DISORDER_MS) };
}

const sessionsJob: JobDefinition = job('sessions', (env) => {
  env.enableCheckpointing('20 ms');
  env
    .fromSource(
      DataGenerator.of(clickOf, { count: RECORDS, recordsPerSecond: 1500 }),
      WatermarkStrategy.forBoundedOutOfOrderness<Click>(`${DISORDER_MS} ms`).withTimestampAssigner(
        (click) => click.timeMs,
      ),
      'clicks',
    )
    .uid('clicks')
    .keyBy((click) => click.key)
    .window(EventTimeSessionWindows.withGap(GAP_MS))
    .aggregate(count, new WithWindow())
    .uid('sessions')
    .sinkTo(FileSink.text('/output'))
    .uid('results');
});

export const sessions: SimulationScenario = {
  name: 'sessions',
  job: sessionsJob,
  outputs: ['/output'],
  check: (output) => requireSameLines(output.lines('/output'), expectedSessions().map(resultLine), 'sessions'),
};

/** From the clicks in order of time, in which a session only grows at its end. */
function expectedSessions(): readonly Session[] {
  const ended: Session[] = [];
  const open = new Map<string, Session>();
  const clicks = Array.from({ length: RECORDS }, (_, index) => clickOf(index)).sort((a, b) => a.timeMs - b.timeMs);
  for (const { key, timeMs } of clicks) {
    const last = open.get(key);
    const isSame = last !== undefined && timeMs <= last.endMs;
    if (last !== undefined && !isSame) ended.push(last);
    const { startMs, count: before } = isSame ? last : { startMs: timeMs, count: 0 };
    open.set(key, { key, startMs, endMs: timeMs + GAP_MS, count: before + 1 });
  }
  return [...ended, ...open.values()];
}
