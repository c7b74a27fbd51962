/**
 * `node test/bench/scale/generate.ts --ratings 32m --out FOLDER` writes a data set with the shape of MovieLens:
 * `ratings.parquet` and `movies.parquet`, and the oldest 90% of the ratings as `train.parquet`, the others as
 * `test.parquet`.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { splitByTime } from '../../../pipeline/ratings/split.ts';
import { writeMovies, writeRatings } from '../../../pipeline/source/write-ratings.ts';
import { plantRatings } from './planted-ratings.ts';
import { SHAPES, shapeOf } from './shapes.ts';

const TRAINING_SHARE = 0.9;

const { values } = parseArgs({
  options: {
    ratings: { type: 'string', default: '1m' },
    out: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const shape = shapeOf(values.ratings);
if (shape === null || values.out === undefined || !/^\d+$/.test(values.seed)) {
  console.error(
    `Give --out FOLDER, and --ratings as a number of at least 1000 (500k, 3m) or one of ${Object.keys(SHAPES).join(', ')}; --seed is a whole number.`,
  );
  process.exit(2);
}
const folder = resolve(values.out);
const started = performance.now();
const { ratings, movies, bestRmse } = plantRatings(shape, Number(values.seed));
const generated = (performance.now() - started) / 1000;
await writeMovies(join(folder, 'movies.parquet'), movies);
await writeRatings(join(folder, 'ratings.parquet'), ratings);
const { older, newer } = splitByTime(ratings, TRAINING_SHARE);
await writeRatings(join(folder, 'train.parquet'), older);
await writeRatings(join(folder, 'test.parquet'), newer);
console.log(
  JSON.stringify({
    ...shape,
    train: older.length,
    test: newer.length,
    bestRmse,
    seconds: { generate: generated, total: (performance.now() - started) / 1000 },
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
