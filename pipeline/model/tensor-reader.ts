import type { Tensor, TensorData } from '../lib/safetensors.ts';

type Element<T extends TensorData> = new (length: number) => T;
/** The expected shape; null stands for any length from 1. */
type Shape = readonly (number | null)[];

/**
 * No parameter of a trained model is near to it (the largest of a model of MovieLens is 50), and products of three
 * parameters, summed over 1,024 factors, stay finite in 32 bits.
 */
const LARGEST = 1e9;

export type TensorReader = ReturnType<typeof tensorReader>;

/**
 * Reads the tensors of a model file. Each is checked when it is read.
 *
 * @param refuse throws an error that says what is wrong with the file.
 */
export function tensorReader(tensors: ReadonlyMap<string, Tensor>, refuse: (problem: string) => never) {
  const unread = new Set(tensors.keys());

  function tensorNamed(name: string): Tensor {
    return tensors.get(name) ?? refuse(`tensor ${name} is missing`);
  }

  function take<T extends TensorData>(name: string, element: Element<T>, wanted: Shape): T {
    const { data, shape } = tensorNamed(name);
    unread.delete(name);
    if (!(data instanceof element)) {
      return refuse(`tensor ${name} holds ${data.constructor.name}, not ${element.name}`);
    }
    const fits = (length: number, axis: number): boolean =>
      wanted[axis] === null ? length > 0 : length === wanted[axis];
    if (shape.length !== wanted.length || !shape.every(fits)) {
      const lengths = wanted.map((length) => length ?? 'n').join(', ');
      refuse(`tensor ${name} has shape [${shape.join(', ')}], not [${lengths}]`);
    }
    // Ids are not measured.
    const largest = data instanceof Int32Array ? Number.POSITIVE_INFINITY : LARGEST;
    for (let i = 0; i < data.length; i++) {
      // Also false for NaN.
      if (!(Math.abs(data[i] as number) <= largest)) {
        refuse(
          `tensor ${name} holds ${data[i]} at position ${i}, and the largest number of a model is ${LARGEST}`,
        );
      }
    }
    return data;
  }

  return {
    refuse,
    floats: (name: string, shape: Shape) => take(name, Float32Array, shape),
    doubles: (name: string, shape: Shape) => take(name, Float64Array, shape),
    integers: (name: string, shape: Shape) => take(name, Int32Array, shape),
    bytes: (name: string, shape: Shape) => take(name, Uint8Array, shape),
    scalar: (name: string) => take(name, Float64Array, [1])[0] as number,
    /** The number of columns of a matrix. */
    widthOf(name: string): number {
      const { shape } = tensorNamed(name);
      const [, width = 0] = shape;
      if (shape.length === 2 && width > 0) return width;
      return refuse(`tensor ${name} has shape [${shape.join(', ')}], not [n, n]`);
    },
    /** Refuses a file with tensors that were not read. */
    refuseUnread(owner: string): void {
      for (const name of unread) refuse(`tensor ${name} is not part of a ${owner} model`);
    },
  };
}
