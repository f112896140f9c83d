/** What the queries begin with: the events as a source, and the kinds of them. */
import { DataGenerator, WatermarkStrategy } from 'millrace';
import type { DataStream, StreamExecutionEnvironment } from 'millrace';
import { eventAt } from './generator.ts';
import type { Auction, Bid, NexmarkEvent, Person } from './generator.ts';

/** Subtask i of p makes the events n with n mod p = i, in their order. */
export function eventStream(env: StreamExecutionEnvironment): DataStream<NexmarkEvent> {
  return env
    .fromSource(
      DataGenerator.of(eventAt, { count: Number(env.parameters.require('events')) }),
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
