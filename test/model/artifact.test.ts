import { expect, test } from 'vitest';
import { decodeTensors, encodeTensors, type Tensor } from '../../pipeline/lib/safetensors.ts';
import { decodeModel, encodeModel } from '../../pipeline/model/artifact.ts';
import { ALGORITHM_NAMES } from '../../pipeline/train/algorithms.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const { train } = plantedRatings(1, 40, 60, 20);
const UNKNOWN = 999_999;

test.each(ALGORITHM_NAMES)('%s: a model read back predicts and ranks bit for bit the same', async (name) => {
  const model = await learn(name, train);
  const restored = decodeModel(encodeModel(model), 'model.safetensors');
  for (const user of [...model.users.ids, UNKNOWN]) {
    for (const movie of [...model.movies.ids, UNKNOWN]) {
      expect(restored.predict(user, movie)).toEqual(model.predict(user, movie));
    }
    const [before, after] = [new Float32Array(model.movies.size), new Float32Array(model.movies.size)];
    expect(restored.scoreMovies(user, after)).toBe(model.scoreMovies(user, before));
    expect(after).toEqual(before);
  }
});

test.each(ALGORITHM_NAMES)('%s: a model read back is written with the same bytes', async (name) => {
  const bytes = encodeModel(await learn(name, train));
  expect(Buffer.from(encodeModel(decodeModel(bytes, 'model.safetensors'))).equals(bytes)).toBe(true);
});

const intact = decodeTensors(encodeModel(await learn('vb-mf+ials', train)), 'intact');

/** The intact model with some tensors and metadata in place of its own; undefined leaves one out. */
function spoiled(
  tensors: Readonly<Record<string, Tensor | undefined>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries({ ...Object.fromEntries(intact.tensors), ...tensors });
  return encodeTensors(
    Object.fromEntries(entries.filter((entry): entry is [string, Tensor] => entry[1] !== undefined)),
    { ...intact.metadata, ...metadata },
  );
}

/** A tensor of the intact model with one value changed. */
function changed(name: string, position: number, value: number): Record<string, Tensor> {
  const { shape, data } = intact.tensors.get(name) as Tensor;
  const copy = data.slice();
  copy[position] = value;
  return { [name]: { shape, data: copy } };
}

const tensor = (data: Tensor['data'], shape = [data.length]): Tensor => ({ shape, data });
const users = intact.tensors.get('user_ids')?.data.length as number;
const secondUser = (intact.tensors.get('user_ids') as Tensor).data[1] as number;

test.each<[what: string, file: Uint8Array, said: string]>([
  ['another format', spoiled({}, { format: 'pickle' }), 'its format is pickle'],
  [
    'another format version',
    spoiled({}, { formatVersion: '1' }),
    'its format version is 1, this version reads 2',
  ],
  ['no algorithm', spoiled({}, { algorithm: '' }), 'its algorithm is missing'],
  [
    'an unknown head',
    spoiled({}, { ratingsHead: 'knn' }),
    'its ratingsHead is knn, this version reads bayes,',
  ],
  ['a name every object has', spoiled({}, { rankingHead: 'constructor' }), 'its rankingHead is constructor'],
  ['a missing tensor', spoiled({ movie_factors: undefined }), 'tensor movie_factors is missing'],
  [
    'a tensor too many',
    spoiled({ code: tensor(Uint8Array.of(1)) }),
    'tensor code is not part of a vb-mf+ials model',
  ],
  [
    'another element type',
    spoiled({ user_offsets: tensor(new Float64Array(users)) }),
    'tensor user_offsets holds Float64Array, not Float32Array',
  ],
  [
    'a shape that does not fit the ids',
    spoiled({ user_offsets: tensor(new Float32Array(users - 1)) }),
    `tensor user_offsets has shape [${users - 1}], not [${users}]`,
  ],
  [
    'sides with different numbers of factors',
    spoiled({ user_factors: tensor(new Float32Array(users * 4), [users, 4]) }),
    'tensor user_factors has 4 factors, which is not a multiple of 8',
  ],
  [
    'heads of different lengths',
    spoiled({ ranking_user_factors: tensor(new Float32Array(users * 8), [users, 8]) }),
    'tensor ranking_movie_factors has shape',
  ],
  [
    'a negative variance',
    spoiled(changed('user_variances', 5, -0.25)),
    'tensor user_variances holds -0.25 at position 5',
  ],
  [
    'no noise at all',
    spoiled(changed('noise_precision', 0, 0)),
    'tensor noise_precision holds 0, which is not positive',
  ],
  [
    'no confidence',
    spoiled(changed('ranking_confidence', 0, 0)),
    'tensor ranking_confidence holds 0, which is not positive',
  ],
  ['a scale upside down', spoiled(changed('scale', 0, 6)), 'tensor scale goes from 6 to'],
  [
    'a factor that is not a number',
    spoiled(changed('movie_factors', 7, Number.NaN)),
    'holds NaN at position 7',
  ],
  ['an infinite mean', spoiled(changed('mean', 0, Number.POSITIVE_INFINITY)), 'tensor mean holds Infinity'],
  [
    'a factor beyond all sense',
    spoiled(changed('movie_factors', 7, 3e9)),
    'tensor movie_factors holds 3000000000 at position 7, and the largest number of a model is 1000000000',
  ],
  [
    'a weight beyond all sense',
    spoiled(changed('rating_weight', 0, -1e300)),
    'tensor rating_weight holds -1e+300',
  ],
  ['ids that repeat', spoiled(changed('user_ids', 0, secondUser)), 'ids of tensor user_ids do not ascend'],
  ['an id below 0', spoiled(changed('movie_ids', 0, -1)), 'tensor movie_ids holds the id -1'],
  ['a negative count', spoiled(changed('movie_counts', 3, -1)), 'tensor movie_counts holds -1 at position 3'],
  ['no users', spoiled({ user_ids: tensor(new Int32Array(0)) }), 'tensor user_ids has shape [0], not [n]'],
])('a file with %s is refused by name', (_what, file, said) => {
  expect(() => decodeModel(file, 'model.safetensors of model-v3')).toThrow(
    expect.objectContaining({
      code: 'model-invalid',
      message: expect.stringMatching(/^model\.safetensors of model-v3 is not a model/),
    }),
  );
  expect(() => decodeModel(file, 'x')).toThrow(said);
});

test('a file that was cut short is refused', () => {
  const file = encodeTensors(Object.fromEntries(intact.tensors), intact.metadata);
  expect(() => decodeModel(file.subarray(0, file.length - 4), 'x')).toThrow(
    expect.objectContaining({ code: 'model-invalid' }),
  );
});
