import type { Config } from '../../config.ts';
import { checkDrift } from '../../drift/check.ts';
import type { Gain } from '../../drift/gain.ts';
import type { DriftSettings } from '../../drift/judge.ts';
import { MIN_CURVE_POINTS } from '../../drift/learning-curve.ts';
import { type DriftReference, driftReference } from '../../drift/reference.ts';
import type { DriftCheck } from '../../drift/signal.ts';
import { type DetailedEvaluation, evaluateInDetail } from '../../evaluate/evaluate.ts';
import { runGate } from '../../evaluate/gate.ts';
import { performanceBeside } from '../../evaluate/performance-beside.ts';
import { rankingTask } from '../../evaluate/ranking.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Model } from '../../model/model.ts';
import type { TrainingProfile } from '../../quality/finding.ts';
import { sortByUser } from '../../ratings/order.ts';
import { mergePerformance, type PerformanceSummary } from '../../ratings/performance.ts';
import { concatRatings, emptyRatings, type Ratings, sliceRatings } from '../../ratings/ratings.ts';
import { timeRange } from '../../ratings/snapshot.ts';
import { mergeSummaries, type RatingSummary, summariseRatings } from '../../ratings/summary.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { gainBetween } from '../drift/compare-models.ts';
import { shareWithUsers, splitNewest } from '../training/training-data.ts';
import { allRatings, type RatingsHistory } from './history.ts';

/** A model that serves in a replay. */
export interface ReplayedModel {
  /** Equal keys are equal models with equal references. */
  readonly key: string;
  /** Number of batches that it has learned or was judged by. */
  readonly batches: number;
  /** Number of ratings that it has learned. */
  readonly learned: number;
  readonly model: Model;
  readonly reference: DriftReference;
}

/** A point of the learning curve: what a model gains that has learned one batch more. */
export interface ReplayedGain {
  readonly newShare: number;
  readonly gain: Gain;
}

/** A batch as it arrives, possibly with a planted change. */
export interface ArrivedBatch {
  /** The number of the batch, from 0. */
  readonly week: number;
  readonly ratings: Ratings;
  /** The name of the planted change; null for the batch as it was. */
  readonly plant: string | null;
}

/**
 * The models, scores and checks of a history. Everything is computed at most once, so that the life under one setting
 * after another needs no model twice: a model is that of the first n ratings, whatever the policy.
 *
 * It differs from the pipeline in this: the older model of a point of the learning curve has not learned the batch before
 * the newest, whatever the size of the two. The refit of a model is not compared with the judged one.
 */
export interface Replay {
  readonly history: RatingsHistory;
  /** The ratings before a batch. */
  seen(week: number): Ratings;
  /** The model of the initial load. */
  first(): Promise<ReplayedModel>;
  /**
   * Trains and judges a challenger after a batch.
   *
   * @returns the new champion, or null when the gate refuses the challenger.
   */
  train(champion: ReplayedModel, week: number): Promise<ReplayedModel | null>;
  /** What a model answers to a batch that it has not learned. */
  serve(champion: ReplayedModel, week: number): DetailedEvaluation;
  /** What a model of all ratings before a batch answers to it. */
  serveNewest(week: number): Promise<DetailedEvaluation>;
  /** The gain of a model of all ratings before a batch over the champion; null when they are the same. */
  measuredGain(champion: ReplayedModel, week: number): Promise<Gain | null>;
  /**
   * The points of the learning curve that a check of a batch adds, the newest first.
   *
   * @param points number of points that are known.
   */
  curve(week: number, points: number): Promise<readonly ReplayedGain[]>;
  check(champion: ReplayedModel, batch: ArrivedBatch, settings: DriftSettings): DriftCheck;
  /** What a batch is held against before it is stored. */
  profile(champion: ReplayedModel, week: number): TrainingProfile;
}

/** @param config the settings of training, gate and retraining. */
export function openReplay(
  history: RatingsHistory,
  config: Pick<Config, 'train' | 'evaluate' | 'gate' | 'retraining'>,
  onProgress: OnProgress,
): Replay {
  const { batches, movies } = history;
  const { confidence, holdoutShare, minUsers } = config.gate;
  const all = allRatings(history);
  const ends = [history.train.length + history.test.length];
  for (const { length } of batches) ends.push((ends.at(-1) as number) + length);
  const endBefore = (week: number): number => ends[week] as number;
  const genres = new Map(movies.map((movie) => [movie.id, movie.genres]));
  const genresOf = (movieId: number): readonly string[] => genres.get(movieId) ?? [];
  const algorithm = algorithmNamed(config.train.algorithm);
  const { hyperParameters, seed } = config.train;
  let fits = 0;
  const learn = (ratings: Ratings): Promise<Model> => {
    onProgress({ stage: 'training models', done: fits++, total: null, unit: 'models' });
    return algorithm.fit(sortByUser(ratings), { hyperParameters, seed, movies, onProgress: () => {} });
  };
  const upTo = (end: number): Ratings => sliceRatings(all, 0, end);
  const modelOf = memoised(
    (end: number) => `${end}`,
    (end) => learn(upTo(end)),
  );

  /** A judged model and its refit on everything, as `judgeModel` makes them. */
  const released = async (
    key: string,
    week: number,
    judged: { readonly model: Model; readonly training: Ratings; readonly holdout: Ratings },
  ): Promise<ReplayedModel> => {
    const { training, holdout } = judged;
    const isRefit = config.gate.refit && holdout.length > 0;
    const learned = isRefit ? upTo(endBefore(week)) : training;
    return {
      key,
      batches: week,
      learned: learned.length,
      model: isRefit ? await modelOf(endBefore(week)) : judged.model,
      reference: driftReference(
        learned,
        genresOf,
        holdout.length > 0
          ? performanceBeside(judged.model, holdout, summariseRatings(training), training, 'as-told')
          : null,
        isRefit ? emptyRatings(0) : holdout,
      ),
    };
  };
  const firstModel = memoised(
    () => '',
    async () => {
      const { train, test } = history;
      return released('0', 0, { model: await learn(train), training: train, holdout: test });
    },
  );
  const train = memoised(
    (champion: ReplayedModel, week: number) => `${champion.key}>${week + 1}`,
    async (champion, week) => {
      const start = endBefore(champion.batches);
      const buffer = sliceRatings(all, start, endBefore(week + 1));
      const split = splitNewest(buffer, shareWithUsers(buffer, holdoutShare, minUsers));
      const { holdout } = split;
      const training = concatRatings([upTo(start), split.training]);
      const model = await learn(training);
      const gate = runGate(
        {
          champion: champion.model,
          challenger: model,
          seen: training,
          holdout,
          task: rankingTask(training, holdout, config.evaluate),
          reason: 'manual',
          seed,
        },
        config.gate,
      );
      if (gate.outcome === 'refuse') return null;
      return released(`${champion.key}>${week + 1}`, week + 1, { model, training, holdout });
    },
  );

  const task = memoised(
    (seen: number, to: number) => `${seen} ${to}`,
    (seen, to) => rankingTask(upTo(seen), sliceRatings(all, seen, to), config.evaluate),
  );
  // With a refit, a model is known by the ratings that it has learned, whatever came before.
  const scoreKey = ({ key, batches }: Pick<ReplayedModel, 'key' | 'batches'>): string =>
    config.gate.refit ? `${endBefore(batches)}` : key;
  const scored = memoised(
    (key: string, _: Model, seen: number, to: number) => `${key} ${seen} ${to}`,
    (_, model, seen, to) => {
      const data = { train: upTo(seen), test: sliceRatings(all, seen, to), task: task(seen, to) };
      return evaluateInDetail(model, data);
    },
  );
  const scoredNewest = async (end: number, seen: number, to: number): Promise<DetailedEvaluation> =>
    scored(`${end}`, await modelOf(end), seen, to);
  const serve = (champion: ReplayedModel, week: number): DetailedEvaluation =>
    scored(scoreKey(champion), champion.model, endBefore(week), endBefore(week + 1));

  const summaryOf = memoised(
    ({ week, plant }: ArrivedBatch) => `${week} ${plant}`,
    ({ ratings }): RatingSummary => summariseRatings(ratings),
  );
  const performance = memoised(
    (champion: ReplayedModel, { week, plant }: ArrivedBatch) => `${champion.key} ${week} ${plant}`,
    ({ model, reference }, { ratings, week }): PerformanceSummary =>
      performanceBeside(model, ratings, reference.summary, upTo(endBefore(week)), 'as-told'),
  );
  const sampleOf = (champion: ReplayedModel, some: readonly ArrivedBatch[]) => ({
    summary: mergeSummaries(some.map(summaryOf)),
    performance: mergePerformance(some.map((batch) => performance(champion, batch))),
    batches: some.length,
  });

  return {
    history,
    seen: (week) => upTo(endBefore(week)),
    first: firstModel,
    train,
    serve,
    serveNewest: (week) => scoredNewest(endBefore(week), endBefore(week), endBefore(week + 1)),
    measuredGain: async (champion, week) => {
      if (champion.learned === endBefore(week)) return null;
      const [seen, to] = [endBefore(week), endBefore(week + 1)];
      const newer = await scoredNewest(seen, seen, to);
      return gainBetween(serve(champion, week), newer, sliceRatings(all, seen, to), confidence);
    },
    curve: async (week, points) => {
      const size = (batches[week] as Ratings).length;
      const edges = edgesBefore(ends, week, size);
      const found: ReplayedGain[] = [];
      let to = endBefore(week + 1);
      for (let window = 0; window <= Math.max(0, MIN_CURVE_POINTS - 1 - points); window++) {
        const [newer, older] = [edges[window], edges[window + 1]];
        // A model of less than half of the ratings says little about the next ones.
        if (newer === undefined || older === undefined || older * 2 < endBefore(week)) break;
        found.push({
          newShare: (newer - older) / older,
          gain: gainBetween(
            await scoredNewest(older, newer, to),
            await scoredNewest(newer, newer, to),
            sliceRatings(all, newer, to),
            confidence,
          ),
        });
        to = newer;
      }
      return found;
    },
    check: (champion, batch, settings) => {
      const untouched = Array.from({ length: batch.week - champion.batches }, (_, index): ArrivedBatch => {
        const week = champion.batches + index;
        return { week, ratings: batches[week] as Ratings, plant: null };
      });
      const buffer = [...untouched, batch];
      return checkDrift(
        {
          reference: champion.reference,
          newest: { ...sampleOf(champion, [batch]), ratings: batch.ratings },
          buffer: buffer.length > 1 ? sampleOf(champion, buffer) : null,
          genresOf,
        },
        settings,
      );
    },
    profile: (champion, week) => {
      const learned = upTo(endBefore(champion.batches));
      const { from, to } = timeRange(learned);
      const before = timeRange(upTo(endBefore(week)));
      return {
        summary: champion.reference.summary,
        read: learned.length,
        rejected: 0,
        unchanged: 0,
        from: from as number,
        to: to as number,
        newest: { ratedAt: before.to as number, name: `batch ${week}` },
      };
    },
  };
}

/** Where the ratings before a batch end, before and after each earlier batch; before the first batch, steps of `size`. */
function edgesBefore(ends: readonly number[], week: number, size: number): readonly number[] {
  const edges = ends.slice(0, week + 1).reverse();
  for (let edge = (ends[0] as number) - size; edge > 0; edge -= size) edges.push(edge);
  return edges;
}

/** A function that computes each value once, by a key of its arguments. */
function memoised<A extends readonly never[] | readonly unknown[], R>(
  keyOf: (...args: A) => string,
  compute: (...args: A) => R,
): (...args: A) => R {
  const known = new Map<string, R>();
  return (...args) => {
    const key = keyOf(...args);
    const found = known.get(key);
    if (found !== undefined || known.has(key)) return found as R;
    const made = compute(...args);
    known.set(key, made);
    return made;
  };
}
