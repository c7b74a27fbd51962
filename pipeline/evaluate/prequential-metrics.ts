import { bootstrapInterval } from './bootstrap.ts';
import { LIST_LENGTH } from './metric-catalogue.ts';

/** Who gave a rating: a user whom the model has learned, or a new one, by the number of ratings told before. */
export const TOLD_GROUPS = ['known', 'new0', 'new1To4', 'new5To9', 'new10'] as const;
export type ToldGroup = (typeof TOLD_GROUPS)[number];

/** Means over the predicted ratings, and over the users of the ranked movies. Null without any. */
export const PREQUENTIAL_METRICS = ['rmse', 'mae', 'hitRateAt10', 'ndcgAt10', 'mrr'] as const;
export type PrequentialMetric = (typeof PREQUENTIAL_METRICS)[number];
export type PrequentialMetrics = Readonly<Record<PrequentialMetric, number | null>>;

/** A model on some of the ratings. */
export interface PrequentialGroup {
  readonly ratings: number;
  readonly users: number;
  /** Liked movies that were ranked, and the users who liked them. */
  readonly liked: number;
  readonly likedUsers: number;
  /** From the model and all that the user had told before. */
  readonly told: PrequentialMetrics;
  /** From the model alone, on the same ratings and among the same movies. */
  readonly learned: PrequentialMetrics;
  /** 95% intervals of `told`, by bootstrap over users; null with fewer than two users. */
  readonly intervals: Readonly<Record<PrequentialMetric, readonly [number, number] | null>>;
}

/** A model on held-out ratings in the order of time. */
export interface PrequentialEvaluation {
  /** Users with held-out ratings, of whom `all.users` were measured. */
  readonly everyone: number;
  readonly all: PrequentialGroup;
  /** Groups without ratings are left out. */
  readonly groups: Readonly<Partial<Record<ToldGroup, PrequentialGroup>>>;
}

/** What became of each predicted rating. */
export interface Outcomes {
  readonly length: number;
  /** Rows of the users of the sample. */
  readonly users: Int32Array;
  /** Positions in `TOLD_GROUPS`. */
  readonly groups: Uint8Array;
  readonly told: Answers;
  readonly learned: Answers;
}

export interface Answers {
  /** Predicted minus actual rating, stars. */
  readonly errors: Float64Array;
  /** Place of the liked movie from 1, ∞ for a movie that the model does not know; 0 for a rating that was not ranked. */
  readonly ranks: Float64Array;
}

const INTERVAL = { confidence: 0.95, resamples: 1_000 };

/** Functions whose mean is a metric, of an error or of a rank. */
const OF_ERROR = { rmse: (error: number) => error * error, mae: Math.abs } as const;
const OF_RANK = {
  hitRateAt10: (rank: number) => Number(rank <= LIST_LENGTH),
  ndcgAt10: (rank: number) => (rank <= LIST_LENGTH ? 1 / Math.log2(1 + rank) : 0),
  mrr: (rank: number) => 1 / rank,
} as const;

/** Sums of each user, so that the metrics of any users are sums over them. */
interface Sums {
  readonly ratings: Float64Array;
  readonly liked: Float64Array;
  readonly of: Readonly<Record<PrequentialMetric, Float64Array>>;
}

/** Computes the metrics of the outcomes for which `isIn` returns true. */
export function figuresOf({ length, users, told, learned }: Outcomes, userCount: number, seed: number) {
  const sumsOf = ({ errors, ranks }: Answers, isIn: (at: number) => boolean): Sums => {
    const column = (): Float64Array => new Float64Array(userCount);
    const sums: Sums = {
      ratings: column(),
      liked: column(),
      of: { rmse: column(), mae: column(), hitRateAt10: column(), ndcgAt10: column(), mrr: column() },
    };
    const add = (to: Float64Array, user: number, value: number): void => {
      to[user] = (to[user] as number) + value;
    };
    for (let at = 0; at < length; at++) {
      if (!isIn(at)) continue;
      const user = users[at] as number;
      const [error, rank] = [errors[at] as number, ranks[at] as number];
      add(sums.ratings, user, 1);
      add(sums.of.rmse, user, OF_ERROR.rmse(error));
      add(sums.of.mae, user, OF_ERROR.mae(error));
      if (rank === 0) continue;
      add(sums.liked, user, 1);
      add(sums.of.hitRateAt10, user, OF_RANK.hitRateAt10(rank));
      add(sums.of.ndcgAt10, user, OF_RANK.ndcgAt10(rank));
      add(sums.of.mrr, user, OF_RANK.mrr(rank));
    }
    return sums;
  };
  return (isIn: (at: number) => boolean): PrequentialGroup => {
    const sums = sumsOf(told, isIn);
    const total = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0);
    const someUsers = Int32Array.from(sums.ratings.keys()).filter(
      (user) => (sums.ratings[user] as number) > 0,
    );
    const likers = someUsers.filter((user) => (sums.liked[user] as number) > 0);
    const usersOf = (metric: PrequentialMetric): Int32Array => (metric in OF_ERROR ? someUsers : likers);
    const metrics = (of: Sums): PrequentialMetrics => byMetric((name) => metricOf(of, name, usersOf(name)));
    return {
      ratings: total(sums.ratings),
      users: someUsers.length,
      liked: total(sums.liked),
      likedUsers: likers.length,
      told: metrics(sums),
      learned: metrics(sumsOf(learned, isIn)),
      intervals: byMetric((name) => {
        const some = usersOf(name);
        if (some.length < 2) return null;
        return bootstrapInterval(
          some.length,
          (sample) =>
            metricOf(
              sums,
              name,
              sample.map((place) => some[place] as number),
            ) as number,
          { ...INTERVAL, seed },
        );
      }),
    };
  };
}

const byMetric = <T>(compute: (name: PrequentialMetric) => T): Readonly<Record<PrequentialMetric, T>> =>
  Object.fromEntries(PREQUENTIAL_METRICS.map((name) => [name, compute(name)])) as Record<
    PrequentialMetric,
    T
  >;

/** @param users each with a rating, or with a liked movie for a metric of ranks; may repeat. */
function metricOf({ ratings, liked, of }: Sums, name: PrequentialMetric, users: Int32Array): number | null {
  if (users.length === 0) return null;
  const values = of[name];
  let sum = 0;
  let count = 0;
  for (let place = 0; place < users.length; place++) {
    const user = users[place] as number;
    sum += name in OF_ERROR ? (values[user] as number) : (values[user] as number) / (liked[user] as number);
    count += name in OF_ERROR ? (ratings[user] as number) : 1;
  }
  return name === 'rmse' ? Math.sqrt(sum / count) : sum / count;
}
