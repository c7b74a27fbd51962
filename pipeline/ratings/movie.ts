/** What is known of a movie besides its ratings. */
export interface Movie {
  readonly id: number;
  /** The title without the year: `Toy Story`. */
  readonly title: string;
  /** Year of release, or null where the source gives none. */
  readonly year: number | null;
  /** Genre names as the source spells them; empty where it gives none. */
  readonly genres: readonly string[];
}
