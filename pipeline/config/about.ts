/** What is known of a setting besides its type. The check of a configuration and `npm run docs` read it. */
type About<T> = {
  readonly description: string;
  readonly examples: readonly [T];
  /** What is accepted, in words, where the type alone does not say it. */
  readonly accepts?: string;
};

export const about = <T>(description: string, example: T, accepts?: string): About<T> => ({
  description,
  examples: [example],
  ...(accepts === undefined ? {} : { accepts }),
});
