import type { MovieLinks } from './movie-links.ts';

/** The title, year and genres of a movie, and where else it is found. */
export interface Movie {
  readonly id: number;
  /** The title without the year: `Toy Story`. */
  readonly title: string;
  /** Year of release; null when the source has none. */
  readonly year: number | null;
  /** Genre names as spelled in the source; empty when it has none. */
  readonly genres: readonly string[];
  /** Missing when the source has none. */
  readonly links?: MovieLinks;
}
