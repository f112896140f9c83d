/**
 * Events of an auction site by their number n = 0, 1, 2, ...: of 50 one is a person, three are auctions, the rest are bids. The
 * same for every engine that is compared; check values stand in generator.test.ts. Order of draws is part of the workload.
 */
import { must } from '../../src/base/assert.ts';
import { Random } from './random.ts';
import { CHANNELS, CITIES, FIRST_NAMES, HOT_CHANNELS, LAST_NAMES, PRICES, STATES, text } from './tables.ts';

const BASE_TIME_MS = 1_700_000_000_000;
/** Of event time. */
const EVENTS_PER_SECOND = 100_000;
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

/** Seeded anew for every event. */
const random = new Random();

export function eventAt(n: number): NexmarkEvent {
  const epoch = Math.floor(n / EVENTS_PER_EPOCH);
  const place = n % EVENTS_PER_EPOCH;
  random.seed(n, 1);
  if (place === 0) return person(n, epoch);
  return place <= 3 ? auction(n, epoch, 3 * epoch + place - 1) : bid(n, epoch, 3 * epoch + 2);
}

/** ms since the epoch. */
export function eventTime(n: number): number {
  return BASE_TIME_MS + Math.floor((n * 1000) / EVENTS_PER_SECOND);
}

/** Key of event n in the workload `keyed`. */
export function keyAt(n: number, keyCount: number): number {
  return random.seed(n, 4).below(keyCount);
}

/** All fields joined by '|', as check values are taken over them. */
export function rowOf(event: NexmarkEvent): string {
  const { kind: _, ...fields } = event;
  return Object.values(fields).join('|');
}

function person(n: number, lastPerson: number): Person {
  return {
    kind: 'person',
    id: FIRST_ID + lastPerson,
    name: `${pick(FIRST_NAMES)} ${pick(LAST_NAMES)}`,
    email: `${text(random, 8)}@${text(random, 6)}.com`,
    creditCard: `${fourDigits()} ${fourDigits()} ${fourDigits()} ${fourDigits()}`,
    city: pick(CITIES),
    state: pick(STATES),
    dateTime: eventTime(n),
    extra: text(random, 60),
  };
}

function auction(n: number, lastPerson: number, lastAuction: number): Auction {
  const itemName = text(random, 10);
  const description = text(random, 50);
  const initialBid = pick(PRICES);
  const reserve = initialBid + pick(PRICES);
  const dateTime = eventTime(n);
  return {
    kind: 'auction',
    id: FIRST_ID + lastAuction,
    itemName,
    description,
    initialBid,
    reserve,
    dateTime,
    expires: dateTime + 1 + random.below(66),
    seller: random.below(4) > 0 ? hotPerson(lastPerson) : activePerson(lastPerson),
    category: 10 + random.below(5),
    extra: text(random, 300),
  };
}

function bid(n: number, lastPerson: number, lastAuction: number): Bid {
  const auctionId = random.below(2) > 0 ? hotAuction(lastAuction) : recentAuction(lastAuction);
  const bidder = random.below(4) > 0 ? hotPerson(lastPerson) + 1 : activePerson(lastPerson);
  const price = pick(PRICES);
  const channel = random.below(2) > 0 ? pick(HOT_CHANNELS) : pick(CHANNELS);
  return {
    kind: 'bid',
    auction: auctionId,
    bidder,
    price,
    channel: channel.name,
    url: channel.url,
    dateTime: eventTime(n),
    extra: text(random, 30),
  };
}

function pick<T>(items: readonly T[]): T {
  return must(items[random.below(items.length)], 'drawn item');
}

function fourDigits(): string {
  return String(random.below(10_000)).padStart(4, '0');
}

function hotPerson(lastPerson: number): number {
  return FIRST_ID + Math.floor(lastPerson / 100) * 100;
}

/** One of the thousand latest, or of the ten that are still to come. */
function activePerson(lastPerson: number): number {
  const count = lastPerson + 1;
  const active = Math.min(count, 1000);
  return FIRST_ID + count - active + random.below(active + 10);
}

function hotAuction(lastAuction: number): number {
  return FIRST_ID + Math.floor(lastAuction / 100) * 100;
}

/** One of the hundred latest, or of the ten that are still to come. */
function recentAuction(lastAuction: number): number {
  const first = Math.max(lastAuction - 100, 0);
  return FIRST_ID + first + random.below(lastAuction + 11 - first);
}
