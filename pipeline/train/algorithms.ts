import { OperatorError } from '../lib/errors.ts';
import type { Algorithm } from './algorithm.ts';
import { fitHeads, type Recipe } from './fit-heads.ts';
import type { RankingTrainer, RatingsTrainer } from './head-trainer.ts';
import { resolveHyperParameters, type Specification } from './hyper-parameters.ts';
import { logCounts, ratingCounts } from './ranking-heads/counts.ts';
import { ease } from './ranking-heads/ease.ts';
import { ials } from './ranking-heads/ials.ts';
import { als } from './ratings-heads/als.ts';
import { biases, movieMeans } from './ratings-heads/biases.ts';
import { sgdMf } from './ratings-heads/sgd-mf.ts';
import { vbMf } from './ratings-heads/vb-mf/vb-mf.ts';

const DAMPING = {
  userDamping: {
    meaning: 'Number of ratings at the mean that are added to each user.',
    default: 5,
    min: 0,
    max: 1000,
  },
  movieDamping: {
    meaning: 'Number of ratings at the mean that are added to each movie.',
    default: 5,
    min: 0,
    max: 1000,
  },
} as const satisfies Specification;

const RATING_WEIGHT = {
  meaning: 'Number that each predicted star adds to the score of the ranking head.',
  default: 0.05,
  min: 0,
  max: 100,
  search: { from: 0.005, to: 0.5, scale: 'log' },
} as const;

const RATINGS_TRAINERS: readonly RatingsTrainer[] = [vbMf, sgdMf, als];
const RANKING_TRAINERS: readonly RankingTrainer[] = [ials, ease];

/** An algorithm of two trained heads: one predicts ratings, the other ranks. */
function pair(ratings: RatingsTrainer, ranking: RankingTrainer): Algorithm {
  const qualified = (name: string, specification: Specification): Specification =>
    Object.fromEntries(Object.entries(specification).map(([key, value]) => [`${name}.${key}`, value]));
  return algorithm(`${ratings.name}+${ranking.name}`, {
    ratings,
    ranking,
    own: {
      ...qualified(ratings.name, ratings.hyperParameters),
      ...qualified(ranking.name, ranking.hyperParameters),
      ratingWeight: RATING_WEIGHT,
    },
    prefix: ({ name }) => `${name}.`,
    ratingWeight: (resolved) => resolved['ratingWeight'] as number,
  });
}

/** An algorithm of one trained head and a simple other head. */
function alone(
  name: string,
  ratings: RatingsTrainer,
  ranking: RankingTrainer,
  ratingWeight: 0 | 1,
): Algorithm {
  return algorithm(name, {
    ratings,
    ranking,
    own: { ...ratings.hyperParameters, ...ranking.hyperParameters },
    prefix: () => '',
    ratingWeight: () => ratingWeight,
  });
}

interface Parts {
  readonly ratings: RatingsTrainer;
  readonly ranking: RankingTrainer;
  readonly own: Specification;
  /** Prefix of the hyper-parameters of a head. */
  readonly prefix: (head: { readonly name: string }) => string;
  readonly ratingWeight: (resolved: Readonly<Record<string, number>>) => number;
}

function algorithm(name: string, { ratings, ranking, own, prefix, ratingWeight }: Parts): Algorithm {
  const hyperParameters: Specification = { ...own, ...DAMPING };
  const ofHead = (
    head: RatingsTrainer | RankingTrainer,
    resolved: Readonly<Record<string, number>>,
  ): Readonly<Record<string, number>> => {
    const keys = Object.keys(head.hyperParameters);
    return Object.fromEntries(keys.map((key) => [key, resolved[`${prefix(head)}${key}`] as number]));
  };
  return {
    name,
    hyperParameters,
    needsAllMovies: ranking.needsAllMovies === true,
    async fit(trainingRatings, options) {
      const resolved = resolveHyperParameters(name, hyperParameters, options.hyperParameters);
      const recipe: Recipe = {
        name,
        ratings,
        ranking,
        ratingWeight: ratingWeight(resolved),
        damping: resolved as unknown as Recipe['damping'],
        ratingsParameters: ofHead(ratings, resolved),
        rankingParameters: ofHead(ranking, resolved),
      };
      return fitHeads(recipe, trainingRatings, options);
    },
  };
}

const PAIRS = RATINGS_TRAINERS.flatMap((ratings) =>
  RANKING_TRAINERS.map((ranking) => pair(ratings, ranking)),
);
const ALONE: readonly Algorithm[] = [
  ...RATINGS_TRAINERS.map((ratings) => alone(ratings.name, ratings, logCounts(0.5), 1)),
  ...RANKING_TRAINERS.map((ranking) => alone(ranking.name, biases, ranking, 0)),
  alone('bias', biases, logCounts(0), 1),
  alone('popularity', movieMeans, ratingCounts, 0),
];
/** Every algorithm, including the pairs that are joined by a plus. */
export const ALGORITHMS: readonly Algorithm[] = [...PAIRS, ...ALONE];

/** The names to show. Pairs other than the default are left out: each ratings head can be joined with each ranking head. */
export const ALGORITHM_NAMES: readonly string[] = ['vb-mf+ials', ...ALONE.map(({ name }) => name)];

export const findAlgorithm = (name: string): Algorithm | undefined =>
  ALGORITHMS.find((each) => each.name === name);

/** @throws OperatorError `usage` for an unknown name, with the known ones. */
export function algorithmNamed(name: string): Algorithm {
  const found = findAlgorithm(name);
  if (found !== undefined) return found;
  throw new OperatorError(
    'usage',
    `There is no algorithm ${name}.`,
    `Choose one of ${ALGORITHM_NAMES.join(', ')}, or join one of ${RATINGS_TRAINERS.map((each) => each.name).join(', ')} with one of ${RANKING_TRAINERS.map((each) => each.name).join(', ')} by a plus sign.`,
  );
}
