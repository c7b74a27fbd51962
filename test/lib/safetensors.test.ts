import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { decodeTensors, encodeTensors } from '../../pipeline/lib/safetensors.ts';

/** A file with this header and body, valid or not. */
function fileWith(header: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + body.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(body, 8 + text.length);
  return file;
}

const tensors = {
  bias: { shape: [3], data: Float64Array.of(0.1, -0, Number.MAX_VALUE) },
  factors: { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
  ids: { shape: [2], data: Int32Array.of(-1, 2_147_483_647) },
  flags: { shape: [3, 1], data: Uint8Array.of(0, 1, 255) },
  none: { shape: [0, 8], data: new Float32Array(0) },
};

test('tensors of every type and their metadata survive the round trip', () => {
  const decoded = decodeTensors(encodeTensors(tensors, { version: 'model-v3' }), 'x');
  expect(Object.fromEntries(decoded.tensors)).toEqual(tensors);
  expect(decoded.metadata).toEqual({ version: 'model-v3' });
});

test('the bytes match the specification of the format', () => {
  // By hand: 8 bytes header length (72), JSON padded with spaces to a multiple of 8, then 1.0f and 2.0f.
  const file = encodeTensors({ a: { shape: [2], data: Float32Array.of(1, 2) } });
  const header = '{"__metadata__":{},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  expect(Buffer.from(file).readBigUInt64LE(0)).toBe(72n);
  expect(Buffer.from(file).toString('latin1', 8, 80)).toBe(header);
  expect(Buffer.from(file.subarray(80)).toString('hex')).toBe('0000803f00000040');
});

test('equal tensors give equal bytes, in any order of names', () => {
  const reversed = Object.fromEntries(Object.entries(tensors).reverse());
  expect(encodeTensors(reversed)).toEqual(encodeTensors(tensors));
});

test('an aligned file is mapped, not copied; a file that is not aligned is copied', () => {
  const file = encodeTensors(tensors);
  expect(decodeTensors(file, 'x').tensors.get('factors')?.data.buffer).toBe(file.buffer);
  const shifted = new Uint8Array(file.length + 1);
  shifted.set(file, 1);
  expect(Object.fromEntries(decodeTensors(shifted.subarray(1), 'x').tensors)).toEqual(tensors);
});

test('a tensor that does not fill its shape is not written', () => {
  expect(() => encodeTensors({ a: { shape: [2, 2], data: Float32Array.of(1) } })).toThrow(
    'tensor a: shape [2, 2] does not fit 1 values',
  );
});

const entry = (part: object): string =>
  JSON.stringify({ t: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...part } });
const two = (first: readonly number[], second: readonly number[]): string =>
  JSON.stringify({
    t: { dtype: 'F32', shape: [2], data_offsets: first },
    u: { dtype: 'F32', shape: [2], data_offsets: second },
  });
const body = new Uint8Array(8);

test.each([
  ['is too short', new Uint8Array(5), 'it has 5 bytes'],
  ['ends inside its header', fileWith('{}').subarray(0, 9), 'its header claims 2 bytes, the file has 9'],
  ['has a header that is not JSON', fileWith('{'), 'its header is not JSON'],
  ['has a header that is not an object', fileWith('null'), 'its header is not an object'],
  ['has an unknown type', fileWith(entry({ dtype: 'BF16' }), body), 'tensor t has type BF16'],
  [
    'has an inherited name as type',
    fileWith(entry({ dtype: 'toString' }), body),
    'tensor t has type toString',
  ],
  ['has a negative length', fileWith(entry({ shape: [-2] }), body), 'tensor t has no valid shape'],
  ['ends before its data', fileWith(entry({}), body.subarray(1)), 'tensor t has offsets outside of the file'],
  [
    'has data of another size',
    fileWith(entry({ shape: [1] }), body),
    'tensor t has offsets outside of the file',
  ],
  [
    'begins before its data',
    fileWith(entry({ data_offsets: [-8, 0] }), body),
    'tensor t has offsets outside of the file',
  ],
  [
    'has no offsets',
    fileWith(entry({ data_offsets: null }), body),
    'tensor t has offsets outside of the file',
  ],
  [
    'has a header of more than 1 MiB',
    fileWith(`{}${' '.repeat(2 ** 20)}`),
    'its header has 1048578 bytes, and the limit is 1048576',
  ],
  [
    'has bytes at its end',
    fileWith(entry({}), new Uint8Array(108)),
    '100 bytes after its last tensor belong to none',
  ],
  ['has bytes and no tensor', fileWith('{}', body), '8 bytes after its last tensor belong to none'],
  [
    'has tensors that overlap',
    fileWith(two([0, 8], [4, 12]), new Uint8Array(12)),
    'tensor u begins at byte 4, inside of another tensor',
  ],
  [
    'has two tensors in one place',
    fileWith(two([0, 8], [0, 8]), body),
    'tensor u begins at byte 0, inside of another tensor',
  ],
  ['has a gap', fileWith(two([0, 8], [16, 24]), new Uint8Array(24)), 'bytes 8 to 16 belong to no tensor'],
  [
    'has metadata that is no text',
    fileWith('{"__metadata__":{"format":7}}'),
    'its metadata is not an object of texts',
  ],
  ['has metadata that is a list', fileWith('{"__metadata__":[]}'), 'its metadata is not an object of texts'],
])('a file that %s is refused', (_, file, problem) => {
  expect(() => decodeTensors(file, 'model.safetensors of v3')).toThrow(
    expect.objectContaining({
      code: 'model-invalid',
      message: expect.stringContaining(
        `model.safetensors of v3 is not a readable safetensors file: ${problem}`,
      ),
    }),
  );
});

test('a file with any header is read or refused', () => {
  const value = fc.jsonValue();
  const header = fc.oneof(
    value,
    fc.dictionary(fc.string(), fc.record({ dtype: fc.constant('F32'), shape: value, data_offsets: value })),
  );
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 32 }), (said, data) => {
      try {
        decodeTensors(fileWith(JSON.stringify(said), data), 'x');
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
