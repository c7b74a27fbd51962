import type { BaselineEvaluation, Evaluation } from '../../evaluate/evaluation.ts';
import type { Manifest } from '../../model/manifest.ts';
import { baselineSection, segmentTable } from '../../reports/evaluation-tables.ts';
import { paragraphs } from '../../reports/markdown.ts';
import { formatCount } from '../../reports/numbers.ts';
import { prequentialSection } from '../../reports/prequential-table.ts';
import { dataSection, trainingSection } from '../../reports/provenance.ts';
import { knownLimits } from './known-limits.ts';

/**
 * The model card: intended use, data, training, evaluation and limits.
 * After Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
 */
export function modelCard(
  manifest: Omit<Manifest, 'files'>,
  evaluation: Evaluation,
  baselines: readonly BaselineEvaluation[],
): string {
  return `${paragraphs([
    `# CineMatch model v${manifest.version}`,
    '## Intended use',
    'The model predicts how many stars (0.5 to 5.0) a user would give a movie, and ranks movies for a user. Use it to recommend movies to people who have rated some, and for research on recommenders. Do not use it to judge people, or for movies and tastes that its ratings do not cover.',
    '## Data',
    dataSection(manifest),
    '## Training',
    trainingSection(manifest),
    '## Evaluation',
    'Measured on ratings that were held out of training. RMSE and MAE are in stars. For ranking, all movies of the training data that the user has not rated there are candidates, and a held-out rating of 4★ or more makes a movie relevant; Precision@10, Recall@10 and NDCG@10 are means over users with at least one relevant movie. Coverage is the share of candidate movies that appear in at least one list of ten. Novelty is the mean self-information of recommended movies: one bit more each time the number of users who have rated a movie halves. Popularity lift is how much more popular recommended movies are than what the same users had rated.',
    evaluation.intervals === 0
      ? null
      : `${formatCount(evaluation.intervals)} predictions come with a standard deviation in stars. For a calibrated model, 80% of the held-out ratings lie inside the 80% interval around the prediction.`,
    segmentTable(evaluation),
    prequentialSection(evaluation.prequential),
    baselineSection(`v${manifest.version}`, evaluation, baselines),
    '## Limits',
    [
      ...knownLimits(evaluation),
      'Ratings come from people who chose to rate: what they did not rate is not missing at random, and accuracy on it is unknown.',
      'The model repeats the preferences of its raters, especially for popular movies. It does not know age limits or content.',
    ]
      .map((limit) => `- ${limit}`)
      .join('\n'),
    '## Licence of the data',
    'The model is derived from the ratings named above and is bound by their terms. Ratings of MovieLens come from GroupLens at the University of Minnesota: use in research is free with acknowledgement (Harper and Konstan, "The MovieLens Datasets", ACM TiiS 5(4), 2015), redistribution only under the same conditions, commercial use only with permission. Synthetic ratings belong to nobody.',
  ])}\n`;
}
