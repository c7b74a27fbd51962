import { z } from 'zod';

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

/** A setting with its default, its meaning and an example. */
export const setting = <S extends z.ZodType>(
  schema: S,
  byDefault: z.core.util.NoUndefined<z.output<S>>,
  description: string,
  example: z.output<S>,
  accepts?: string,
): z.ZodDefault<S> => schema.default(byDefault).meta(about(description, example, accepts));

/** Settings that belong together. When the group is left out, each of them has its default. */
export const group = <T extends z.ZodRawShape>(description: string, settings: T) => {
  const schema = z.strictObject(settings);
  return schema.prefault({} as z.input<typeof schema>).meta({ description });
};
