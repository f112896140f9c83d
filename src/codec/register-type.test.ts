import { describe, expect, test } from 'vitest';
import { testStrings } from '../../test/support/strings.ts';
import { copyValue } from './copy-value.ts';
import { decodeValue, encodeValue } from './encode-value.ts';
import { registerType } from './register-type.ts';

class Money {
  readonly cents: bigint;

  private constructor(cents: bigint) {
    this.cents = cents;
  }

  static of(cents: bigint): Money {
    return new Money(cents);
  }
}

class Track {
  readonly points: Money[] = [];
}

registerType('test/money', 2, Money, {
  encode: (money) => ({ cents: money.cents }),
  decode: (encoded, version) => Money.of(version === 1 ? encoded.cents * 100n : encoded.cents),
});
registerType('test/track', 1, Track, {
  encode: (track) => track.points,
  decode: (points) => Object.assign(new Track(), { points }),
});

describe('a registered class', () => {
  test('comes back as an instance, inside other values and other instances too', () => {
    const track = new Track();
    track.points.push(Money.of(1n), Money.of(2n));
    const decoded = decodeValue(
      testStrings,
      encodeValue(testStrings, { list: [track], map: new Map([['m', Money.of(3n)]]) }),
    ) as {
      list: Track[];
      map: Map<string, Money>;
    };
    expect(decoded.list[0]).toBeInstanceOf(Track);
    expect(decoded.list[0]?.points.map((money) => money.cents)).toEqual([1n, 2n]);
    expect(decoded.map.get('m')).toEqual(Money.of(3n));
  });

  test('is copied by way of its codec', () => {
    const track = new Track();
    track.points.push(Money.of(1n));
    const copy = copyValue(track);
    expect(copy).toBeInstanceOf(Track);
    expect(copy.points).not.toBe(track.points);
    expect(copy).toEqual(track);
  });

  test('gets the version under which a value was written', () => {
    const bytes = encodeValue(testStrings, Money.of(7n));
    const versionAt = bytes.indexOf(2, 'test/money'.length);
    bytes[versionAt] = 1;
    expect(decodeValue(testStrings, bytes)).toEqual(Money.of(700n));
    bytes[versionAt] = 3;
    expect(() => decodeValue(testStrings, bytes)).toThrow('written in version 3, registered is 2');
  });

  test('does not stand for its subclasses', () => {
    class FastTrack extends Track {}
    expect(() => encodeValue(testStrings, [new FastTrack()])).toThrow(
      "'value[0]' failed: it is an instance of 'FastTrack'",
    );
  });

  test('names the path inside what its codec returns', () => {
    const track = new Track();
    Object.assign(track, { points: [() => 1] });
    expect(() => encodeValue(testStrings, { track })).toThrow("'value.track as encoded by type 'test/track'[0]'");
  });

  test('that is not registered where it is read is STATE_INCOMPATIBLE', () => {
    const bytes = encodeValue(testStrings, Money.of(1n));
    bytes[bytes.indexOf('y'.charCodeAt(0))] = 'X'.charCodeAt(0);
    expect(() => decodeValue(testStrings, bytes)).toThrow(expect.objectContaining({ code: 'STATE_INCOMPATIBLE' }));
  });
});

describe('registerType', () => {
  const codec = { encode: () => 1, decode: () => new Track() };

  test('refuses a name that stands for another class or version, and versions below 1', () => {
    expect(() => registerType('test/track', 1, Money, { encode: () => 1, decode: () => Money.of(1n) })).toThrow(
      "class 'Track' has that name",
    );
    expect(() => registerType('test/track', 2, Track, codec)).toThrow('in version 1');
    expect(() => registerType('test/other', 0, Track, codec)).toThrow('not a positive integer');
  });

  test('takes the newest class when the same definition is evaluated again', () => {
    const define = (): { make: () => object; type: object } => {
      class Local {
        readonly value = 1;
      }
      registerType('test/local', 1, Local, { encode: () => 1, decode: () => new Local() });
      return { make: () => new Local(), type: Local.prototype };
    };
    const first = define();
    const second = define();
    const decoded = decodeValue(testStrings, encodeValue(testStrings, [first.make(), second.make()])) as object[];
    expect(decoded.map((instance) => Object.getPrototypeOf(instance))).toEqual([second.type, second.type]);
  });
});
