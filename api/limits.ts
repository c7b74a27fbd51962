/** The most that one request may contain. A request with more is refused, and the message names the limit. */
export const LIMITS = {
  /** Bytes of the body. */
  bodyBytes: 256 * 1024,
  /** Length of a list. */
  k: 100,
  /** Users whose lists come in one response. */
  users: 100,
  /** Users of a group. */
  group: 20,
  /** Movies that one list is similar to. */
  similarTo: 50,
  /** Pairs of user and movie in one request for predictions. */
  pairs: 1_000,
  /** Ratings to fold in a new user. */
  foldIn: 500,
  /** Movies to leave out of a list. */
  exclude: 1_000,
  /** Movies on all pages of a recommendation list. */
  pages: 1_000,
  /** Characters of a cursor. One of a list has a number for each movie of the pages before. */
  cursor: 4_000,
  /** Ratings or events in one feedback request. */
  feedback: 1_000,
  /** Showings of a movie in one event. */
  showings: 1_000,
  /** Characters of a search query. */
  query: 200,
} as const;
