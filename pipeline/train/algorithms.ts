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

const damping = (rows: 'user' | 'movie') => ({
  meaning: `Number of ratings at the mean that are added to each ${rows}.`,
  default: 5,
  min: 0,
  max: 1000,
});

const DAMPING = { userDamping: damping('user'), movieDamping: damping('movie') };

const RATING_WEIGHT = {
  meaning: 'Number that each predicted star adds to the score of the ranking head.',
  default: 0.05,
  min: 0,
  max: 100,
  search: { from: 0.005, to: 0.5, scale: 'log' },
} as const;

const RATINGS_TRAINERS: readonly RatingsTrainer[] = [vbMf, sgdMf, als];
const RANKING_TRAINERS: readonly RankingTrainer[] = [ials, ease];

/**
 * An algorithm of a ratings head and a ranking head.
 *
 * @param ratingWeight what each predicted star adds to the score of the ranking head; `tunable` for a pair of two
 * trained heads. The hyper-parameters of a pair begin with the name of their head.
 */
function algorithm(
  name: string,
  ratings: RatingsTrainer,
  ranking: RankingTrainer,
  ratingWeight: 0 | 1 | 'tunable',
): Algorithm {
  const isPair = ratingWeight === 'tunable';
  const nameIn = (head: { readonly name: string }, key: string): string =>
    isPair ? `${head.name}.${key}` : key;
  const hyperParameters: Specification = {
    ...Object.fromEntries(
      [ratings, ranking].flatMap((head) =>
        Object.entries(head.hyperParameters).map(([key, value]) => [nameIn(head, key), value]),
      ),
    ),
    ...(isPair ? { ratingWeight: RATING_WEIGHT } : {}),
    ...DAMPING,
  };
  return {
    name,
    hyperParameters,
    needsAllMovies: ranking.needsAllMovies === true,
    async fit(trainingRatings, options) {
      const resolved = resolveHyperParameters(name, hyperParameters, options.hyperParameters);
      const ofHead = (head: RatingsTrainer | RankingTrainer): Readonly<Record<string, number>> =>
        Object.fromEntries(
          Object.keys(head.hyperParameters).map((key) => [key, resolved[nameIn(head, key)] as number]),
        );
      const recipe: Recipe = {
        name,
        ratings,
        ranking,
        ratingWeight: isPair ? (resolved['ratingWeight'] as number) : ratingWeight,
        damping: resolved as unknown as Recipe['damping'],
        ratingsParameters: ofHead(ratings),
        rankingParameters: ofHead(ranking),
      };
      return fitHeads(recipe, trainingRatings, options);
    },
  };
}

const PAIRS = RATINGS_TRAINERS.flatMap((ratings) =>
  RANKING_TRAINERS.map((ranking) =>
    algorithm(`${ratings.name}+${ranking.name}`, ratings, ranking, 'tunable'),
  ),
);
const ALONE: readonly Algorithm[] = [
  ...RATINGS_TRAINERS.map((ratings) => algorithm(ratings.name, ratings, logCounts(0.5), 1)),
  ...RANKING_TRAINERS.map((ranking) => algorithm(ranking.name, biases, ranking, 0)),
  algorithm('bias', biases, logCounts(0), 1),
  algorithm('popularity', movieMeans, ratingCounts, 0),
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
  const names = (trainers: readonly { readonly name: string }[]): string =>
    trainers.map((each) => each.name).join(', ');
  throw new OperatorError(
    'usage',
    `There is no algorithm ${name}.`,
    `Choose one of ${ALGORITHM_NAMES.join(', ')}, or join one of ${names(RATINGS_TRAINERS)} with one of ${names(RANKING_TRAINERS)} by a plus sign.`,
  );
}
