import { once } from '../../lib/once.ts';
import { jensenShannonTerms } from '../../math/histogram.ts';
import { RATING_LEVELS } from '../../ratings/ratings.ts';
import type { RatingSummary } from '../../ratings/summary.ts';
import { unionOfIds } from '../../ratings/union-of-ids.ts';
import { rowsOf, vocabularyOfSorted } from '../../ratings/vocabulary.ts';
import { type GenresOf, genreColumns } from '../genre-counts.ts';
import type { Sample } from '../sample.ts';
import type { LevelScores, SignalParts } from '../signals/parts.ts';
import { decompose, emptySide, type Side } from './decompose.ts';
import type { Contributions, Partition } from './explanation.ts';

/** The groups of users: those that the reference has, and the others. */
const USER_GROUPS = ['returning users', 'new users'];
/** The part of the ratings of movies whose genres are not known. */
const NO_GENRE = 'no genre known';

/** A window and its reference. */
export interface Compared {
  readonly window: Sample;
  readonly reference: Sample;
  readonly genresOf: GenresOf;
}

/**
 * Returns a function that tells where the difference that a signal found comes from, for each partition that the signal
 * can be divided by. Genres overlap, so a rating is divided by the number of genres of its movie. There are no
 * contributions where the sums are not known, for instance by movie with the reference of an earlier release.
 */
export function contributionsIn(compared: Compared): (parts: SignalParts) => readonly Contributions[] {
  const levels = once(() => [byGenre(compared), byMovie(compared), byUserGroup(compared), byUser(compared)]);
  return (parts) => contributionsTo(parts, compared, levels);
}

function contributionsTo(
  parts: SignalParts,
  compared: Compared,
  levels: () => readonly (LevelParts | null)[],
): readonly Contributions[] {
  switch (parts.of) {
    case 'levels':
      return levelContributions(parts.scores, compared, levels());
    case 'users':
      return [userGroups(compared, userMeanSide), users(compared, userMeanSide)];
    case 'errors':
      return errorContributions(parts, compared);
    case 'genres':
      return genreDistances(compared);
    case 'new-movies':
      return newMovies(compared);
    case 'new-users':
      return newUsers(compared);
  }
}

type LabelOf = (part: number) => string;

/** Counts of levels by part: parts × 10, row-major. A genre has fractions of ratings. */
interface LevelParts {
  readonly partition: Partition;
  readonly labelOf: LabelOf;
  readonly window: ArrayLike<number>;
  readonly reference: ArrayLike<number>;
}

function levelContributions(
  scoresOf: Extract<SignalParts, { of: 'levels' }>['scores'],
  { window, reference }: Compared,
  partitions: readonly (LevelParts | null)[],
): readonly Contributions[] {
  const [before, now] = [totalLevels(reference.summary), totalLevels(window.summary)];
  const scores = scoresOf(now, before);
  if (scores === null) return [];
  const ratio = wholeOf(levelSide(before, scores.reference));
  return partitions.flatMap((parts) =>
    parts === null
      ? []
      : [
          decompose(
            parts.partition,
            parts.labelOf,
            levelSide(parts.window, scores.window),
            levelSide(parts.reference, scores.reference),
            { ...scores, ratio },
          ),
        ],
  );
}

function levelSide(levels: ArrayLike<number>, scores: LevelScores['window']): Side {
  const side = emptySide(levels.length / RATING_LEVELS);
  for (let i = 0; i < levels.length; i++) {
    const [part, level] = [Math.floor(i / RATING_LEVELS), i % RATING_LEVELS];
    const count = levels[i] as number;
    side.x[part] = (side.x[part] as number) + count * (scores[level] as number);
    side.n[part] = (side.n[part] as number) + count;
  }
  side.counted.set(side.n);
  return side;
}

const totalLevels = ({ userLevels }: RatingSummary): Float64Array =>
  grouped(userLevels, new Int32Array(userLevels.length / RATING_LEVELS), 1, RATING_LEVELS);

/** Sums rows of `width` numbers by group; rows of group −1 are left out. */
function grouped(
  rows: ArrayLike<number>,
  groups: Int32Array,
  count: number,
  width: number,
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(count * width);
  for (let row = 0; row < groups.length; row++) {
    const group = groups[row] as number;
    if (group === -1) continue;
    for (let column = 0; column < width; column++) {
      const at = group * width + column;
      sums[at] = (sums[at] as number) + (rows[row * width + column] as number);
    }
  }
  return sums;
}

function byMovie({ window: { summary: now }, reference: { summary: before } }: Compared): LevelParts | null {
  if (now.movieLevels === null || before.movieLevels === null) return null;
  const movies = vocabularyOfSorted(unionOfIds([now.movieIds, before.movieIds]));
  const levels = ({ movieIds }: RatingSummary, counts: Int32Array) =>
    grouped(counts, rowsOf(movies, movieIds), movies.size, RATING_LEVELS);
  return {
    partition: 'movie',
    labelOf: labelsOf(movies.ids),
    window: levels(now, now.movieLevels),
    reference: levels(before, before.movieLevels),
  };
}

const labelsOf =
  (labels: ArrayLike<number | string>): LabelOf =>
  (part) =>
    String(labels[part]);

function byGenre({ window: { summary: now }, reference: { summary: before }, genresOf }: Compared) {
  if (now.movieLevels === null || before.movieLevels === null) return null;
  const { names, columnOf } = genreColumns();
  const [window, reference] = [
    genreSums(now.movieIds, now.movieLevels, RATING_LEVELS, genresOf, columnOf),
    genreSums(before.movieIds, before.movieLevels, RATING_LEVELS, genresOf, columnOf),
  ];
  const parts: LevelParts = {
    partition: 'genre',
    labelOf: labelsOf(names),
    window: padded(window, names.length * RATING_LEVELS),
    reference: padded(reference, names.length * RATING_LEVELS),
  };
  return parts;
}

const padded = (numbers: readonly number[], length: number): Float64Array<ArrayBuffer> =>
  Float64Array.from({ length }, (_, i) => numbers[i] ?? 0);

/** Sums of rows of movies by genre; a movie is divided by its number of genres. */
function genreSums(
  movieIds: Int32Array,
  rows: ArrayLike<number>,
  width: number,
  genresOf: GenresOf,
  columnOf: (name: string) => number,
): readonly number[] {
  const sums: number[] = [];
  for (let movie = 0; movie < movieIds.length; movie++) {
    const known = genresOf(movieIds[movie] as number);
    const genres = known.length === 0 ? [NO_GENRE] : known;
    for (const genre of genres) {
      const column = columnOf(genre);
      for (let level = 0; level < width; level++) {
        const at = column * width + level;
        sums[at] = (sums[at] ?? 0) + (rows[movie * width + level] as number) / genres.length;
      }
    }
  }
  return sums;
}

function byUserGroup({ window: { summary: now }, reference: { summary: before } }: Compared): LevelParts {
  return {
    partition: 'user-group',
    labelOf: labelsOf(USER_GROUPS),
    window: grouped(now.userLevels, groupsOf(now.userIds, before), 2, RATING_LEVELS),
    reference: grouped(before.userLevels, groupsOf(before.userIds, before), 2, RATING_LEVELS),
  };
}

/** For each user 0 when the reference has it, otherwise 1. */
function groupsOf(userIds: Int32Array, reference: RatingSummary): Int32Array {
  return rowsOf(vocabularyOfSorted(reference.userIds), userIds).map((row) => (row === -1 ? 1 : 0));
}

/** The users of the window. What the others gave before is no part of a window, and adds up to 0. */
function byUser({ window: { summary } }: Compared): LevelParts {
  return {
    partition: 'user',
    labelOf: labelsOf(summary.userIds),
    window: summary.userLevels,
    reference: new Float64Array(summary.userLevels.length),
  };
}

/** One row for each user: the mean of its ratings, with weight 1. */
function userMeanSide({ userLevels }: RatingSummary): Side {
  const side = emptySide(userLevels.length / RATING_LEVELS);
  for (let user = 0; user < side.n.length; user++) {
    let [count, stars] = [0, 0];
    for (let level = 1; level <= RATING_LEVELS; level++) {
      const ratings = userLevels[user * RATING_LEVELS + level - 1] as number;
      count += ratings;
      stars += (ratings * level) / 2;
    }
    if (count === 0) continue;
    side.x[user] = stars / count;
    side.n[user] = 1;
    side.counted[user] = 1;
  }
  return side;
}

const wholeOf = (side: Side): number => total(side.x) / total(side.n);
const total = (numbers: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] as number;
  return sum;
};

function groupedSide({ x, n, counted }: Side, groups: Int32Array, count: number): Side {
  const sums = (numbers: Float64Array) => grouped(numbers, groups, count, 1);
  return { x: sums(x), n: sums(n), counted: sums(counted) };
}

const unchanged = { scale: 1, shown: (ratio: number) => ratio };

type SideOf = (summary: RatingSummary) => Side;

function userGroups({ window, reference }: Compared, sideOf: SideOf): Contributions {
  const [now, before] = [sideOf(window.summary), sideOf(reference.summary)];
  return decompose(
    'user-group',
    labelsOf(USER_GROUPS),
    groupedSide(now, groupsOf(window.summary.userIds, reference.summary), 2),
    groupedSide(before, groupsOf(reference.summary.userIds, reference.summary), 2),
    { ...unchanged, ratio: wholeOf(before) },
  );
}

function users({ window, reference }: Compared, sideOf: SideOf): Contributions {
  const now = sideOf(window.summary);
  return decompose('user', labelsOf(window.summary.userIds), now, emptySide(now.n.length), {
    ...unchanged,
    ratio: wholeOf(sideOf(reference.summary)),
  });
}

function errorContributions(
  { ratio: ratioOf, shown }: Extract<SignalParts, { of: 'errors' }>,
  { window, reference }: Compared,
): readonly Contributions[] {
  const [now, before] = [window.performance, reference.performance];
  if (now === null || before === null) return [];
  const [nowErrors, beforeErrors] = [ratioOf(now), ratioOf(before)];
  if (nowErrors === null || beforeErrors === null) return [];
  if (total(nowErrors.n) === 0 || total(beforeErrors.n) === 0) return [];
  const side = ({ x, n }: { x: ArrayLike<number>; n: ArrayLike<number> }, counts: Int32Array): Side => ({
    x: Float64Array.from(x),
    n: Float64Array.from(n),
    counted: Float64Array.from(counts),
  });
  const [nowSide, beforeSide] = [side(nowErrors, now.counts), side(beforeErrors, before.counts)];
  const [ratioNow, ratio] = [wholeOf(nowSide), wholeOf(beforeSide)];
  const scale = ratioNow === ratio ? 0 : (shown(ratioNow) - shown(ratio)) / (ratioNow - ratio);
  const change = { ratio, scale, shown };
  return [
    decompose(
      'user-group',
      labelsOf(USER_GROUPS),
      groupedSide(nowSide, groupsOf(now.userIds, reference.summary), 2),
      groupedSide(beforeSide, groupsOf(before.userIds, reference.summary), 2),
      change,
    ),
    decompose('user', labelsOf(now.userIds), nowSide, emptySide(nowSide.n.length), change),
  ];
}

/** Ratings of each genre as the signal counts them: once for each genre of the movie. */
function genreDistances({ window, reference, genresOf }: Compared): readonly Contributions[] {
  const { names, columnOf } = genreColumns();
  const countsOf = ({ movieIds, movieCounts }: RatingSummary): readonly number[] => {
    const counts: number[] = [];
    movieIds.forEach((id, movie) => {
      for (const genre of genresOf(id)) {
        const column = columnOf(genre);
        counts[column] = (counts[column] ?? 0) + (movieCounts[movie] as number);
      }
    });
    return counts;
  };
  const [nowCounts, beforeCounts] = [countsOf(window.summary), countsOf(reference.summary)];
  const [now, before] = [padded(nowCounts, names.length), padded(beforeCounts, names.length)];
  if (total(now) === 0 || total(before) === 0) return [];
  const terms = jensenShannonTerms(now, before);
  const divergence = total(terms);
  const distance = Math.sqrt(divergence / 2);
  const share = (counts: Float64Array): Side => ({
    x: new Float64Array(counts.length),
    n: counts,
    counted: counts,
  });
  // Not a ratio: the terms of the divergence are the contributions to the distance, in proportion.
  const windowSide = { ...share(now), x: terms.map((term) => term * total(now)) };
  return [
    decompose('genre', labelsOf(names), windowSide, share(before), {
      ratio: 0,
      scale: divergence === 0 ? 0 : distance / divergence,
      shown: () => null,
    }),
  ];
}

function newMovies({ window: { summary }, reference, genresOf }: Compared): readonly Contributions[] {
  const isKnown = rowsOf(vocabularyOfSorted(reference.summary.movieIds), summary.movieIds);
  const fresh = summary.movieCounts.map((count, movie) => (isKnown[movie] === -1 ? count : 0));
  const { names, columnOf } = genreColumns();
  const all = genreSums(summary.movieIds, summary.movieCounts, 1, genresOf, columnOf);
  const ofGenre = genreSums(summary.movieIds, fresh, 1, genresOf, columnOf);
  return [
    newShare('genre', labelsOf(names), padded(ofGenre, names.length), padded(all, names.length)),
    newShare('movie', labelsOf(summary.movieIds), fresh, summary.movieCounts),
  ];
}

function newUsers({ window: { summary }, reference }: Compared): readonly Contributions[] {
  const isNew = groupsOf(summary.userIds, reference.summary);
  const counts = isNew.map((_, user) =>
    total(summary.userLevels.subarray(user * RATING_LEVELS, (user + 1) * RATING_LEVELS)),
  );
  const fresh = counts.map((count, user) => count * (isNew[user] as number));
  return [newShare('user', labelsOf(summary.userIds), fresh, counts)];
}

/** Contributions to the share of ratings that are new. There are none of them in the reference. */
function newShare(
  partition: Partition,
  labelOf: LabelOf,
  fresh: ArrayLike<number>,
  all: ArrayLike<number>,
): Contributions {
  const counts = Float64Array.from(all);
  const side = { x: Float64Array.from(fresh), n: counts, counted: counts };
  return decompose(partition, labelOf, side, emptySide(counts.length), { ...unchanged, ratio: 0 });
}
