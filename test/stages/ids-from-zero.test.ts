import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filterRatings } from '../../pipeline/ratings/ratings.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { writeMovies } from '../../pipeline/source/write-ratings.ts';
import { loadReleasedPackage } from '../../pipeline/stages/champion/released-package.ts';
import { ingestRatings } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { assembleServing } from '../../pipeline/stages/release/assemble-serving.ts';
import { publishModel } from '../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../pipeline/stages/training/train-model.ts';
import { readRatingsOfUser } from '../../pipeline/store/user-feedback.ts';
import { good, startApi } from '../api/start-api.ts';
import { openTestPipeline, quietWeeks } from '../support/pipeline.ts';

test('user 0 and movie 0 are a user and a movie like others, from the file to the API', async () => {
  const pipeline = await openTestPipeline();
  const { prepared, movies } = quietWeeks();
  const firstMovie = prepared.train.movieIds.reduce((least, id) => Math.min(least, id));
  const lower = <R extends (typeof prepared)['train']>(ratings: R): R => ({
    ...ratings,
    userIds: ratings.userIds.map((id) => id - 1),
    movieIds: ratings.movieIds.map((id) => id - firstMovie),
  });
  const train = lower(prepared.train);
  const holdout = lower(
    filterRatings(prepared.test, (row) => (prepared.test.movieIds[row] as number) >= firstMovie),
  );
  expect([train.userIds.includes(0), train.movieIds.includes(0)]).toEqual([true, true]);
  await writeMovies(
    join(pipeline.home, 'movies.csv'),
    movies.filter(({ id }) => id >= firstMovie).map((movie) => ({ ...movie, id: movie.id - firstMovie })),
  );
  const stored = await ingestRatings(pipeline, await pipeline.write('train.csv', train), 'train');
  expect([stored.new, stored.rejected]).toEqual([train.length, 0]);
  await ingestRatings(pipeline, await pipeline.write('test.csv', holdout), 'holdout');
  await publishModel(pipeline, await trainModel(pipeline, 'manual'));
  const given = await readRatingsOfUser(pipeline.store, 0);
  expect(given).toHaveLength(
    [train, holdout].reduce((sum, { userIds }) => sum + userIds.filter((id) => id === 0).length, 0),
  );

  const { files } = await assembleServing(pipeline, await loadReleasedPackage(pipeline));
  const api = startApi({ isKeyed: true, serving: openServing(files, 'the bundle') });
  const list = await good(api.get('/api/v1/recommendations?user=0&k=5'));
  expect(list).toMatchObject({ user: 0, strategy: 'personalised', excluded: given.length });
  const prediction = await good(api.get('/api/v1/predictions?user=0&movie=0'));
  expect(prediction).toMatchObject({ user: 0, movie: 0, strategy: 'personalised' });
  const first = movies.find(({ id }) => id === firstMovie);
  expect(await good(api.get('/api/v1/movies/0'))).toMatchObject({ movie: 0, title: first?.title });
  await pipeline.close();
});
