import type { Config } from '../config.ts';
import type { OnProgress } from '../lib/progress.ts';
import type { Model } from '../model/model.ts';
import type { Ratings } from '../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { errorOf } from './errors.ts';
import {
  type Answers,
  figuresOf,
  type Outcomes,
  type PrequentialEvaluation,
  TOLD_GROUPS,
  type ToldGroup,
} from './prequential-metrics.ts';
import { rankingAmong } from './rank-among.ts';
import { isRelevant } from './ranking.ts';
import { momentsOf } from './told-before.ts';
import { sampleUsers } from './user-sample.ts';

/** Of more ratings a sample of the users is measured, with about so many ratings. To fold in for each takes time. */
const MOST_RATINGS = 20_000;
/** Users between two progress reports. */
const REPORT_EVERY = 50;

/**
 * Predicts held-out ratings in the order of time, each from the model and all that its user had told before: the earlier
 * ratings and the held-out ones of an earlier second. Movies with a rating of 4★ or more that the user had not rated
 * before are ranked among all movies that the user had not rated before. A user who has told nothing since the training
 * is the one that the model learned; any other is folded in, as the API does.
 *
 * RMSE and MAE are over ratings. Hit rate@10, NDCG@10 and the mean reciprocal rank are over the liked movies of each user,
 * then over users: with one relevant movie in a list, the hit rate is the recall, and NDCG is 1 / log₂(1 + rank) up to
 * rank 10.
 *
 * A. P. Dawid (1984), Present position and potential developments: some personal views: statistical theory: the
 * prequential approach, JRSS A 147, 278–292; J. Gama, R. Sebastião and P. P. Rodrigues (2013), On evaluating stream
 * learning algorithms, Machine Learning 90, 317–346.
 *
 * @param data.train what the model was trained on.
 * @param options.rankingUsers at most so many users are measured, and about 20,000 ratings; null measures everyone.
 * @param options.seed of the bootstrap.
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function evaluateInOrder(
  model: Model,
  { train, test }: { readonly train: Ratings; readonly test: Ratings },
  {
    rankingUsers,
    seed,
    onProgress,
  }: Config['evaluate'] & { readonly seed: number; readonly onProgress?: OnProgress | undefined },
): PrequentialEvaluation {
  const everyone = vocabularyOf(test.userIds).ids;
  const share = Math.min(1, MOST_RATINGS / Math.max(1, test.length));
  const most =
    rankingUsers === null ? everyone.length : Math.min(rankingUsers, Math.ceil(everyone.length * share));
  const users = vocabularyOfSorted(sampleUsers(everyone, most));
  const { length, ...outcomes } = predictInOrder(model, users, { train, test }, onProgress);
  const figures = figuresOf({ ...outcomes, length }, users.size, seed);
  const groups = TOLD_GROUPS.flatMap((group, code) => {
    const measured = figures((at) => outcomes.groups[at] === code);
    return measured.ratings === 0 ? [] : [[group, measured] as const];
  });
  return { everyone: everyone.length, all: figures(() => true), groups: Object.fromEntries(groups) };
}

function predictInOrder(
  model: Model,
  users: Vocabulary,
  { train, test }: { readonly train: Ratings; readonly test: Ratings },
  onProgress: OnProgress | undefined,
): Outcomes {
  const answers = (): Answers => ({
    errors: new Float64Array(test.length),
    ranks: new Float64Array(test.length),
  });
  const [told, learned] = [answers(), answers()];
  const ofUsers = new Int32Array(test.length);
  const groups = new Uint8Array(test.length);
  const ranking = rankingAmong(model, [train, test]);
  let length = 0;
  let current = { row: -1, known: model.person(-1), isKnown: false, scores: null as Float32Array | null };
  for (const moment of momentsOf(model, users, { seen: train, ratings: test })) {
    const row = users.rowOf(moment.userId);
    if (row !== current.row) {
      if (row % REPORT_EVERY === 0) {
        onProgress?.({ stage: 'predicting in order', done: row, total: users.size, unit: 'users' });
      }
      const isKnown = model.users.rowOf(moment.userId) >= 0;
      current = { row, known: model.person(moment.userId), isKnown, scores: null };
      ranking.forget();
    }
    const group = TOLD_GROUPS.indexOf(groupOf(current.isKnown, moment.told.length));
    const person = moment.person();
    ranking.leaveOut(moment.told);
    let scores: Float32Array | null = null;
    for (const rating of moment.rows) {
      const movieId = test.movieIds[rating] as number;
      ofUsers[length] = row;
      groups[length] = group;
      told.errors[length] = errorOf(model, person.predict(movieId).rating, test, rating);
      learned.errors[length] = errorOf(model, current.known.predict(movieId).rating, test, rating);
      if (isRelevant(test, rating) && ranking.isCandidate(movieId)) {
        scores ??= ranking.scoresOf(person);
        current.scores ??= ranking.scoresOf(current.known);
        told.ranks[length] = ranking.rankOf(movieId, scores);
        learned.ranks[length] = ranking.rankOf(movieId, current.scores);
      }
      length++;
    }
  }
  return { length, users: ofUsers, groups, told, learned };
}

function groupOf(isKnown: boolean, told: number): ToldGroup {
  if (isKnown) return 'known';
  return told === 0 ? 'new0' : told < 5 ? 'new1To4' : told < 10 ? 'new5To9' : 'new10';
}
