/** What the queries begin with: the events as a source, and the kinds of them. */
import { DataGenerator, WatermarkStrategy } from 'millrace';
import type { Source, DataStream, JobParameters, StreamExecutionEnvironment } from 'millrace';
import { withCrash } from './crash.ts';
import { eventAt } from './generator.ts';
import type { Auction, Bid, NexmarkEvent, Person } from './generator.ts';

/**
 * As the command says: `--events`, at full speed or at `--rate`, with a crash or without. Subtask i of p makes the events n with
 * n mod p = i, in their order.
 */
export function generatorOf<T>(make: (n: number) => T, parameters: JobParameters): Source<T> {
  const rate = parameters.number('rate');
  const generator = DataGenerator.of(make, {
    count: Number(parameters.require('events')),
    ...(rate === undefined ? {} : { recordsPerSecond: rate }),
  });
  return withCrash(generator, parameters);
}

export function eventStream(env: StreamExecutionEnvironment): DataStream<NexmarkEvent> {
  return env
    .fromSource(
      generatorOf(eventAt, env.parameters),
      WatermarkStrategy.forBoundedOutOfOrderness('1 s').withTimestampAssigner(({ dateTime }: NexmarkEvent) => dateTime),
      'events',
    )
    .uid('events');
}

export function bidStream(env: StreamExecutionEnvironment): DataStream<Bid> {
  return eventStream(env).filter(isBid);
}

export function isPerson(event: NexmarkEvent): event is Person {
  return event.kind === 'person';
}

export function isAuction(event: NexmarkEvent): event is Auction {
  return event.kind === 'auction';
}

function isBid(event: NexmarkEvent): event is Bid {
  return event.kind === 'bid';
}
