import { z } from '@hono/zod-openapi';
import { STRATEGIES } from '../pipeline/model/model.ts';
import { LIMITS } from './limits.ts';
import type { RequestIds } from './request-ids.ts';

/** A response with a JSON body, for the OpenAPI document. */
export const json = <Body extends z.ZodType>(description: string, schema: Body) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A required JSON body of a request, for the OpenAPI document. */
export const jsonBody = <Body extends z.ZodType>(example: z.input<Body>, schema: Body) => ({
  required: true,
  content: { 'application/json': { example, schema } },
});

/** The other response of a route that responds with `cacheable`. */
export const NOT_MODIFIED = {
  304: { description: 'Not changed: the client has this response already.' },
} as const;

export const NOVELTY =
  'How little popularity counts: 0 ranks by the model alone, 1 mostly by what is similar to the movies that the user liked.';
export const CALIBRATED = 'Keep the user’s own mix of genres and decades. Ignored with `diversity`.';
export const MIN_RATING = 'Only movies with a predicted rating of so many stars or more.';
export const LIST_ORDERS = ['score', 'rating'] as const;
export const SORT =
  'Order of the movies that were chosen: by what the user is likely to choose, or by predicted rating.';
export const DIVERSITY =
  'How different the movies of the list are: 0 orders by score only, 1 by difference only.';
export const REMEMBER =
  'Count the movies of the list as shown, as `shown` of `POST /feedback` does. Needs an API key. Without a response of the database the list is given as well, and `remembered` is false.';
export const EXCLUDE = 'Movies to leave out. In a URL, their ids with commas between them.';
export const EXPLAIN =
  'Say why each movie is in the list: ratings of the user that speak for it, or another reason.';

/** The field of every list that has pages. */
export const nextSchema = z
  .string()
  .nullable()
  .openapi({ description: 'The `cursor` of the next page. Null on the last page.' });

/** A choice in a body. */
export const flagField = (description: string, byDefault: boolean) =>
  z.boolean().default(byDefault).openapi({ description });

export const versionSchema = z.int().positive().openapi({ description: 'Version of the served model.' });

export const stars = z
  .number()
  .min(0.5)
  .max(5)
  .multipleOf(0.5, 'must be 0.5 to 5 in steps of 0.5')
  .openapi({ description: 'Stars, 0.5 to 5 in steps of 0.5.', multipleOf: 0.5, example: 4.5 });

const interval = z
  .tuple([z.number(), z.number()])
  .nullable()
  .openapi({
    description: '80% prediction interval of the rating. Null when the model has no uncertainty.',
    minItems: 2,
    maxItems: 2,
    // Readers of OpenAPI want it beside `prefixItems`.
    items: { type: 'number' },
  });

export const LIST_STRATEGIES = ['personalised', 'folded-in', 'popular'] as const;
export type ListStrategy = (typeof LIST_STRATEGIES)[number];

export const REASONS = ['ratings', 'series', 'genre', 'popular'] as const;

export const GENRE_NAME = 'Genre';
/** The document of a served bundle lists its genres here. */
export const genreName = z.string().min(1).max(400).openapi(GENRE_NAME);

/** Makes the schemas with ids in them: numbers or names. */
export function idSchemas({ schema: id }: Pick<RequestIds, 'schema'>) {
  const movieSchema = z
    .object({
      movie: id('Movie id.'),
      title: z.string().nullable().openapi({
        description: 'As the source has it, without the year: `Matrix, The`. Null when unknown.',
      }),
      displayTitle: z.string().nullable().openapi({ description: 'As one says it: `The Matrix`.' }),
      year: z.int().nullable().openapi({ description: 'Year of release. Null when unknown.' }),
      genres: z.array(genreName),
      imdbId: z
        .string()
        .nullable()
        .openapi({ description: 'On IMDb. Null when unknown.', example: 'tt0114709' }),
      tmdbId: z
        .int()
        .nullable()
        .openapi({ description: 'On The Movie Database. Null when unknown.', example: 862 }),
    })
    .openapi('Movie');

  const ratedMovieSchema = movieSchema
    .extend({
      ratings: z.int().nonnegative().openapi({ description: 'Number of ratings.' }),
      meanRating: z.number().nullable().openapi({ description: 'Mean of the ratings, in stars.' }),
    })
    .openapi('RatedMovie');

  const movieDetailsSchema = ratedMovieSchema
    .extend({
      alternativeTitles: z.array(z.string()).openapi({
        description: 'The original and other titles, which the source has in brackets behind the title.',
      }),
    })
    .openapi('MovieDetails');

  const predictionSchema = z
    .object({
      user: id(),
      movie: id(),
      rating: z.number().openapi({ description: 'Predicted stars.', example: 3.871204 }),
      deviation: z
        .number()
        .nullable()
        .openapi({ description: 'Standard deviation of the user’s rating around the prediction, in stars.' }),
      interval,
      strategy: z.enum(STRATEGIES).openapi({
        description:
          'What the prediction is based on: what the model learned of the user and the movie (`personalised`), the user’s ratings since the training (`folded-in`), the movie’s genres and year (`genres`), or a mean.',
      }),
    })
    .openapi('Prediction');

  const recommendationSchema = movieSchema
    .extend({
      rating: z.number().openapi({ description: 'Predicted stars. The list is not ordered by them.' }),
      interval,
      because: z
        .array(
          z.object({
            movie: id(),
            title: z.string().nullable(),
            stars: z.number().openapi({ description: 'Stars that the user gave.' }),
            contribution: z.number().nullable().openapi({
              description:
                'Its share of what the user’s ratings add to the score. Null for a part of a series.',
            }),
          }),
        )
        .optional()
        .openapi({ description: 'With `explain`: the user’s own ratings that `reason` refers to.' }),
      reason: z.enum(REASONS).nullable().optional().openapi({
        description:
          'With `explain`: liked movies that support it most (`ratings`), a liked part of the same series (`series`), a genre that the user likes (`genre`), or that most people like it (`popular`). Null when there is no such reason.',
      }),
      likedGenre: z.string().optional().openapi({ description: 'With the reason `genre`.' }),
    })
    .openapi('Recommendation');

  const listSchema = z
    .object({
      strategy: z.enum(LIST_STRATEGIES).openapi({
        description:
          'What the list is based on: what the model learned of the user (`personalised`), ratings that the model was not trained on, or watched and wanted movies (`folded-in`), or what most people like (`popular`).',
      }),
      excluded: z.int().nonnegative().nullable().openapi({
        description:
          'Number of movies that are left out because the user has rated, watched or hidden them. Null in a list of a user without a key.',
      }),
      recommendations: z.array(recommendationSchema),
    })
    .openapi('RecommendationList');

  const newUserRatings = z
    .array(z.object({ movie: id(), stars }))
    .min(1)
    .max(LIMITS.foldIn)
    .openapi({
      description: 'The last rating of a movie counts. Movies that the model does not know are ignored.',
    });

  return {
    id,
    movieSchema,
    ratedMovieSchema,
    movieDetailsSchema,
    predictionSchema,
    listSchema,
    newUserRatings,
  };
}
