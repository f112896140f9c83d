/**
 * Flink's scrambling of a 32-bit hash code (the murmur3 step and finaliser over one word), forced non-negative. Java hash codes
 * of neighbouring keys are neighbours; this is what spreads them over key groups.
 */
export function murmurHash(code: number): number {
  let hash = Math.imul(code, 0xcc9e2d51);
  hash = (hash << 15) | (hash >>> 17);
  hash = Math.imul(hash, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  hash ^= 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  if (hash >= 0) return hash;
  // The smallest int has no positive counterpart; Flink takes 0 for it.
  return hash === -0x8000_0000 ? 0 : -hash;
}
