import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHalfPrecision, toHalfPrecision } from '../../pipeline/lib/half-precision.ts';

const halfOf = (value: number): number => toHalfPrecision(Float32Array.of(value))[0] as number;
const numberOf = (bits: number): number => fromHalfPrecision(Uint16Array.of(bits))[0] as number;

// From Python 3: struct.pack('<e', value) of the value as a 32-bit float. Infinite results, which it refuses, by hand.
test.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-1, 0xbc00],
  [0.1, 0x2e66],
  [1 / 3, 0x3555],
  [Math.PI, 0x4248],
  [1000.3, 0x63d1],
  [2 ** -14, 0x0400],
  // Below the smallest normal number: multiples of 2⁻²⁴, ties to even.
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [2 ** -25 * 1.0000001, 0x0001],
  [3 * 2 ** -25, 0x0002],
  [1e-10, 0x0000],
  // Ties among normal numbers.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [2049, 0x6800],
  [2051, 0x6802],
  [65_504, 0x7bff],
  [65_519.996, 0x7bff],
  [65_520, 0x7c00],
  [-65_520, 0xfc00],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [Number.NaN, 0x7e00],
])('%f is rounded to the nearest half-precision number', (value, bits) => {
  expect(halfOf(value).toString(16)).toBe(bits.toString(16));
});

test('each of the 65,536 half-precision numbers survives the round trip', () => {
  const all = Uint16Array.from({ length: 0x1_0000 }, (_, bits) => bits);
  const numbers = fromHalfPrecision(all);
  const isNumber = (bits: number): boolean => !Number.isNaN(numbers[bits]);
  expect(toHalfPrecision(numbers).filter(isNumber)).toEqual(all.filter(isNumber));
  // NaN has an exponent of ones and a fraction that is not 0: 2 · (2¹⁰ − 1) encodings.
  expect(all.filter((bits) => !isNumber(bits))).toHaveLength(2046);
  expect(Object.is(numberOf(0x8000), -0)).toBe(true);
});

test('no other half-precision number is nearer', () => {
  const positive = fromHalfPrecision(Uint16Array.from({ length: 0x7c00 }, (_, bits) => bits));
  fc.assert(
    fc.property(fc.float({ min: 0, max: 65_504, noNaN: true }), (value) => {
      const bits = halfOf(value);
      const distance = Math.abs((positive[bits] as number) - value);
      for (const neighbour of [bits - 1, bits + 1]) {
        const other = Math.abs((positive[neighbour] ?? Number.POSITIVE_INFINITY) - value);
        expect(other).toBeGreaterThanOrEqual(distance);
        if (other === distance) expect(bits % 2).toBe(0);
      }
    }),
    { seed: 1, numRuns: 2_000 },
  );
});
