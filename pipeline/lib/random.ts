import { randomNormal } from 'd3-random';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of uniform numbers in [0, 1). The same seed gives the same numbers on every machine. */
export type Random = () => number;

/**
 * A uniform source from an integer seed (xoroshiro128+, 32 bits a draw).
 * Streams with different `stream` numbers are independent: a further draw from one does not change another.
 */
export function seededRandom(seed: number, stream = 0): Random {
  const generator = xoroshiro128plus(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
  for (let warmUp = 0; warmUp < 8; warmUp++) generator.next();
  return () => (generator.next() >>> 0) / 0x1_0000_0000;
}

/** Draws from the standard normal distribution (Marsaglia's polar method), mean 0 and variance 1. */
export function normal(random: Random): () => number {
  return randomNormal.source(random)(0, 1);
}

/** Shuffles in place (Fisher–Yates) and returns the same array. */
export function shuffle<T extends Int32Array | Float64Array | unknown[]>(random: Random, values: T): T {
  for (let last = values.length - 1; last > 0; last--) {
    const pick = Math.floor(random() * (last + 1));
    const held = values[last];
    values[last] = values[pick] as never;
    values[pick] = held as never;
  }
  return values;
}
