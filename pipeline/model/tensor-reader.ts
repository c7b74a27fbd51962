import type { Tensor, TensorData } from '../lib/safetensors.ts';

type Element<T extends TensorData> = new (length: number) => T;
/** The expected shape; null stands for any length from 1. */
type Shape = readonly (number | null)[];

/** The tensors of a model file. Each is checked when it is read. */
export class TensorReader {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #read = new Set<string>();
  /** Throws an error that says what is wrong with the file. */
  readonly refuse: (problem: string) => never;

  constructor(tensors: ReadonlyMap<string, Tensor>, refuse: (problem: string) => never) {
    this.#tensors = tensors;
    this.refuse = refuse;
  }

  floats(name: string, shape: Shape): Float32Array {
    return this.#take(name, Float32Array, shape);
  }

  doubles(name: string, shape: Shape): Float64Array {
    return this.#take(name, Float64Array, shape);
  }

  integers(name: string, shape: Shape): Int32Array {
    return this.#take(name, Int32Array, shape);
  }

  bytes(name: string, shape: Shape): Uint8Array {
    return this.#take(name, Uint8Array, shape);
  }

  scalar(name: string): number {
    return this.doubles(name, [1])[0] as number;
  }

  /** The number of columns of a matrix. */
  widthOf(name: string): number {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) return this.refuse(`tensor ${name} is missing`);
    const factorCount = tensor.shape[1] ?? 0;
    if (tensor.shape.length !== 2 || factorCount === 0) {
      this.refuse(`tensor ${name} has shape [${tensor.shape.join(', ')}], not [n, n]`);
    }
    return factorCount;
  }

  /** Refuses a file with tensors that were not read. */
  refuseUnread(owner: string): void {
    for (const name of this.#tensors.keys()) {
      if (!this.#read.has(name)) this.refuse(`tensor ${name} is not part of a ${owner} model`);
    }
  }

  #take<T extends TensorData>(name: string, element: Element<T>, shape: Shape): T {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) return this.refuse(`tensor ${name} is missing`);
    this.#read.add(name);
    const { data } = tensor;
    if (!(data instanceof element)) {
      return this.refuse(`tensor ${name} holds ${data.constructor.name}, not ${element.name}`);
    }
    const fits = (length: number, axis: number): boolean => {
      const wanted = shape[axis];
      return wanted === null ? length > 0 : length === wanted;
    };
    if (tensor.shape.length !== shape.length || !tensor.shape.every(fits)) {
      const wanted = shape.map((length) => length ?? 'n').join(', ');
      this.refuse(`tensor ${name} has shape [${tensor.shape.join(', ')}], not [${wanted}]`);
    }
    for (let i = 0; i < data.length; i++) {
      if (!Number.isFinite(data[i])) this.refuse(`tensor ${name} holds ${data[i]} at position ${i}`);
    }
    return data;
  }
}
