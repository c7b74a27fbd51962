/**
 * Trains on synthetic ratings in a separate process, to measure its memory, and prints the measurements as a line of
 * JSON. Arguments: algorithm, ratings, users, movies, threads.
 */
import type { AloneReport } from './alone.ts';
import { syntheticRatings } from './synthetic-ratings.ts';
import { timedFit } from './timed-fit.ts';

const [algorithm = '', ratings, users, movies, threads] = process.argv.slice(2);
const started = performance.now();
const given = syntheticRatings({ ratings: Number(ratings), users: Number(users), movies: Number(movies) });
const generated = (performance.now() - started) / 1000;
const peak = (): number => process.resourceUsage().maxRSS * 1024;
const peakBefore = peak();
const { seconds, stages } = await timedFit(given, {
  algorithm,
  hyperParameters: {},
  threads: Number(threads),
});
const report: AloneReport = { generated, seconds, stages, peakBefore, peak: peak() };
console.log(JSON.stringify(report));
