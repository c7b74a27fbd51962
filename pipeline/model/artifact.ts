import { OperatorError } from '../lib/errors.ts';
import { decodeTensors, encodeTensors } from '../lib/safetensors.ts';
import { vocabularyOfSorted } from '../ratings/vocabulary.ts';
import type { Baseline } from './baseline.ts';
import { composeModel, type TrainedModel } from './compose-model.ts';
import type { RankingHead, RatingsHead } from './heads.ts';
import { IMPLICIT_FACTORS, readImplicitFactorsHead } from './ranking-heads/implicit-factors.ts';
import { ITEM_WEIGHTS, readItemWeightsHead } from './ranking-heads/item-weights.ts';
import {
  LOG_COUNTS,
  RATING_COUNTS,
  ratingCountsHead,
  readLogCountsHead,
} from './ranking-heads/rating-counts.ts';
import { BAYES, readBayesHead } from './ratings-heads/bayes.ts';
import { BIASES, MOVIE_MEANS, movieMeansHead, readBiasesHead } from './ratings-heads/biases.ts';
import { FACTORS, readFactorsHead } from './ratings-heads/factors.ts';
import { type TensorReader, tensorReader } from './tensor-reader.ts';

const FORMAT = 'cinematch-model';
const FORMAT_VERSION = '2';

type HeadReader<Head> = (file: TensorReader, baseline: Baseline) => Head;

const RATINGS_HEADS: Readonly<Record<string, HeadReader<RatingsHead>>> = {
  [BAYES]: readBayesHead,
  [FACTORS]: readFactorsHead,
  [BIASES]: readBiasesHead,
  [MOVIE_MEANS]: (_, baseline) => movieMeansHead(baseline),
};
const RANKING_HEADS: Readonly<Record<string, HeadReader<RankingHead>>> = {
  [IMPLICIT_FACTORS]: readImplicitFactorsHead,
  [ITEM_WEIGHTS]: readItemWeightsHead,
  [LOG_COUNTS]: readLogCountsHead,
  [RATING_COUNTS]: (_, baseline) => ratingCountsHead(baseline),
};

/** Encodes a model with both heads as one safetensors file. Equal models give equal bytes. */
export function encodeModel({ algorithm, heads, tensors }: TrainedModel): Uint8Array {
  return encodeTensors(tensors, {
    algorithm,
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    rankingHead: heads.ranking.kind,
    ratingsHead: heads.ratings.kind,
  });
}

/**
 * Decodes a model file. The format cannot contain code. Names, types, shapes, ids and every number are checked before
 * the model is made. It predicts bit for bit what the encoded model predicted.
 *
 * @param name what the bytes are, for the error: `model.safetensors of model-v3`.
 * @throws OperatorError `model-invalid` with what is wrong.
 */
export function decodeModel(bytes: Uint8Array, name: string): TrainedModel {
  const { tensors, metadata } = decodeTensors(bytes, name);
  const refuse = (problem: string): never => {
    throw new OperatorError(
      'model-invalid',
      `${name} is not a model that this version can serve: ${problem}.`,
      'Train the model again, or download the file again from its release.',
    );
  };
  const { format, formatVersion, algorithm = '' } = metadata;
  if (format !== FORMAT) refuse(`its format is ${String(format)}, not ${FORMAT}`);
  if (formatVersion !== FORMAT_VERSION) {
    refuse(`its format version is ${String(formatVersion)}, this version reads ${FORMAT_VERSION}`);
  }
  if (algorithm === '') refuse('its algorithm is missing');
  const headNamed = <Head>(key: string, heads: Readonly<Record<string, Head>>): Head => {
    const kind = metadata[key] ?? '';
    const head = Object.hasOwn(heads, kind) ? heads[kind] : undefined;
    return (
      head ??
      refuse(`its ${key} is ${kind || 'missing'}, this version reads ${Object.keys(heads).join(', ')}`)
    );
  };
  const readRatings = headNamed('ratingsHead', RATINGS_HEADS);
  const readRanking = headNamed('rankingHead', RANKING_HEADS);

  const file = tensorReader(tensors, refuse);
  const baseline = readBaseline(file);
  const model = composeModel(algorithm, baseline, {
    ratings: readRatings(file, baseline),
    ranking: readRanking(file, baseline),
    ratingWeight: file.scalar('rating_weight'),
  });
  file.refuseUnread(algorithm);
  return model;
}

function readIds(file: TensorReader, name: string): Int32Array {
  const ids = file.integers(name, [null]);
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id < 0) file.refuse(`tensor ${name} holds the id ${id}, which is below 0`);
    if (row > 0 && id <= (ids[row - 1] as number)) {
      file.refuse(`the ids of tensor ${name} do not ascend at position ${row}`);
    }
  }
  return ids;
}

function readBaseline(file: TensorReader): Baseline {
  const users = vocabularyOfSorted(readIds(file, 'user_ids'));
  const movies = vocabularyOfSorted(readIds(file, 'movie_ids'));
  const movieCounts = file.integers('movie_counts', [movies.size]);
  const negative = movieCounts.findIndex((count) => count < 0);
  if (negative >= 0) {
    file.refuse(`tensor movie_counts holds ${movieCounts[negative]} at position ${negative}`);
  }
  const [lowest = 0, highest = 0] = file.doubles('scale', [2]);
  if (lowest > highest) file.refuse(`tensor scale goes from ${lowest} to ${highest}`);
  return {
    users,
    movies,
    mean: file.scalar('mean'),
    scale: [lowest, highest],
    userOffsets: file.floats('user_offsets', [users.size]),
    movieOffsets: file.floats('movie_offsets', [movies.size]),
    movieCounts,
  };
}
