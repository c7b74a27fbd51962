/** The title, year and genres of a movie. */
export interface Movie {
  readonly id: number;
  /** The title without the year: `Toy Story`. */
  readonly title: string;
  /** Year of release; null when the source has none. */
  readonly year: number | null;
  /** Genre names as spelled in the source; empty when it has none. */
  readonly genres: readonly string[];
}
