import { total } from '../../math/histogram.ts';
import type { DriftSignal } from './drift-signal.ts';
import { type Skill, skillFall } from './skill-fall.ts';

/** What the lists of each user fall short of an NDCG of 1, summed. */
const shortOf = (lists: Int32Array, ndcg: Float64Array): Float64Array =>
  ndcg.map((sum, user) => (lists[user] as number) - sum);

/**
 * (NDCG@10 of the champion − NDCG@10 of the most rated movies) / (1 − NDCG@10 of the most rated movies), for the same
 * users and the same candidates: 1 for perfect lists, 0 for lists that are no better than popularity. It is 1 − the ratio
 * of what both fall short of 1, summed over lists.
 *
 * Falling short hardly grows with the number of lists of a user, so users count alike.
 *
 * The skill score with a perfect forecast of 1: A. H. Murphy (1988), Skill scores based on the mean square error and their
 * relationships to the correlation coefficient, Monthly Weather Review 116, 2417–2424, equation 1. NDCG: K. Järvelin and
 * J. Kekäläinen (2002), Cumulated gain-based evaluation of IR techniques, ACM TOIS 20, 422–446.
 */
export const listSkill: Skill = {
  losses: ({ ranking }) =>
    ranking && { x: shortOf(ranking.lists, ranking.ndcg), n: shortOf(ranking.lists, ranking.popularityNdcg) },
  largestLoss: ({ ranking }) => total(ranking?.lists ?? []),
  of: (ratio) => 1 - ratio,
  slope: () => 1,
  counting: 'alike',
  notes: {
    unmeasured:
      'The lists of the champion were not compared with popularity when it was trained. The next training adds this.',
    nothing: 'No user gave 4★ or more to a movie that the user had not rated before.',
  },
};

/** How much of the lead of the champion's lists over popularity is lost since its holdout; value and reference are shares. */
export const rankingSkill = {
  name: 'ranking_skill',
  label: 'Ranking skill of the champion (fall)',
  unit: 'share',
  onlyGrowth: true,
  thresholds: { robust: 0.05, classic: null },
  thresholdMeaning:
    "Fall of the champion's ranking skill since its holdout. Ranking skill is (NDCG - NDCG of the most rated movies) / (1 - NDCG of the most rated movies), with NDCG@10 for the same users.",
  parts: { of: 'errors', ratio: listSkill.losses, shown: listSkill.of },
  ...skillFall(listSkill),
} as const satisfies DriftSignal;
