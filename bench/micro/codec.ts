// The value codec alone: node bench/micro/codec.ts. Times are for 1000 records.
import { bench, group, run } from 'mitata';
import { nodeStrings } from '../../src/host/node/node-strings.ts';
import { ByteReader } from '../../src/base/byte-reader.ts';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { checkValue } from '../../src/codec/check-value.ts';
import { copyValue } from '../../src/codec/copy-value.ts';
import { GatheredStringReader, GatheredStringWriter, textBytes } from '../../src/codec/gathered-strings.ts';
import { ownStrings } from '../../src/codec/own-strings.ts';
import { ValueDecoder } from '../../src/codec/value-decoder.ts';
import { ValueEncoder } from '../../src/codec/value-encoder.ts';
import { BIDS, COUNTS } from './records.ts';

const shapes = [
  { name: '7 fields, 3 strings', records: BIDS },
  { name: '5 numbers', records: COUNTS },
];

for (const { name, records } of shapes) {
  group(`1000 records of ${name}`, () => {
    inlineBenches(records);
    gatheredBenches(records);
    bench('copyValue', () => records.map((record) => copyValue(record)));
    bench('ownStrings', () => records.map((record) => ownStrings(record)));
    bench('checkValue', () => {
      for (const record of records) checkValue(record);
    });
    bench('JSON.stringify, one at a time', () => records.map((record) => JSON.stringify(record)));
  });
}

function inlineBenches(records: readonly object[]): void {
  const writer = new ByteWriter(1 << 18);
  const encoder = new ValueEncoder(nodeStrings);
  const encodeAll = (): void => {
    writer.clear();
    encoder.reset();
    for (const record of records) encoder.write(writer, record);
  };
  encodeAll();
  const bytes = writer.toBytes();
  bench(`encode, inline strings (${bytes.length / records.length} bytes a record)`, encodeAll);
  const decoder = new ValueDecoder(nodeStrings);
  bench('decode, inline strings', () => {
    const reader = new ByteReader(bytes);
    return records.map(() => decoder.read(reader));
  });
  const interpreted = new ValueDecoder(nodeStrings, { interpreted: true });
  bench('decode, inline strings, interpreted', () => {
    const reader = new ByteReader(bytes);
    return records.map(() => interpreted.read(reader));
  });
}

function gatheredBenches(records: readonly object[]): void {
  const writer = new ByteWriter(1 << 18);
  const stringWriter = new GatheredStringWriter();
  const encoder = new ValueEncoder(nodeStrings, { stringWriter });
  const region = new Uint8Array(1 << 18);
  const encodeAll = (): number => {
    writer.clear();
    stringWriter.clear();
    encoder.reset();
    for (const record of records) encoder.write(writer, record);
    stringWriter.writeTo(nodeStrings, region, 0, stringWriter.encoding);
    return stringWriter.units;
  };
  const units = encodeAll();
  const { encoding } = stringWriter;
  const bytes = writer.toBytes();
  bench(
    `encode, gathered strings (${(bytes.length + textBytes(units, encoding)) / records.length} bytes a record)`,
    encodeAll,
  );
  const stringReader = new GatheredStringReader();
  const decoder = new ValueDecoder(nodeStrings, { stringReader });
  bench('decode, gathered strings', () => {
    const reader = new ByteReader(bytes);
    stringReader.readFrom(nodeStrings, region, 0, units, encoding);
    return records.map(() => decoder.read(reader));
  });
}

await run();
