import { z } from '@hono/zod-openapi';
import { STRATEGIES } from '../pipeline/model/model.ts';
import { LIMITS } from './limits.ts';

const LARGEST_ID = 2_147_483_647;

/** A whole number as it stands in an address. */
function numberInText(lowest: number, highest: number, what: string) {
  return z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${lowest} to ${highest}`)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, `must be from ${lowest} to ${highest}`)
    .openapi({ type: 'integer', minimum: lowest, maximum: highest, description: what });
}

export const userInText = numberInText(1, LARGEST_ID, 'The user.').openapi({ example: 1 });

export const movieInText = numberInText(1, LARGEST_ID, 'The movie.').openapi({ example: 7 });

export const kInText = numberInText(1, LIMITS.k, 'How many movies.')
  .optional()
  .default(10)
  .openapi({ default: 10, example: 3 });

export const flagInText = (what: string, otherwise: boolean) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .default(otherwise)
    .openapi({ type: 'boolean', description: what, default: otherwise });

export const genreInText = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .openapi({ description: 'Only movies of this genre, such as `comedy`, in any case.' });

export const DIVERSITY =
  'How much the movies of the list shall differ from each other: 0 is by score alone, 1 by difference alone.';
export const EXPLAIN = 'Name the person’s own ratings that say most for each movie.';

export const diversityInText = z
  .string()
  .regex(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/, 'must be from 0 to 1, such as 0.3')
  .transform(Number)
  .optional()
  .default(0)
  .openapi({
    type: 'number',
    minimum: 0,
    maximum: 1,
    default: 0,
    description: DIVERSITY,
  });

export const versionSchema = z.int().positive().openapi({ description: 'The model that answered.' });

export const id = z.int().min(1).max(LARGEST_ID);

export const stars = z
  .number()
  .min(0.5)
  .max(5)
  .multipleOf(0.5, 'must be 0.5 to 5 by halves')
  .openapi({ description: 'Stars, 0.5 to 5 by halves.', example: 4.5 });

export const movieSchema = z
  .object({
    movie: id.openapi({ description: 'The id.' }),
    title: z.string().nullable().openapi({ description: 'Without the year; null where it is not known.' }),
    year: z.int().nullable().openapi({ description: 'When it came out; null where that is not known.' }),
    genres: z.array(z.string()),
  })
  .openapi('Movie');

export const ratedMovieSchema = movieSchema
  .extend({
    ratings: z.int().nonnegative().openapi({ description: 'How many people rated it.' }),
    meanRating: z.number().nullable().openapi({ description: 'Their mean, stars.' }),
  })
  .openapi('RatedMovie');

const interval = z.tuple([z.number(), z.number()]).nullable().openapi({
  description: 'What the rating will lie in, in four of five cases; null where nobody can say.',
  minItems: 2,
  maxItems: 2,
});

export const predictionSchema = z
  .object({
    user: id,
    movie: id,
    rating: z.number().openapi({ description: 'Predicted stars.', example: 3.871204 }),
    deviation: z
      .number()
      .nullable()
      .openapi({ description: 'Standard deviation of what the user will really give, stars.' }),
    interval,
    strategy: z.enum(STRATEGIES).openapi({
      description:
        'What the prediction is made of: the user’s and the movie’s ratings (`personalised`), ratings that came since the training (`folded-in`), the movie’s genres and year, or the mean of what is known.',
    }),
  })
  .openapi('Prediction');

export const LIST_STRATEGIES = ['personalised', 'folded-in', 'popular'] as const;
export type ListStrategy = (typeof LIST_STRATEGIES)[number];

export const recommendationsSchema = z
  .object({
    user: id.nullable().openapi({ description: 'Who was asked for; null for somebody new.' }),
    strategy: z.enum(LIST_STRATEGIES).openapi({
      description:
        'How the list was made: by what the model has learned of the user, by the ratings just told (or given since the training), or by what most people like.',
    }),
    modelVersion: versionSchema,
    excluded: z.int().nonnegative().openapi({ description: 'Rated movies that were left out.' }),
    recommendations: z.array(
      movieSchema.extend({
        rating: z.number().openapi({ description: 'Predicted stars. The list is not ordered by them.' }),
        interval,
        because: z
          .array(z.object({ movie: id, title: z.string().nullable() }))
          .optional()
          .openapi({ description: 'With `explain`: the person’s own ratings that say most for it.' }),
      }),
    ),
  })
  .openapi('Recommendations');

export const ratingsOfPerson = z
  .array(z.object({ movie: id, stars }))
  .min(1)
  .max(LIMITS.foldIn)
  .openapi({ description: 'Of several for one movie the last counts. Movies nobody knows are passed over.' });
