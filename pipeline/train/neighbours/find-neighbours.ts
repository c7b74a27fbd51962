import type { Neighbour, NeighbourLists } from '../../model/neighbours.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { titleSeries } from '../../ratings/title-series.ts';
import { vocabularyOf } from '../../ratings/vocabulary.ts';
import { coLiking } from './co-liking.ts';

/** Neighbours of a movie, at most. */
const NEIGHBOURS = 40;
/** Candidates by who likes them, before genres, years and titles count. */
const CANDIDATES = 120;
/** The weight of the years between two movies halves after so many. */
const HALF_LIFE_YEARS = 10;
/** How much equal years say, beside equal genres or one series. */
const YEAR_WEIGHT = 0.5;
/** Genres in one number. */
const BITS = 32;

export interface NeighbourOptions {
  /** Whether titles count. @default true */
  readonly byTitle?: boolean;
}

/**
 * The movies most similar to each rated movie. Who likes them says most (s_ij of `coLiking`); J is the Jaccard index of
 * the genres, Δ the years between them, and t how much the titles look like one series:
 *
 *     similarity = s_ij · (1 + J) / 2 · (1 + 0.5^(Δ / 10) / 2) / 1.5 · (1 + t) / 2
 *
 * @param known genres, years and titles of movies.
 */
export function findNeighbours(
  ratings: Ratings,
  known: readonly Movie[],
  { byTitle = true }: NeighbourOptions = {},
): NeighbourLists {
  const movies = vocabularyOf(ratings.movieIds);
  const byId = new Map(known.map((movie) => [movie.id, movie]));
  const described = Array.from(movies.ids, (id) => byId.get(id));
  const genres = genreSets(described);
  const years = Float64Array.from(described, (movie) => movie?.year ?? Number.NaN);
  const series = titleSeries(described.map((movie) => (byTitle ? (movie?.title ?? '') : '')));
  const { mostAlike, ofPairs } = coLiking(ratings, { movies, most: CANDIDATES, pairs: series });

  const likeness = (row: number, other: number): number => {
    const apart = Math.abs((years[row] as number) - (years[other] as number));
    const sameYears = Number.isNaN(apart) ? 0 : 0.5 ** (apart / HALF_LIFE_YEARS);
    return ((1 + genres.jaccard(row, other)) / 2) * ((1 + YEAR_WEIGHT * sameYears) / (1 + YEAR_WEIGHT));
  };
  const listOf = (row: number): readonly Neighbour[] => {
    const list: Neighbour[] = [];
    const add = (other: number, alike: number, title: number): void => {
      const similarity = alike * likeness(row, other) * ((1 + title) / 2);
      if (similarity > 0)
        list.push({ movieId: movies.ids[other] as number, similarity, isSeries: title > 0 });
    };
    const [start, end] = [series.pointers[row] as number, series.pointers[row + 1] as number];
    const parts = series.others.subarray(start, end);
    parts.forEach((other, at) => {
      add(other, ofPairs[start + at] as number, series.strengths[start + at] as number);
    });
    const { rows, similarities } = mostAlike(row);
    rows.forEach((other, at) => {
      if (!parts.includes(other)) add(other, similarities[at] as number, 0);
    });
    return list.sort((a, b) => b.similarity - a.similarity || a.movieId - b.movieId).slice(0, NEIGHBOURS);
  };
  return { movies, listOf };
}

/** Genres of movies by row, as sets of bits. */
function genreSets(described: readonly (Movie | undefined)[]) {
  const names = [...new Set(described.flatMap((movie) => movie?.genres ?? []))];
  const words = Math.ceil(names.length / BITS);
  const bits = new Int32Array(described.length * words);
  const placeOf = new Map(names.map((name, place) => [name, place]));
  for (const [row, movie] of described.entries()) {
    for (const genre of movie?.genres ?? []) {
      const place = placeOf.get(genre) as number;
      const at = row * words + Math.floor(place / BITS);
      bits[at] = (bits[at] as number) | (1 << (place % BITS));
    }
  }
  return {
    /** |A ∩ B| / |A ∪ B|; 0 for movies without genres. */
    jaccard(row: number, other: number): number {
      let [both, either] = [0, 0];
      for (let word = 0; word < words; word++) {
        const [own, others] = [bits[row * words + word] as number, bits[other * words + word] as number];
        both += bitCount(own & others);
        either += bitCount(own | others);
      }
      return both === 0 ? 0 : both / either;
    },
  };
}

/** Number of bits that are set (Warren, Hacker's Delight, 5-1). */
function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
