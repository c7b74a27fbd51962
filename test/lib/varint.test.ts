import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VarintReader, VarintWriter } from '../../pipeline/lib/varint.ts';

function written(write: (writer: VarintWriter) => void): Uint8Array {
  const writer = new VarintWriter();
  write(writer);
  expect(writer.position).toBe(writer.finish().length);
  return writer.finish();
}

/** Small numbers as often as large ones. */
const whole = fc
  .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.nat(31))
  .map(([value, bits]) => value >>> bits);
const ascending = fc
  .array(fc.nat(0x7fffffff), { maxLength: 300 })
  .map((values) => Int32Array.from(values).sort());

test.each<[value: number, bytes: number[]]>([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 0x01]],
  // The example in Wikipedia's article on LEB128.
  [624485, [0xe5, 0x8e, 0x26]],
  [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])('%d is written as %j', (value, bytes) => {
  expect([...written((writer) => writer.write(value))]).toEqual(bytes);
});

test('numbers, texts and ascending numbers are read back in their order', () => {
  const part = fc.oneof(whole, fc.string({ unit: 'grapheme', maxLength: 2000 }), ascending);
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const bytes = written((writer) => {
        for (const each of parts) {
          if (typeof each === 'number') writer.write(each);
          else if (typeof each === 'string') writer.writeText(each);
          else writer.writeAscending(each);
        }
      });
      const reader = new VarintReader(bytes);
      for (const each of parts) {
        if (typeof each === 'number') expect(reader.read()).toBe(each);
        else if (typeof each === 'string') expect(reader.readText()).toBe(each);
        else expect(reader.readAscending()).toEqual(each);
      }
      expect(reader.position).toBe(bytes.length);
    }),
  );
});

test('a reader can begin anywhere', () => {
  const bytes = written((writer) => {
    writer.writeText('before');
    writer.write(300);
  });
  expect(new VarintReader(bytes, 7).read()).toBe(300);
});

test('what was cut off is refused, whatever it is', () => {
  const bytes = written((writer) => {
    writer.writeAscending([1, 200, 70_000]);
    writer.writeText('Amélie');
    writer.write(70_000);
  });
  for (let length = 0; length < bytes.length; length++) {
    const reader = new VarintReader(bytes.subarray(0, length));
    expect(() => {
      reader.readAscending();
      reader.readText();
      reader.read();
    }).toThrow(RangeError);
  }
});

test('a number of more than five bytes is refused', () => {
  expect(() => new VarintReader(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x01)).read()).toThrow(
    RangeError,
  );
});

test('counts beyond the end are refused before there is memory for them', () => {
  const huge = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2, 3);
  expect(() => new VarintReader(huge).readAscending()).toThrow('4294967295 numbers go beyond the end');
  expect(() => new VarintReader(huge).readText()).toThrow('a text of 4294967295 bytes goes beyond the end');
});

test('a text that is no UTF-8 is refused', () => {
  expect(() => new VarintReader(Uint8Array.of(2, 0xc3, 0x28)).readText()).toThrow(TypeError);
});

test('any bytes are read or refused, and reading comes to an end', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('read', 'readText', 'readAscending'),
      (bytes, what) => {
        const reader = new VarintReader(bytes);
        try {
          while (reader.position < bytes.length) reader[what]();
          expect(reader.position).toBe(bytes.length);
        } catch (error) {
          expect(error instanceof RangeError || error instanceof TypeError).toBe(true);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
