/** The documentation of a setting, for `npm run docs` and for messages about wrong values. */
type About<T> = {
  readonly description: string;
  readonly examples: readonly [T];
  /** The accepted values in words, when the type alone does not say it. */
  readonly accepts?: string;
};

export const about = <T>(description: string, example: T, accepts?: string): About<T> => ({
  description,
  examples: [example],
  ...(accepts === undefined ? {} : { accepts }),
});
