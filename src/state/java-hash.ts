/**
 * Hash codes as java.lang computes them, as signed 32-bit integers. Key groups stand on them, so that a key lands in the same
 * key group here and in Flink.
 */

const WORD = 0x1_0000_0000;

const doubleView: DataView = new DataView(new ArrayBuffer(8));

/** String.hashCode: over UTF-16 units, lone surrogates as they are. */
export function stringHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/** Long.hashCode of a safe integer: high word xor low word of the two's complement. */
export function longHash(value: number): number {
  return Math.floor(value / WORD) ^ value;
}

/** Double.hashCode, with the one NaN that Java knows. */
export function doubleHash(value: number): number {
  if (Number.isNaN(value)) return 0x7ff8_0000;
  doubleView.setFloat64(0, value);
  return doubleView.getInt32(0) ^ doubleView.getInt32(4);
}

export function booleanHash(value: boolean): number {
  return value ? 1231 : 1237;
}

/** Long.hashCode where the value fits into 64 bits, else BigInteger.hashCode. */
export function bigintHash(value: bigint): number {
  if (BigInt.asIntN(64, value) === value) {
    return Number(BigInt.asIntN(32, value >> 32n)) ^ Number(BigInt.asIntN(32, value));
  }
  return bigIntegerHash(value);
}

/** BigInteger.hashCode: the magnitude's 32-bit words from the most significant one on, then the sign. */
function bigIntegerHash(value: bigint): number {
  const words: number[] = [];
  for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 32n) words.push(Number(BigInt.asIntN(32, rest)));
  let hash = 0;
  for (let index = words.length - 1; index >= 0; index--) hash = (Math.imul(hash, 31) + (words[index] ?? 0)) | 0;
  return value < 0n ? -hash | 0 : hash;
}
