/** What events are made of, made once. */
import { after, below, Random } from './random.ts';

const BLOCK_LENGTH = 65_536;
/** Texts begin before this, so that the longest still lies within the block. */
export const TEXT_STARTS = 65_000;
const PRICE_COUNT = 1024;
const CHANNEL_COUNT = 10_000;

export const FIRST_NAMES: readonly string[] = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(
  ' ',
);
export const LAST_NAMES: readonly string[] = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ');
export const CITIES: readonly string[] =
  'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne'.split(',');
export const STATES: readonly string[] = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];

/** '0000' to '9999' */
export const FOUR_DIGITS: readonly string[] = Array.from({ length: 10_000 }, (_, index) =>
  String(index).padStart(4, '0'),
);

export interface Channel {
  readonly name: string;
  readonly url: string;
}

export const HOT_CHANNELS: readonly Channel[] = ['Google', 'Facebook', 'Baidu', 'Apple'].map((name, index) => ({
  name,
  url: `https://www.nexmark.com/hot/${index}`,
}));

/** Random letters a to z that all texts are cut from. */
export const BLOCK: string = makeBlock();

/** Cents from 1 to 1,000,000 in even steps of the exponent. */
export const PRICES: readonly number[] = Array.from({ length: PRICE_COUNT }, (_, index) =>
  Math.floor(10 ** ((6 * index) / PRICE_COUNT) * 100 + 0.5),
);

export const CHANNELS: readonly Channel[] = Array.from({ length: CHANNEL_COUNT }, (_, index) => {
  const random = new Random().seed(index, 3);
  const words = [cut(random, 5), cut(random, 5), cut(random, 5)].join('/');
  const id = index % 10 === 0 ? '' : `&channel_id=${index}`;
  const url = `https://www.nexmark.com/${words}/item.htm?query=1${id}`;
  // Looked into once, so that its parts are put together here and not for each event that is sent.
  url.charCodeAt(0);
  return { name: `channel-${index}`, url };
});

/** A text of exactly this length. */
function cut(random: Random, length: number): string {
  const start = random.below(TEXT_STARTS);
  return BLOCK.slice(start, start + length);
}

/** A text of about this length, up to a fifth more or less. Two draws: first the place, then the length. */
export function text(counter: number, averageLength: number): string {
  const start = below(counter, TEXT_STARTS);
  const spread = (averageLength / 5) | 0;
  return BLOCK.slice(start, start + averageLength - spread + below(after(counter), 2 * spread + 1));
}

function makeBlock(): string {
  const random = new Random().seed(0, 2);
  const codes = new Uint8Array(BLOCK_LENGTH);
  for (let index = 0; index < BLOCK_LENGTH; index++) codes[index] = 97 + random.below(26);
  return new TextDecoder('latin1').decode(codes);
}
