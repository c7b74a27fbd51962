import type { Config } from '../../config.ts';
import { evaluateInDetail } from '../../evaluate/evaluate.ts';
import { LIST_LENGTH } from '../../evaluate/metric-catalogue.ts';
import { OperatorError } from '../../lib/errors.ts';
import { oneLine } from '../../lib/escape.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { encodeModel } from '../../model/artifact.ts';
import type { Model } from '../../model/model.ts';
import { recommend } from '../../model/recommend.ts';
import { concatRatings } from '../../ratings/ratings.ts';
import { countRatings, snapshotDigest } from '../../ratings/snapshot.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';
import { fitModel } from '../training/fit-model.ts';
import type { CheckData } from './check-data.ts';
import { fixedPersonas } from './personas.ts';
import type { PersonaList, Scores } from './scores.ts';

/** Characters of a title or a description, at most. */
const TEXT_LENGTH = 200;

/**
 * Scores this checkout of the code: trains a model with its configuration, predicts the held-out ratings, and ranks
 * and recommends movies.
 *
 * @throws OperatorError `no-training-data` when the holdout has no liked movie, so that lists cannot be measured.
 */
export async function scoreCheckout({
  config,
  data,
  stopwatch,
  onProgress,
}: {
  readonly config: Pick<Config, 'train'>;
  readonly data: CheckData;
  readonly stopwatch: Stopwatch;
  readonly onProgress: OnProgress;
}): Promise<Scores> {
  const { training, holdout } = data;
  const { model, fitSeconds, hyperParameters, seed, snapshot } = await fitModel(data, config, {
    stopwatch,
    onProgress,
  });
  const { errors, lists } = evaluateInDetail(model, { train: training, test: holdout }, { onProgress });
  if (lists.length === 0) {
    throw new OperatorError(
      'no-training-data',
      `${data.name} cannot be used for a model check: no user rated a new movie 4★ or more among the newest ${holdout.length} ratings.`,
      'Give more ratings.',
    );
  }
  const users = vocabularyOf(training.userIds);
  const { ratings, users: heldOutUsers } = countRatings(holdout);
  return {
    data: {
      name: data.name,
      training: { ...countRatings(training), sha256: snapshot },
      holdout: { ratings, users: heldOutUsers, rankedUsers: lists.length, sha256: snapshotDigest(holdout) },
      candidates: vocabularyOf(concatRatings([training, holdout]).movieIds).size,
    },
    model: { algorithm: model.algorithm, hyperParameters, seed },
    fitSeconds,
    modelBytes: encodeModel(model).length,
    userIds: holdout.userIds,
    warm: Uint8Array.from(holdout.userIds, (userId) => (users.rowOf(userId) >= 0 ? 1 : 0)),
    errors,
    lists,
    personas: personaLists(model, data),
  };
}

function personaLists(model: Model, { training, movies }: CheckData): readonly PersonaList[] {
  const known = new Map(movies.map((movie) => [movie.id, movie]));
  const titleOf = (id: number): string => {
    const movie = known.get(id);
    if (movie === undefined) return `movie ${id}`;
    return oneLine(movie.year === null ? movie.title : `${movie.title} (${movie.year})`, TEXT_LENGTH);
  };
  return fixedPersonas(training, movies).map(({ name, description, userId, rated }) => {
    const { items } = recommend(model.movies, model.person(userId), {
      k: LIST_LENGTH,
      exclude: rated.keys(),
    });
    return {
      name,
      description: oneLine(description, TEXT_LENGTH),
      userId,
      movies: items.map(({ movieId }) => ({ id: movieId, title: titleOf(movieId) })),
    };
  });
}
