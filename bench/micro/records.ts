/** Records for the micro benchmarks: about 100 bytes, three strings among them; and one of numbers only. */
export interface BidRecord {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly dateTime: number;
  readonly channel: string;
  readonly url: string;
  readonly extra: string;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.repeat(3);

export const BIDS: readonly BidRecord[] = Array.from({ length: 1000 }, (_, index) => ({
  auction: 1000 + index,
  bidder: 2000 + index * 3,
  price: index * 35,
  dateTime: 1_700_000_000_000 + index,
  channel: `channel-${index}`.padEnd(10, 'x').slice(0, 10),
  url: `https://www.nexmark.com/${index}/${LETTERS}`.slice(0, 40),
  extra: LETTERS.slice(0, index % 61),
}));

export const COUNTS: readonly object[] = Array.from({ length: 1000 }, (_, index) => ({
  key: index,
  count: index * 2,
  sum: index * 1000,
  min: index / 4,
  isNew: index % 2 === 0,
}));
