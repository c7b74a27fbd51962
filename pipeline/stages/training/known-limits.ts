import type { Evaluation } from '../../evaluate/evaluation.ts';
import { STRATEGIES, type Strategy } from '../../model/model.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatChange, formatCount, formatPercent } from '../../reports/numbers.ts';

const STRATEGY_WORDS: Readonly<Record<Strategy, string>> = {
  personalised: 'personalised',
  'folded-in': 'from the ratings in the request',
  genres: "the movie's genres",
  'movie-mean': "the movie's mean",
  'user-mean': "the user's mean",
  'global-mean': 'the overall mean',
};

/** The known limits of a model, one line of Markdown each. */
export function knownLimits(evaluation: Evaluation): readonly string[] {
  return [coldLimit(evaluation), fallbackLimit(evaluation), rankingLimit(evaluation)];
}

function coldLimit({ warm, cold }: Evaluation): string {
  if (cold.ratings === 0) return 'New users: none in the held-out ratings, so nothing is known about them.';
  if (cold.rmse === null || warm.rmse === null) {
    return `New users, by the model alone: RMSE ${formatMetric('rmse', cold.rmse)} on ${formatCount(cold.ratings)} held-out ratings; there are no known users to compare with.`;
  }
  const change = formatChange((cold.rmse - warm.rmse) / warm.rmse);
  return `New users, by the model alone: RMSE ${formatMetric('rmse', cold.rmse)} against ${formatMetric('rmse', warm.rmse)} for users known in training (${change}), on ${formatCount(cold.ratings)} of ${formatCount(cold.ratings + warm.ratings)} held-out ratings.`;
}

function fallbackLimit({ strategies }: Evaluation): string {
  const total = STRATEGIES.reduce((sum, strategy) => sum + strategies[strategy], 0);
  if (total === 0) return 'Predictions: none were made on held-out ratings.';
  const shares = STRATEGIES.filter((strategy) => strategies[strategy] > 0).map(
    (strategy) => `${formatPercent(strategies[strategy] / total)} ${STRATEGY_WORDS[strategy]}`,
  );
  return `How held-out ratings were predicted: ${shares.join(', ')}.`;
}

function rankingLimit({ rankedUsers, rankable }: Evaluation): string {
  const users = rankable === null ? '' : ` of the ${formatCount(rankable)}`;
  return `Ranking is measured over ${formatCount(rankedUsers)}${users} users with at least one held-out rating of 4★ or more; a liked movie that was never rated counts as a miss, so Precision@10 is a lower bound.`;
}
