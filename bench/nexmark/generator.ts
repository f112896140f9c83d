/**
 * Events of an auction site by their number n = 0, 1, 2, ...: of 50 one is a person, three are auctions, the rest are bids. The
 * same for every engine that is compared; check values stand in generator.test.ts. Order of draws is part of the workload.
 */
import { assert } from '../../src/base/assert.ts';
import { after, below, mixed, nth, streamOf, UNIT } from './random.ts';
import {
  BLOCK,
  CHANNELS,
  CITIES,
  FIRST_NAMES,
  FOUR_DIGITS,
  HOT_CHANNELS,
  LAST_NAMES,
  PRICES,
  STATES,
  text,
  TEXT_STARTS,
} from './tables.ts';

const BASE_TIME_MS = 1_700_000_000_000;
/** Of event time: 100,000 events/s. */
const EVENTS_PER_MS = 100;
const FIRST_ID = 1000;
const EVENTS_PER_EPOCH = 50;

export interface Person {
  readonly kind: 'person';
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly creditCard: string;
  readonly city: string;
  readonly state: string;
  readonly dateTime: number;
  readonly extra: string;
}

export interface Auction {
  readonly kind: 'auction';
  readonly id: number;
  readonly itemName: string;
  readonly description: string;
  readonly initialBid: number;
  readonly reserve: number;
  readonly dateTime: number;
  readonly expires: number;
  readonly seller: number;
  readonly category: number;
  readonly extra: string;
}

export interface Bid {
  readonly kind: 'bid';
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly channel: string;
  readonly url: string;
  readonly dateTime: number;
  readonly extra: string;
}

export type NexmarkEvent = Person | Auction | Bid;

/** What the draws of a stream are for. */
const EVENT_SALT = 1;
const KEY_SALT = 4;

/** Integers (`| 0`) all through: doubles would cost. */
export function eventAt(n: number): NexmarkEvent {
  const epoch = (n / EVENTS_PER_EPOCH) | 0;
  const place = n - epoch * EVENTS_PER_EPOCH;
  if (place > 3) return bid(n, epoch, 3 * epoch + 2);
  return place === 0 ? person(n, epoch) : auction(n, epoch, 3 * epoch + place - 1);
}

/** ms since the epoch. */
export function eventTime(n: number): number {
  return BASE_TIME_MS + ((n / EVENTS_PER_MS) | 0);
}

/** Key of event n in the workload `keyed`. */
export function keyAt(n: number, keyCount: number): number {
  return below(after(streamOf(n, KEY_SALT)), keyCount);
}

/** All fields joined by '|', as check values are taken over them. */
export function rowOf(event: NexmarkEvent): string {
  const { kind: _, ...fields } = event;
  return Object.values(fields).join('|');
}

function person(n: number, lastPerson: number): Person {
  const stream = streamOf(n, EVENT_SALT);
  return {
    kind: 'person',
    id: FIRST_ID + lastPerson,
    name: `${pick(FIRST_NAMES, nth(stream, 1))} ${pick(LAST_NAMES, nth(stream, 2))}`,
    email: `${text(nth(stream, 3), 8)}@${text(nth(stream, 5), 6)}.com`,
    creditCard: `${fourDigits(stream, 7)} ${fourDigits(stream, 8)} ${fourDigits(stream, 9)} ${fourDigits(stream, 10)}`,
    city: pick(CITIES, nth(stream, 11)),
    state: pick(STATES, nth(stream, 12)),
    dateTime: eventTime(n),
    extra: text(nth(stream, 13), 60),
  };
}

function auction(n: number, lastPerson: number, lastAuction: number): Auction {
  const stream = streamOf(n, EVENT_SALT);
  const initialBid = pick(PRICES, nth(stream, 5));
  const dateTime = eventTime(n);
  let counter = nth(stream, 8);
  const seller = below(counter, 4) > 0 ? hotPerson(lastPerson) : activePerson(lastPerson, (counter = after(counter)));
  return {
    kind: 'auction',
    id: FIRST_ID + lastAuction,
    itemName: text(nth(stream, 1), 10),
    description: text(nth(stream, 3), 50),
    initialBid,
    reserve: initialBid + pick(PRICES, nth(stream, 6)),
    dateTime,
    expires: dateTime + 1 + below(nth(stream, 7), 66),
    seller,
    category: 10 + below(nth(counter, 1), 5),
    extra: text(nth(counter, 2), 300),
  };
}

/**
 * Nine of ten events. Written out, draw by draw, because a function of this size is compiled by itself, with `mixed` inside, and
 * not into its caller, which would take in only the first few of its calls.
 */
function bid(n: number, lastPerson: number, lastAuction: number): Bid {
  let counter = after(streamOf(n, EVENT_SALT));
  let auctionId = FIRST_ID + ((lastAuction / 100) | 0) * 100;
  if (mixed(counter) >= 0) {
    // One of the hundred latest, or of the ten that are still to come.
    counter = after(counter);
    const first = Math.max(lastAuction - 100, 0);
    auctionId = FIRST_ID + first + (((mixed(counter) >>> 0) * (lastAuction + 11 - first) * UNIT) | 0);
  }
  counter = after(counter);
  let bidder = hotPerson(lastPerson) + 1;
  if (mixed(counter) >>> 30 === 0) {
    counter = after(counter);
    bidder = activePerson(lastPerson, counter);
  }
  counter = after(counter);
  const price = PRICES[mixed(counter) >>> 22];
  counter = after(counter);
  const isHot = mixed(counter) < 0;
  counter = after(counter);
  const channel = isHot ? HOT_CHANNELS[mixed(counter) >>> 30] : CHANNELS[((mixed(counter) >>> 0) * 10_000 * UNIT) | 0];
  counter = after(counter);
  const start = ((mixed(counter) >>> 0) * TEXT_STARTS * UNIT) | 0;
  counter = after(counter);
  const end = start + 24 + (((mixed(counter) >>> 0) * 13 * UNIT) | 0);
  assert(price !== undefined && channel !== undefined, 'A draw beyond its table');
  return {
    kind: 'bid',
    auction: auctionId,
    bidder,
    price,
    channel: channel.name,
    url: channel.url,
    dateTime: eventTime(n),
    extra: BLOCK.slice(start, end),
  };
}

function pick<T>(items: readonly T[], counter: number): T {
  const item = items[below(counter, items.length)];
  assert(item !== undefined, 'A draw beyond its table');
  return item;
}

function fourDigits(stream: number, index: number): string {
  return pick(FOUR_DIGITS, nth(stream, index));
}

function hotPerson(lastPerson: number): number {
  return FIRST_ID + ((lastPerson / 100) | 0) * 100;
}

/** One of the thousand latest, or of the ten that are still to come. */
function activePerson(lastPerson: number, counter: number): number {
  const count = lastPerson + 1;
  const active = Math.min(count, 1000);
  return FIRST_ID + count - active + below(counter, active + 10);
}
