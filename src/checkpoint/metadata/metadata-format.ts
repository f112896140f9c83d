/**
 * The form of `_metadata`, described byte by byte in docs/checkpoint-format.md. Three things never change, whatever the version:
 * the magic comes first, the format version follows, and the last four bytes are the CRC-32 of all before them. So a reader
 * can always tell "not a checkpoint", "damaged" and "written by a newer Millrace" apart.
 *
 * Version history. A version number is never reused, and every version that was released can be read for ever
 * (test/golden/checkpoints/v<n>).
 *   1  the first.
 */
export const METADATA_FORMAT_VERSION = 1;

/** 'MRCP' */
export const METADATA_MAGIC: readonly number[] = [0x4d, 0x52, 0x43, 0x50];

/** Magic, version, reserved, required features. */
export const METADATA_ENVELOPE_BYTES: number = 4 + 2 + 2 + 8;
export const CHECKSUM_BYTES = 4;

/**
 * Required features: a reader that does not know a set bit must refuse the file, because ignoring it would lose state. None is
 * in use; bit 0 is kept for the channel state of unaligned checkpoints.
 */
export const KNOWN_FEATURES = 0n;

export const NO_ENTRY = 0;
export const HAS_ENTRY = 1;

/** Positions are what is written; never reorder, only append. */
export const STATE_KINDS = ['value', 'list', 'map', 'reducing', 'aggregating'] as const;
export const REDISTRIBUTION_MODES = ['split', 'union', 'broadcast'] as const;
export const SINK_GUARANTEES = ['exactly-once', 'at-least-once', 'none'] as const;
