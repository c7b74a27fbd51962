import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { sortByTime } from '../../pipeline/ratings/order.ts';
import { concatRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { validateRatings } from '../../pipeline/ratings/validate.ts';
import { prepareDataset, writePrepared } from '../../pipeline/source/prepare.ts';
import { readSource } from '../../pipeline/source/read-source.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { writeMovies, writeRatings } from '../../pipeline/source/write-ratings.ts';
import { folderWith } from './folder.ts';

const NOW = 2_000_000_000;
const { ratings, movies } = generateRatings({
  seed: 3,
  users: 60,
  movies: 200,
  ratings: 3_000,
  from: 1_700_000_000,
  to: 1_710_000_000,
});

async function readBack(path: string): Promise<{ ratings: Ratings; movies: readonly Movie[] }> {
  const source = await readSource(path);
  const checked = validateRatings(source.raw, NOW);
  expect(checked.rejects.length).toBe(0);
  return { ratings: checked.ratings, movies: source.movies };
}

test('train, test and batches are consecutive in time and contain all ratings', () => {
  const { train, test: held, batches } = prepareDataset(ratings, { weeks: 4 });
  expect(concatRatings([train, held, ...batches])).toEqual(sortByTime(ratings));
  const parts = [train, held, ...batches];
  for (const [i, part] of parts.slice(1).entries()) {
    expect(part.ratedAt[0]).toBeGreaterThanOrEqual(parts[i]?.ratedAt.at(-1) as number);
  }
  expect((train.length + held.length) / ratings.length).toBeCloseTo(0.7, 2);
  expect(train.length / (train.length + held.length)).toBeCloseTo(0.7, 2);
  const sizes = batches.map((batch) => batch.length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

test('prepared files are read back unchanged, with the movies of the parent folder', async () => {
  const folder = await folderWith();
  const prepared = prepareDataset(ratings, { weeks: 2 });
  const files = await writePrepared(folder, prepared, movies);
  expect(await readBack(files.train)).toEqual({ ratings: prepared.train, movies });
  expect(await readBack(files.test)).toEqual({ ratings: prepared.test, movies });
  expect(await readBack(files.batches[1] as string)).toEqual({ ratings: prepared.batches[1], movies });
});

test('preparing again writes the same bytes and removes additional weeks', async () => {
  const folder = await folderWith();
  await writePrepared(folder, prepareDataset(ratings, { weeks: 3 }), movies);
  const files = await writePrepared(folder, prepareDataset(ratings, { weeks: 2 }), movies);
  expect(await readdir(join(folder, 'batches'))).toEqual(['week-01.parquet', 'week-02.parquet']);
  const before = await Promise.all([files.train, files.movies].map((file) => readFile(file)));
  await writePrepared(folder, prepareDataset(ratings, { weeks: 2 }), movies);
  const after = await Promise.all([files.train, files.movies].map((file) => readFile(file)));
  expect(after).toEqual(before);
});

test('CSV is written in the MovieLens layout and read back', async () => {
  const folder = await folderWith();
  const odd: Movie[] = [
    { id: 1, title: 'Matrix, The', year: 1999, genres: ['Action', 'Sci-Fi'] },
    { id: 2, title: 'Say "Ah"', year: null, genres: [] },
  ];
  await writeRatings(join(folder, 'ratings.csv'), ratings);
  await writeMovies(join(folder, 'movies.csv'), odd);
  const text = await readFile(join(folder, 'ratings.csv'), 'utf8');
  expect(text).toMatch(/^userId,movieId,rating,timestamp\n\d+,\d+,[0-5]\.[05],\d{10}\n/);
  expect(await readFile(join(folder, 'movies.csv'), 'utf8')).toBe(
    'movieId,title,genres\n1,"Matrix, The (1999)",Action|Sci-Fi\n2,"Say ""Ah""",(no genres listed)\n',
  );
  expect(await readBack(folder)).toEqual({ ratings, movies: odd });
});

test('an empty set of ratings can be written and read', async () => {
  const folder = await folderWith();
  const file = join(folder, 'none.parquet');
  const none = prepareDataset(ratings, { weeks: 1, initialShare: 1 }).batches[0] as Ratings;
  await writeRatings(file, none);
  expect((await readSource(file)).raw.length).toBe(0);
});

test('a name with an unknown extension is refused', async () => {
  await expect(writeRatings('/nowhere/ratings.xlsx', ratings)).rejects.toMatchObject({ code: 'usage' });
});
