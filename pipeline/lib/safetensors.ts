import { OperatorError } from './errors.ts';
import { fromHalfPrecision, toHalfPrecision } from './half-precision.ts';

/** The element types that are written and read. All are little-endian. */
const ELEMENT = {
  F16: Uint16Array,
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const;

type TensorType = keyof typeof ELEMENT;
export type TensorData = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A named block of numbers, row-major. `data.length` is the product of `shape`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** Whether 32-bit floats are written in half precision. They are read as 32-bit floats. @default false */
  readonly half?: boolean;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: TensorType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const ALIGNMENT = 8;
/** A model has some twenty tensors, which take three kilobytes. */
const LONGEST_HEADER = 1 << 20;

type StoredData = TensorData | Uint16Array;

function typeOf(data: StoredData): TensorType {
  for (const [name, element] of Object.entries(ELEMENT)) {
    if (data instanceof element) return name as TensorType;
  }
  throw new TypeError(`no safetensors type for ${data.constructor.name}`);
}

const product = (shape: readonly number[]): number => shape.reduce((size, length) => size * length, 1);

/**
 * Writes tensors as one safetensors file: 8 bytes header length, JSON header, then the data without gaps.
 * The header is padded with spaces and tensors are ordered by element size, so every tensor is aligned and can be
 * mapped without copying. Equal input gives equal bytes.
 *
 * @throws TypeError when a tensor's data does not fill its shape.
 * Format: https://github.com/huggingface/safetensors#format
 */
export function encodeTensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors)
    .map(stored)
    .sort(
      ([aName, a], [bName, b]) =>
        b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (aName < bName ? -1 : 1),
    );
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const [name, { shape, data }] of entries) {
    if (product(shape) !== data.length) {
      throw new TypeError(`tensor ${name}: shape [${shape.join(', ')}] does not fit ${data.length} values`);
    }
    header[name] = { dtype: typeOf(data), shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(8 + headerLength + size);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength);
  file.set(text, 8);
  let offset = 8 + headerLength;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

function stored([name, { shape, data, half }]: [string, Tensor]): [
  string,
  { readonly shape: readonly number[]; readonly data: StoredData },
] {
  return [
    name,
    { shape, data: half === true && data instanceof Float32Array ? toHalfPrecision(data) : data },
  ];
}

/**
 * Reads a safetensors file. Tensors are views on `file`, not copies, when they are aligned.
 * The file cannot contain code, and every offset is checked before it is used. The tensors are the whole file: a file
 * with overlapping tensors or with bytes that belong to none is refused, as the format says. The header has 1 MiB at most.
 *
 * @param name of the file, for the error: `model.safetensors of model-v3`.
 * @throws OperatorError `model-invalid` that names the tensor and the problem.
 */
export function decodeTensors(file: Uint8Array, name: string): TensorFile {
  const refuse = (problem: string): never => {
    throw new OperatorError(
      'model-invalid',
      `${name} is not a readable safetensors file: ${problem}.`,
      'Download the model or train it again. If the file comes from another source, compare its SHA-256 with the manifest.',
    );
  };
  if (file.length < 8) refuse(`it has ${file.length} bytes; the length of the header needs 8`);
  const headerLength = Number(
    new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true),
  );
  const start = 8 + headerLength;
  if (start > file.length) refuse(`its header claims ${headerLength} bytes, the file has ${file.length}`);
  if (headerLength > LONGEST_HEADER) {
    refuse(`its header has ${headerLength} bytes, and the limit is ${LONGEST_HEADER}`);
  }
  let header: Record<string, unknown> = {};
  try {
    header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<string, unknown>;
  } catch {
    refuse('its header is not JSON');
  }
  if (header === null || typeof header !== 'object' || Array.isArray(header)) {
    refuse('its header is not an object');
  }
  const body = start % ALIGNMENT === 0 && file.byteOffset % ALIGNMENT === 0 ? file : file.slice();
  const tensors = new Map<string, Tensor>();
  const places: Place[] = [];
  for (const [tensorName, value] of Object.entries(header)) {
    if (tensorName === '__metadata__') continue;
    const entry = value as Partial<HeaderEntry> | null;
    const { dtype, shape, data_offsets: offsets } = entry ?? {};
    if (!dtype || !Object.hasOwn(ELEMENT, dtype)) {
      refuse(
        `tensor ${tensorName} has type ${String(dtype)}; known types: ${Object.keys(ELEMENT).join(', ')}`,
      );
    }
    if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
      refuse(`tensor ${tensorName} has no valid shape`);
    }
    const [from, to] = Array.isArray(offsets) ? (offsets as number[]) : [];
    const element = ELEMENT[dtype as TensorType];
    const length = product(shape as number[]);
    if (
      !Number.isSafeInteger(from) ||
      !Number.isSafeInteger(to) ||
      (from as number) < 0 ||
      start + (to as number) > file.length ||
      (to as number) - (from as number) !== length * element.BYTES_PER_ELEMENT
    ) {
      refuse(`tensor ${tensorName} has offsets outside of the file or not of the size of its shape`);
    }
    places.push({ name: tensorName, from: from as number, to: to as number });
    const at = body.byteOffset + start + (from as number);
    const data =
      at % element.BYTES_PER_ELEMENT === 0
        ? new element(body.buffer as ArrayBuffer, at, length)
        : new element(body.buffer.slice(at, at + length * element.BYTES_PER_ELEMENT) as ArrayBuffer);
    tensors.set(tensorName, {
      shape: shape as number[],
      data: data instanceof Uint16Array ? fromHalfPrecision(data) : data,
    });
  }
  const gap = firstGap(places, file.length - start);
  if (gap !== null) refuse(gap);
  const metadata = header['__metadata__'] ?? {};
  if (!isTexts(metadata)) return refuse('its metadata is not an object of texts');
  return { tensors, metadata };
}

interface Place {
  readonly name: string;
  /** Bytes after the header. */
  readonly from: number;
  readonly to: number;
}

/** What contradicts the format in the places of tensors: together they are the whole file, each byte once. Or null. */
function firstGap(places: readonly Place[], length: number): string | null {
  let end = 0;
  for (const { name, from, to } of [...places].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) return `tensor ${name} begins at byte ${from}, inside of another tensor`;
    if (from > end) return `bytes ${end} to ${from} belong to no tensor`;
    end = to;
  }
  return end === length ? null : `${length - end} bytes after its last tensor belong to none`;
}

const isTexts = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((text) => typeof text === 'string');
