import { expect, test } from 'vitest';
import { nearestPast, type PastWindow, type PastWindows } from '../../pipeline/drift/past-windows.ts';
import { driftReference } from '../../pipeline/drift/reference.ts';
import { ratingMeanChange } from '../../pipeline/drift/signals/rating-mean.ts';
import { userMeanChange } from '../../pipeline/drift/signals/user-mean-shift.ts';
import { userMoments } from '../../pipeline/drift/user-moments.ts';
import { jensenShannonDistance } from '../../pipeline/math/histogram.ts';
import { type Ratings, sliceRatings } from '../../pipeline/ratings/ratings.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { genresOf, inOrder, simulatedSite } from './simulated-site.ts';

const site = simulatedSite(4);
const training = inOrder(Array.from({ length: 10 }, () => site.batch({ users: 60, ratingsPerUser: 20 })));
const heldOut = 700;
const reference = driftReference(
  sliceRatings(training, 0, training.length - heldOut),
  genresOf,
  null,
  sliceRatings(training, training.length - heldOut),
);

/** The result of a drift check on rows `from` to `to`, with all rows before `known` as training. */
function measuredNaively(known: number, from: number, to: number) {
  const before = sliceRatings(training, 0, known);
  const window = sliceRatings(training, from, to);
  const moments = (ratings: Ratings) => userMoments(summariseRatings(ratings).userLevels);
  const unseen = (ids: Int32Array, seen: ReadonlySet<number>) => ids.filter((id) => !seen.has(id)).length;
  const names = [...new Set([...training.movieIds].flatMap((id) => genresOf(id)))];
  const genres = (ratings: Ratings) =>
    names.map((name) => [...ratings.movieIds].filter((id) => genresOf(id).includes(name)).length);
  return {
    mean: ratingMeanChange(moments(window), moments(before))?.effect as number,
    shift: userMeanChange(moments(window), moments(before)).effect,
    genreJs: jensenShannonDistance(genres(window), genres(before)),
    newUserShare: unseen(window.userIds, new Set(before.userIds)) / window.length,
    newMovieShare: unseen(window.movieIds, new Set(before.movieIds)) / window.length,
  };
}

test.each([0, 1, 4])(
  'past windows with %i windows in between equal the results of checks at that time',
  (gap) => {
    const size = Math.max(
      ...reference.past.filter(({ windows }) => windows.length >= 12).map((past) => past.size),
    );
    const past = reference.past.find((one) => one.size === size && one.reach === heldOut + size * (gap + 1));
    const windows = past?.windows ?? [];
    expect(windows).toHaveLength(12 - gap);
    const from = training.length - windows.length * size;
    windows.forEach((window, index) => {
      const start = from + index * size;
      const naive = measuredNaively(start - heldOut - gap * size, start, start + size);
      expect(window['rating_mean']?.[0]).toBeCloseTo(naive.mean, 12);
      expect(window['user_mean_shift']?.[0]).toBeCloseTo(naive.shift, 12);
      expect(window['genre_js']?.[0]).toBeCloseTo(naive.genreJs, 12);
      expect(window['new_user_share']?.[0]).toBeCloseTo(naive.newUserShare, 12);
      expect(window['new_movie_share']?.[0]).toBeCloseTo(naive.newMovieShare, 12);
    });
  },
);

const past = (size: number, reach: number, count: number): PastWindows => ({
  size,
  reach,
  windows: new Array<PastWindow>(count).fill({ new_movie_share: [size], new_user_share: [reach] }),
});

test('a window is compared with past windows of nearest size and reach', () => {
  const ladder = [past(1000, 1000, 8), past(1000, 4000, 8), past(4000, 4000, 8)];
  const chosen = nearestPast(ladder, 1100, 3500);
  expect(chosen?.windows[0]).toEqual({ new_movie_share: [1000], new_user_share: [4000] });
  expect(chosen?.comparable).toBe(true);
});

test('a little further away is better than few windows, because few make wide intervals', () => {
  const ladder = [past(4000, 4000, 4), past(3000, 3000, 12), past(500, 500, 24)];
  expect(nearestPast(ladder, 4000, 4000)?.windows).toHaveLength(12);
});

test('the variation of a buffer is that of windows of the size of one batch', () => {
  const ladder = [past(1000, 1000, 12), past(4000, 4000, 12)];
  const chosen = nearestPast(ladder, 4000, 4000, 4);
  expect(chosen?.windows[0]).toMatchObject({ new_movie_share: [4000] });
  expect(chosen?.batches.windows[0]).toMatchObject({ new_movie_share: [1000] });
  expect(chosen?.batches.count).toBe(4);
});

test('a window more than twice as large as every past window is not comparable', () => {
  expect(nearestPast([past(1000, 1000, 8)], 2100, 2100)?.comparable).toBe(false);
});

test('fewer than four past windows are not used', () => {
  expect(nearestPast([past(1000, 1000, 3)], 1000, 1000)).toBeNull();
});
