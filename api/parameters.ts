import { z } from '@hono/zod-openapi';
import { MAX_ID } from '../pipeline/ratings/validate.ts';
import { CURSOR_PATTERN } from './cursor.ts';
import { LIMITS } from './limits.ts';
import { WHOLE_NUMBER } from './patterns.ts';
import type { RequestIds } from './request-ids.ts';
import { EXCLUDE, LIST_ORDERS, MIN_RATING, SORT } from './schemas.ts';

/** A whole number in a URL. */
function wholeNumber(lowest: number, highest: number, description: string) {
  return z
    .string()
    .regex(WHOLE_NUMBER, `must be a whole number from ${lowest} to ${highest}`)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, `must be from ${lowest} to ${highest}`)
    .openapi({ type: 'integer', minimum: lowest, maximum: highest, description });
}

export const kParameter = wholeNumber(1, LIMITS.k, 'Number of movies.')
  .default(10)
  .openapi({ default: 10, example: 3 });

export const flagParameter = (description: string, defaultValue: boolean) =>
  z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .default(defaultValue)
    .openapi({ type: 'boolean', description, default: defaultValue });

/** Of the previous page, in a URL and in a body. */
export const cursorParameter = z
  .string()
  .max(LIMITS.cursor)
  .regex(CURSOR_PATTERN, 'is not a cursor issued by this API')
  .optional()
  .openapi({ description: '`next` of the previous page.' });

/** A number from 1 in another catalogue of movies. */
const linkNumber = (sent: string): number => Number(sent.replace(/^tt/i, ''));
/** A number from 1 to 999,999,999, which may start with zeros. */
const IMDB_ID = /^([tT]{2})?0{0,7}[1-9][0-9]{0,8}$/;
export const imdbParameter = z
  .string()
  .regex(IMDB_ID, 'must be an IMDb id, such as tt0114709')
  .transform(linkNumber)
  .openapi({
    type: 'string',
    pattern: IMDB_ID.source,
    description: 'IMDb id, with or without `tt`.',
    example: 'tt0114709',
  });

export const tmdbParameter = z
  .string()
  .regex(WHOLE_NUMBER, 'must be a TMDB id, such as 862')
  .transform(linkNumber)
  .refine((number) => number >= 1 && number <= MAX_ID, 'must be a TMDB id, such as 862')
  .openapi({ type: 'integer', minimum: 1, maximum: MAX_ID, description: 'TMDB id.', example: 862 });

/** Movies to leave out, in a URL. */
export const excludeParameter = (ids: Pick<RequestIds, 'movieList'>) =>
  ids.movieList(LIMITS.exclude, EXCLUDE).default([]);

/** A number in a URL, as JSON has it, or without the 0 before the point. */
const decimal = (lowest: number, highest: number, message: string) =>
  z
    .string()
    .regex(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, message)
    .transform(Number)
    .refine((value) => value >= lowest && value <= highest, message);

export const shareParameter = (description: string, byDefault: number) =>
  decimal(0, 1, 'must be from 0 to 1, such as 0.3')
    .default(byDefault)
    .openapi({ type: 'number', minimum: 0, maximum: 1, default: byDefault, description });

export const minRatingParameter = decimal(0, 5, 'must be stars from 0 to 5, such as 3.5')
  .optional()
  .openapi({ type: 'number', minimum: 0, maximum: 5, description: MIN_RATING });

export const sortParameter = z
  .enum(LIST_ORDERS)
  .default('score')
  .openapi({ default: 'score', description: SORT });
