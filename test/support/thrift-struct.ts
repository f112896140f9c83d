/** Thrift's compact protocol, as far as Parquet's footers and page headers need it. */
const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

export class ThriftStruct {
  readonly #bytes: number[] = [];
  #lastField = 0;

  bool(field: number, value: boolean): void {
    this.#header(field, value ? 1 : 2);
  }

  i32(field: number, value: number): void {
    this.#header(field, I32);
    this.#zigzag(BigInt(value));
  }

  i64(field: number, value: bigint): void {
    this.#header(field, I64);
    this.#zigzag(value);
  }

  binary(field: number, value: Uint8Array): void {
    this.#header(field, BINARY);
    this.#binary(value);
  }

  struct(field: number, write: (struct: ThriftStruct) => void): void {
    this.#header(field, STRUCT);
    this.#struct(write);
  }

  i32s(field: number, values: readonly number[]): void {
    this.#list(field, I32, values.length);
    for (const value of values) this.#zigzag(BigInt(value));
  }

  binaries(field: number, values: readonly Uint8Array[]): void {
    this.#list(field, BINARY, values.length);
    for (const value of values) this.#binary(value);
  }

  structs(field: number, writers: readonly ((struct: ThriftStruct) => void)[]): void {
    this.#list(field, STRUCT, writers.length);
    for (const write of writers) this.#struct(write);
  }

  toBytes(): Uint8Array {
    return Uint8Array.of(...this.#bytes, 0);
  }

  /** Field numbers must rise by less than 16. */
  #header(field: number, type: number): void {
    this.#bytes.push(((field - this.#lastField) << 4) | type);
    this.#lastField = field;
  }

  #list(field: number, type: number, count: number): void {
    this.#header(field, LIST);
    if (count < 15) {
      this.#bytes.push((count << 4) | type);
      return;
    }
    this.#bytes.push(0xf0 | type);
    this.#varint(BigInt(count));
  }

  #struct(write: (struct: ThriftStruct) => void): void {
    const inner = new ThriftStruct();
    write(inner);
    this.#bytes.push(...inner.toBytes());
  }

  #binary(value: Uint8Array): void {
    this.#varint(BigInt(value.length));
    this.#bytes.push(...value);
  }

  #zigzag(value: bigint): void {
    this.#varint(value < 0n ? -value * 2n - 1n : value * 2n);
  }

  #varint(value: bigint): void {
    let rest = value;
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    this.#bytes.push(Number(rest));
  }
}
