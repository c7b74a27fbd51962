import { OperatorError } from '../lib/errors.ts';
import { decodeTensors, encodeTensors, type Tensor, type TensorData } from '../lib/safetensors.ts';
import { vocabularyOfSorted } from '../ratings/vocabulary.ts';
import type { Baseline } from './baseline.ts';
import { biasModel } from './bias-model.ts';
import { factorModel } from './factor-model.ts';
import { popularityModel } from './popularity-model.ts';
import type { TrainedModel } from './trained-model.ts';

const FORMAT = 'cinematch-model';
const FORMAT_VERSION = '1';

const BASELINE = ['user_ids', 'movie_ids', 'mean', 'user_offsets', 'movie_offsets', 'movie_counts'];
const BIASES = [...BASELINE, 'user_biases'];
const FACTORS = [...BASELINE, 'user_factors', 'movie_factors', 'popularity_weight'];

/** What a file of each algorithm holds, and how a model is made of it. */
const ALGORITHMS: Readonly<
  Record<
    string,
    { readonly tensors: readonly string[]; readonly build: (name: string, file: Reader) => TrainedModel }
  >
> = {
  'vb-mf': { tensors: FACTORS, build: buildFactorModel },
  'sgd-mf': { tensors: FACTORS, build: buildFactorModel },
  bias: { tensors: BIASES, build: buildBiasModel },
  popularity: { tensors: BASELINE, build: (name, file) => popularityModel(name, readBaseline(file)) },
};

/** Writes a model as one safetensors file. Equal models give equal bytes. */
export function encodeModel({ algorithm, tensors }: TrainedModel): Uint8Array {
  return encodeTensors(tensors, { algorithm, format: FORMAT, formatVersion: FORMAT_VERSION });
}

/**
 * Reads a model file. Nothing in it is executed; names, types, shapes, ids and every number are checked
 * before a model is made of it, and the model predicts bit for bit what the written one predicted.
 *
 * @param name what the bytes are, for the error: `model.safetensors of model-v3`.
 * @throws OperatorError `model-invalid` that names what is wrong.
 */
export function decodeModel(bytes: Uint8Array, name: string): TrainedModel {
  const { tensors, metadata } = decodeTensors(bytes, name);
  const refuse = (problem: string): never => {
    throw new OperatorError(
      'model-invalid',
      `${name} is not a model this version can serve: ${problem}.`,
      'Train it again, or take the file from the release it belongs to.',
    );
  };
  const { format, formatVersion, algorithm = '' } = metadata;
  if (format !== FORMAT) refuse(`its format is ${String(format)}, not ${FORMAT}`);
  if (formatVersion !== FORMAT_VERSION) {
    refuse(`its format version is ${String(formatVersion)}, known is ${FORMAT_VERSION}`);
  }
  const known = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  if (known === undefined) {
    return refuse(
      `its algorithm is ${algorithm || 'not named'}, known are ${Object.keys(ALGORITHMS).join(', ')}`,
    );
  }
  for (const tensor of tensors.keys()) {
    if (!known.tensors.includes(tensor)) refuse(`tensor ${tensor} does not belong to ${algorithm}`);
  }
  return known.build(algorithm, { tensors, refuse });
}

/** An open file: its tensors, and how to refuse it. */
interface Reader {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly refuse: (problem: string) => never;
}

type Element<T extends TensorData> = new (length: number) => T;

/** A tensor of the element type and shape it must have; null stands for any length of at least one. */
function readTensor<T extends TensorData>(
  { tensors, refuse }: Reader,
  name: string,
  element: Element<T>,
  shape: readonly (number | null)[],
): { readonly data: T; readonly shape: readonly number[] } {
  const tensor = tensors.get(name);
  if (tensor === undefined) return refuse(`tensor ${name} is missing`);
  if (!(tensor.data instanceof element)) {
    return refuse(`tensor ${name} holds ${tensor.data.constructor.name}, not ${element.name}`);
  }
  const fits = (length: number, axis: number): boolean => {
    const wanted = shape[axis];
    return wanted === null ? length > 0 : length === wanted;
  };
  if (tensor.shape.length !== shape.length || !tensor.shape.every(fits)) {
    const wanted = shape.map((length) => length ?? 'n').join(', ');
    refuse(`tensor ${name} has shape [${tensor.shape.join(', ')}], not [${wanted}]`);
  }
  const { data } = tensor;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) refuse(`tensor ${name} holds ${data[i]} at position ${i}`);
  }
  return { data, shape: tensor.shape };
}

function readIds(file: Reader, name: string): Int32Array {
  const { data: ids } = readTensor(file, name, Int32Array, [null]);
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id < 1) file.refuse(`tensor ${name} holds the id ${id}, which is below 1`);
    if (row > 0 && id <= (ids[row - 1] as number)) {
      file.refuse(`the ids of tensor ${name} do not ascend at position ${row}`);
    }
  }
  return ids;
}

function readScalar(file: Reader, name: string): number {
  return readTensor(file, name, Float64Array, [1]).data[0] as number;
}

function readBaseline(file: Reader): Baseline {
  const users = vocabularyOfSorted(readIds(file, 'user_ids'));
  const movies = vocabularyOfSorted(readIds(file, 'movie_ids'));
  const movieCounts = readTensor(file, 'movie_counts', Int32Array, [movies.size]).data;
  const negative = movieCounts.findIndex((count) => count < 0);
  if (negative >= 0)
    file.refuse(`tensor movie_counts holds ${movieCounts[negative]} at position ${negative}`);
  return {
    users,
    movies,
    mean: readScalar(file, 'mean'),
    userOffsets: readTensor(file, 'user_offsets', Float32Array, [users.size]).data,
    movieOffsets: readTensor(file, 'movie_offsets', Float32Array, [movies.size]).data,
    movieCounts,
  };
}

function buildBiasModel(algorithm: string, file: Reader): TrainedModel {
  const baseline = readBaseline(file);
  const { data: userBiases } = readTensor(file, 'user_biases', Float32Array, [baseline.users.size]);
  return biasModel(algorithm, baseline, userBiases);
}

function buildFactorModel(algorithm: string, file: Reader): TrainedModel {
  const baseline = readBaseline(file);
  const { data: userFactors, shape } = readTensor(file, 'user_factors', Float32Array, [
    baseline.users.size,
    null,
  ]);
  const lanes = shape[1] as number;
  return factorModel(algorithm, baseline, {
    lanes,
    userFactors,
    movieFactors: readTensor(file, 'movie_factors', Float32Array, [baseline.movies.size, lanes]).data,
    popularityWeight: readScalar(file, 'popularity_weight'),
  });
}
