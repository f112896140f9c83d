/**
 * A frame: elements encoded together, with the characters of their strings gathered behind them. Little endian.
 *
 *   u32 length of the elements, u32 length of the text in UTF-16 units, u32 encoding of the text
 *   elements   u8 kind, then
 *                records            f64 timestamp if HAS_TIMESTAMP, u16 key group if HAS_KEY_GROUP, value (codec/wire-format.ts)
 *                BARRIER            f64 checkpoint id, f64 trigger time, u8 alignment, u8 state mode (control-codec.ts)
 *                CANCEL_CHECKPOINT  f64 checkpoint id
 *                WATERMARK          f64 timestamp
 *                ACTIVE, IDLE, END_OF_INPUT
 *   text       the strings of all values, in order
 *
 * Frames live as long as an attempt and are read by the process that wrote them: the form may change from version to version.
 */
export const FRAME_HEADER_BYTES = 12;

/** Kinds below CONTROL are records: the sum of the flags. */
export const HAS_TIMESTAMP = 1;
export const HAS_KEY_GROUP = 2;
export const CONTROL = 4;
export const Control = { BARRIER: 4, CANCEL_CHECKPOINT: 5, WATERMARK: 6, ACTIVE: 7, IDLE: 8, END_OF_INPUT: 9 } as const;

/**
 * What one element may take, encoded. It passes any ring in parts, but both ends hold it as a whole meanwhile, and a string cannot
 * be much longer.
 */
export const ELEMENT_BYTES_MAX: number = 256 * 1024 * 1024;
