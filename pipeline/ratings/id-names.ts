/** Names of the users and movies of a source, whose ids are positions in these lists. Each list has a name once. */
export interface SourceNames {
  readonly users: readonly string[];
  readonly movies: readonly string[];
}

/** What users and movies are called, by id. */
export interface IdNames {
  readonly userName: (userId: number) => string;
  readonly movieName: (movieId: number) => string;
}

/** The longest name of a user or a movie, in characters. */
export const LONGEST_NAME = 255;

/** Whether a text can be the name of a user or a movie: 1 to 255 characters, none of them a control character. */
export const isName = (text: string): boolean =>
  text !== '' &&
  (text.length <= LONGEST_NAME || [...text.slice(0, 2 * LONGEST_NAME + 1)].length <= LONGEST_NAME) &&
  !/\p{Cc}/u.test(text);

/** The names of a source as functions. */
export const idNamesOf = ({ users, movies }: SourceNames): IdNames => ({
  userName: (id) => users[id] ?? String(id),
  movieName: (id) => movies[id] ?? String(id),
});
