import { topN } from '../../math/top-n.ts';
import type { Neighbour, NeighbourLists } from '../../model/neighbours.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { titleSeries } from '../../ratings/title-series.ts';
import { coLiking } from './co-liking.ts';

/** Neighbours of a movie, at most. */
const NEIGHBOURS = 40;
/** Candidates by who likes them, before genres, years and titles count. */
const CANDIDATES = 120;
/** The weight of the years between two movies halves after so many. */
const HALF_LIFE_YEARS = 10;
/** How much equal years say, beside equal genres or one series. */
const YEAR_WEIGHT = 0.5;

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
  const { movies, similarTo } = coLiking(ratings);
  const byId = new Map(known.map((movie) => [movie.id, movie]));
  const described = Array.from(movies.ids, (id) => byId.get(id));
  const genres = [...new Set(known.flatMap((movie) => movie.genres))];
  const genreSets = described.map((movie) => new Set(movie?.genres.map((genre) => genres.indexOf(genre))));
  const years = Float64Array.from(described, (movie) => movie?.year ?? Number.NaN);
  const series = titleSeries(described.map((movie) => (byTitle ? (movie?.title ?? '') : '')));

  const likeness = (row: number, other: number): number => {
    const apart = Math.abs((years[row] as number) - (years[other] as number));
    const sameYears = Number.isNaN(apart) ? 0 : 0.5 ** (apart / HALF_LIFE_YEARS);
    const jaccard = jaccardOf(genreSets[row] as Set<number>, genreSets[other] as Set<number>);
    return ((1 + jaccard) / 2) * ((1 + YEAR_WEIGHT * sameYears) / (1 + YEAR_WEIGHT));
  };
  const scores = new Float32Array(movies.size);
  const values = new Float32Array(movies.size);
  const listOf = (row: number): readonly Neighbour[] => {
    const found = similarTo(row, scores);
    const titles = new Map<number, number>();
    for (let at = series.pointers[row] as number; at < (series.pointers[row + 1] as number); at++) {
      titles.set(series.others[at] as number, series.strengths[at] as number);
    }
    for (let at = 0; at < found.length; at++) values[at] = scores[found[at] as number] as number;
    const best = topN(values.subarray(0, found.length), CANDIDATES);
    const chosen = new Set(Array.from(best, (at) => found[at] as number));
    for (const other of titles.keys()) if ((scores[other] as number) > 0) chosen.add(other);
    const list = Array.from(chosen, (other): Neighbour => {
      const title = titles.get(other) ?? 0;
      return {
        movieId: movies.ids[other] as number,
        similarity: (scores[other] as number) * likeness(row, other) * ((1 + title) / 2),
        isSeries: title > 0,
      };
    });
    for (const other of found) scores[other] = 0;
    return list
      .filter(({ similarity }) => similarity > 0)
      .sort((a, b) => b.similarity - a.similarity || a.movieId - b.movieId)
      .slice(0, NEIGHBOURS);
  };
  return { movies, listOf };
}

function jaccardOf(own: ReadonlySet<number>, others: ReadonlySet<number>): number {
  let common = 0;
  for (const genre of others) if (own.has(genre)) common++;
  return common === 0 ? 0 : common / (own.size + others.size - common);
}
