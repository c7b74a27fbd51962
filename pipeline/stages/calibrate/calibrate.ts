import type { Config } from '../../config.ts';
import type { Gain } from '../../drift/gain.ts';
import type { Verdict } from '../../drift/signal.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { RequestReason } from '../../lib/training-reason.ts';
import { batchProfile } from '../../quality/batch-profile.ts';
import { isSevere } from '../../quality/finding.ts';
import { judgeBatch } from '../../quality/judge-batch.ts';
import { concatRatings, type Ratings } from '../../ratings/ratings.ts';
import type { RawRatings } from '../../ratings/raw.ts';
import { gainBetween } from '../drift/compare-models.ts';
import { type DriftCandidate, driftCandidates, GAIN_FACTORS } from './candidates.ts';
import { countHistory, type RatingsHistory, sampledHistory } from './history.ts';
import {
  liveThrough,
  type ReplayedWeek,
  type ServedQuality,
  servedQuality,
  servedTogether,
} from './live-through.ts';
import { PLANTS } from './plants.ts';
import { openReplay, type Replay } from './replay.ts';

/** Ratings of a replay when gains are not measured. Otherwise `retraining.gainRatings` says how many. */
const MOST_RATINGS = 2_000_000;

/** The outcome of one policy. */
export interface PolicyResult extends ServedQuality {
  readonly trainings: number;
  /** Batches as they arrived that got the verdict `drift`, and `watch`. */
  readonly alarms: number;
  readonly watches: number;
  /** Batches that could not be judged. */
  readonly unjudged: number;
}

/** How often a planted change was found. */
export interface Power {
  readonly plant: string;
  /** By batch: whether it was found, and whether it was recognised by name; null where there is no name for it. */
  readonly found: readonly boolean[];
  readonly named: readonly boolean[] | null;
}

/** Drift settings that were tried. */
export interface DriftTrial extends Pick<DriftCandidate, 'preset' | 'factor'>, PolicyResult {
  readonly drift: Config['drift'];
  readonly isConfigured: boolean;
  readonly power: readonly Power[];
}

/** A smallest gain worth a training that was tried. */
export interface GainTrial extends PolicyResult {
  readonly minGain: number;
  readonly factor: number;
  /** What it serves better than the configured value, paired by user. */
  readonly overConfigured: Gain;
}

export interface CalibratedWeek {
  readonly ratings: number;
  readonly verdict: Verdict;
  readonly trained: RequestReason | null;
  readonly refused: boolean;
  readonly rmse: number;
  readonly ndcgAt10: number | null;
}

export interface Calibration {
  readonly ratings: number;
  /** Ratings that were replayed: fewer when users were sampled. */
  readonly replayed: number;
  readonly batches: number;
  readonly configured: Pick<Config, 'drift' | 'retraining'>;
  readonly policies: {
    readonly never: PolicyResult;
    readonly configured: PolicyResult;
    readonly everyWeek: PolicyResult;
  };
  /** Each batch under the configured settings. */
  readonly weeks: readonly CalibratedWeek[];
  readonly driftTrials: readonly DriftTrial[];
  readonly gainTrials: readonly GainTrial[];
}

/**
 * Replays a history under the configured settings and under others, and plants known changes in each batch. Changes
 * nothing outside.
 */
export async function calibrate(
  whole: RatingsHistory,
  config: Config,
  onProgress: OnProgress,
): Promise<Calibration> {
  const { drift, retraining } = config;
  const history = sampledHistory(whole, retraining.gainRatings || MOST_RATINGS);
  const replay = openReplay(history, config, onProgress);
  const { batches } = history;
  const configured = await liveThrough(replay, { drift, retraining });
  const everyWeek = [];
  for (const week of batches.keys()) everyWeek.push(await replay.serveNewest(week));
  const first = await replay.first();
  const never = [...batches.keys()].map((week) => replay.serve(first, week));
  const planted = plantedBatches(history, replay);
  const driftTrials: DriftTrial[] = [];
  const candidates = driftCandidates(drift);
  for (const [done, { preset, factor, drift: tried }] of candidates.entries()) {
    onProgress({ stage: 'trying thresholds', done, total: candidates.length, unit: 'settings' });
    const isConfigured = preset === drift.preset && factor === 1;
    const weeks = isConfigured ? configured : await liveThrough(replay, { drift: tried, retraining });
    const power = await powerOf(replay, weeks, planted, { ...config, drift: tried });
    driftTrials.push({ preset, factor, drift: tried, isConfigured, ...resultOf(weeks), power });
  }
  const together = servedTogether(configured.map(({ served }) => served));
  const gainTrials: GainTrial[] = [];
  for (const factor of GAIN_FACTORS) {
    const minGain = Number(Math.min(1, factor * retraining.minGain).toPrecision(6));
    const weeks =
      factor === 1
        ? configured
        : await liveThrough(replay, { drift, retraining: { ...retraining, minGain } });
    const overConfigured = gainBetween(
      together,
      servedTogether(weeks.map(({ served }) => served)),
      concatRatings(batches),
      config.gate.confidence,
    );
    gainTrials.push({ minGain, factor, ...resultOf(weeks), overConfigured });
  }
  const served = (evaluations: typeof never, trainings: number): PolicyResult => ({
    ...servedQuality(evaluations),
    trainings,
    alarms: 0,
    watches: 0,
    unjudged: 0,
  });
  return {
    ratings: countHistory(whole),
    replayed: countHistory(history),
    batches: batches.length,
    configured: { drift, retraining },
    policies: {
      never: served(never, 0),
      configured: resultOf(configured),
      everyWeek: served(everyWeek, batches.length),
    },
    weeks: configured.map(({ served: one, verdict, trained, refused }, week) => ({
      ratings: (batches[week] as Ratings).length,
      verdict,
      trained,
      refused,
      ...servedQuality([one]),
    })),
    driftTrials,
    gainTrials,
  };
}

function resultOf(weeks: readonly ReplayedWeek[]): PolicyResult {
  const count = (isCounted: (week: ReplayedWeek) => boolean): number => weeks.filter(isCounted).length;
  return {
    ...servedQuality(weeks.map(({ served }) => served)),
    trainings: count(({ trained }) => trained !== null),
    alarms: count(({ verdict }) => verdict === 'drift'),
    watches: count(({ verdict }) => verdict === 'watch'),
    unjudged: count(({ verdict }) => verdict === 'insufficient'),
  };
}

type PlantedBatches = Readonly<Record<string, readonly Ratings[]>>;

function plantedBatches({ batches, movies }: RatingsHistory, replay: Replay): PlantedBatches {
  const genres = new Map(movies.map((movie) => [movie.id, movie.genres]));
  const genresOf = (movieId: number): readonly string[] => genres.get(movieId) ?? [];
  return Object.fromEntries(
    Object.entries(PLANTS).map(([name, { plant }]) => [
      name,
      batches.map((batch, week) => plant({ batch, before: replay.seen(week), genresOf, seed: week + 1 })),
    ]),
  );
}

/**
 * Plants each change in each batch alone, under the model that serves then. It is found when the verdict is `drift`, or
 * when a severe finding says that the values are not what they say.
 */
async function powerOf(
  replay: Replay,
  weeks: readonly ReplayedWeek[],
  planted: PlantedBatches,
  { drift, quality }: Pick<Config, 'drift' | 'quality'>,
): Promise<readonly Power[]> {
  const powers: Power[] = [];
  for (const [plant, { findingKind }] of Object.entries(PLANTS)) {
    const found: boolean[] = [];
    const named: boolean[] = [];
    for (const [week, { champion }] of weeks.entries()) {
      // Lets the terminal show the progress.
      await new Promise((resolve) => setImmediate(resolve));
      const ratings = planted[plant]?.[week] as Ratings;
      const training = replay.profile(champion, week);
      const profile = batchProfile(
        { raw: rawOf(ratings), ratings, damaged: 0 },
        training,
        Number.POSITIVE_INFINITY,
      );
      const wrong = judgeBatch(profile, training, quality);
      const { verdict, findings } = replay.check(champion, { week, ratings, plant }, drift);
      found.push(verdict === 'drift' || wrong.some(isSevere));
      named.push([...wrong, ...findings].some(({ kind }) => kind === findingKind));
    }
    powers.push({ plant, found, named: findingKind === null ? null : named });
  }
  return powers;
}

/** The ratings as a source would have them. */
function rawOf({ length, userIds, movieIds, halves, ratedAt }: Ratings): RawRatings {
  return {
    length,
    userIds: Float64Array.from(userIds),
    movieIds: Float64Array.from(movieIds),
    stars: Float64Array.from(halves, (half) => half / 2),
    timestamps: Float64Array.from(ratedAt),
    firstRowNumber: 1,
  };
}
