/** Reproducible draws in [0, bound): xorshift32. */
export function draws(seed: number): (bound: number) => number {
  let state = (Math.imul(seed, 0x9e37_79b9) ^ 0x5bd1_e995) >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}
