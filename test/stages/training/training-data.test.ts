/** Which ratings a challenger is judged on. */
import { expect, test } from 'vitest';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { concatRatings, filterRatings } from '../../../pipeline/ratings/ratings.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { challengerTrainingData } from '../../../pipeline/stages/training/training-data.ts';
import { preparedPipeline, quietWeeks } from '../../support/pipeline.ts';

const { prepared } = quietWeeks();
const [week] = prepared.batches as [Ratings];
const newest = Math.max(...week.ratedAt);

/** Fifty ratings that the champion was trained on, with other stars, after the end of the week. */
const revised: Ratings = (() => {
  const first = filterRatings(prepared.train, (row) => row < 50);
  return {
    ...first,
    halves: first.halves.map((half) => (half === 10 ? 1 : 10)),
    ratedAt: first.ratedAt.map((_, row) => newest + 1 + row),
  };
})();

const openPipeline = preparedPipeline(async (first) => {
  await ingestRatings(first, await first.write('week.csv', concatRatings([week, revised])), 'buffer');
});

const pairsOf = ({ userIds, movieIds }: Ratings): ReadonlySet<string> =>
  new Set(Array.from(userIds, (user, row) => `${user} ${movieIds[row]}`));

test('a new value of a rating that the champion has learned judges no model, and only the refit learns it', async () => {
  const { store, config } = await openPipeline();
  const { training, holdout, revised: kept } = await challengerTrainingData(store, config);
  const [learned, judged, left] = [training, holdout, kept].map(pairsOf) as [
    ReadonlySet<string>,
    ReadonlySet<string>,
    ReadonlySet<string>,
  ];
  expect(left).toEqual(pairsOf(revised));
  expect(judged.size).toBeGreaterThan(50);
  expect([...pairsOf(revised)].filter((pair) => judged.has(pair) || learned.has(pair))).toEqual([]);
  // The champion has learned none of the ratings that judge.
  const before = pairsOf(concatRatings([prepared.train, prepared.test]));
  expect([...judged].filter((pair) => before.has(pair))).toEqual([]);
});
