/** What one request may ask for. One more is refused with a word about which limit it was. */
export const LIMITS = {
  /** Bytes of a request's body. */
  bodyBytes: 256 * 1024,
  /** Length of a list. */
  k: 100,
  /** Pairs of one batch of predictions. */
  pairs: 1_000,
  /** Ratings that somebody new is folded in by. */
  foldIn: 500,
  /** Movies that a list shall do without. */
  exclude: 1_000,
  /** Ratings of one feedback request. */
  feedback: 1_000,
  /** Characters of a search. */
  query: 200,
} as const;
