import type { RowForm } from './tally.ts';

/** A bid without the page that it came from. */
export interface BidRow {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly dateTime: number;
  readonly extra: string;
}

export const bidRowForm: RowForm<BidRow> = {
  number: ({ price }) => price,
  text: ({ auction, bidder, price, dateTime, extra }) => `${auction}|${bidder}|${price}|${dateTime}|${extra}`,
};
