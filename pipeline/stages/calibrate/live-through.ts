import type { Config } from '../../config.ts';
import { MAX_CURVE_POINTS } from '../../drift/learning-curve.ts';
import { decideRetraining } from '../../drift/retraining.ts';
import type { Verdict } from '../../drift/signal.ts';
import type { DetailedEvaluation } from '../../evaluate/evaluate.ts';
import type { RequestReason } from '../../lib/training-reason.ts';
import { CLEAN_CHECKS } from '../drift/episode.ts';
import { gainsOf } from '../drift/measure-gain.ts';
import type { Replay, ReplayedGain, ReplayedModel } from './replay.ts';

/** The settings of a policy: when it finds drift, and when it trains. */
export type PolicySettings = Pick<Config, 'drift' | 'retraining'>;

/** One batch under a policy. */
export interface ReplayedWeek {
  /** What the serving model answered to the batch, before anything was learned from it. */
  readonly served: DetailedEvaluation;
  /** The model that served. */
  readonly champion: ReplayedModel;
  readonly verdict: Verdict;
  /** Why a model was trained after the batch; null when none was. */
  readonly trained: RequestReason | null;
  /** Whether the gate refused it. */
  readonly refused: boolean;
}

/**
 * Lives through a history under a policy: at each batch the drift check, the gain of retraining and the decision, with
 * the functions that the pipeline uses. Mutes, acknowledgements and trainings that fail do not occur.
 */
export async function liveThrough(
  replay: Replay,
  { drift, retraining }: PolicySettings,
): Promise<readonly ReplayedWeek[]> {
  const { arrivedAt, batches } = replay.history;
  const weeks: ReplayedWeek[] = [];
  let champion = await replay.first();
  let trainedAt = arrivedAt[0] as Date;
  let alerts: { readonly raisedAt: Date }[] = [];
  let curve: readonly ReplayedGain[] = [];
  for (const [week, ratings] of batches.entries()) {
    const now = arrivedAt[week] as Date;
    const served = replay.serve(champion, week);
    const { verdict } = replay.check(champion, { week, ratings, plant: null }, drift);
    if (verdict === 'drift') alerts.push({ raisedAt: now });
    const recent = [...weeks.slice(1 - CLEAN_CHECKS).map((one) => one.verdict), verdict];
    if (recent.length === CLEAN_CHECKS && recent.every((one) => one === 'ok')) alerts = [];
    const isMeasured = retraining.gainRatings > 0;
    if (isMeasured) curve = [...(await replay.curve(week, curve.length)), ...curve];
    const newRatings = replay.seen(week).length + ratings.length - champion.learned;
    const { coolDown } = retraining;
    const { reason } = decideRetraining(
      {
        alerts,
        newRatings,
        trainedRatings: champion.learned,
        trainedAt,
        recentTrainings: weeks
          .slice(Math.max(0, week - coolDown.checks + 1))
          .filter(({ trained }) => trained !== null).length,
        gains: isMeasured
          ? gainsOf(
              await replay.measuredGain(champion, week),
              curve.slice(0, MAX_CURVE_POINTS),
              newRatings / champion.learned,
            )
          : [],
        unknownGain: null,
        erasedUsers: 0,
        now,
      },
      retraining,
    );
    const next = reason === null ? null : await replay.train(champion, week);
    weeks.push({ served, champion, verdict, trained: reason, refused: reason !== null && next === null });
    if (next === null) continue;
    champion = next;
    trainedAt = now;
    alerts = [];
  }
  return weeks;
}

/** What a policy serves over all batches. */
export interface ServedQuality {
  readonly rmse: number;
  /** Null when no user could be ranked. */
  readonly ndcgAt10: number | null;
}

/** RMSE over all ratings and NDCG@10 over all ranked users of the batches. */
export function servedQuality(served: readonly DetailedEvaluation[]): ServedQuality {
  let [squares, ratings, ndcg, users] = [0, 0, 0, 0];
  for (const { errors, evaluation, lists } of served) {
    for (const error of errors) squares += error * error;
    ratings += errors.length;
    ndcg += (evaluation.ndcgAt10 ?? 0) * lists.length;
    users += lists.length;
  }
  return { rmse: Math.sqrt(squares / ratings), ndcgAt10: users === 0 ? null : ndcg / users };
}

/** What a policy served over all batches, as one evaluation, so that two policies can be compared by user. */
export function servedTogether(served: readonly DetailedEvaluation[]) {
  const errors = new Float64Array(served.reduce((total, one) => total + one.errors.length, 0));
  let offset = 0;
  for (const one of served) {
    errors.set(one.errors, offset);
    offset += one.errors.length;
  }
  return { errors, lists: served.flatMap(({ lists }) => lists), evaluation: servedQuality(served) };
}
