import { z } from '@hono/zod-openapi';
import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import { LIMITS } from './limits.ts';
import { ApiProblem } from './problem.ts';
import { LIST_ORDERS, MIN_RATING, SORT } from './schemas.ts';

/** A whole number in a URL. */
function wholeNumber(lowest: number, highest: number, description: string) {
  return z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${lowest} to ${highest}`)
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

/** Also a field of a body. */
export const genreParameter = z
  .string()
  .min(1)
  .max(64)
  .optional()
  .openapi({ description: 'Only movies of this genre, such as `comedy`. Upper and lower case are equal.' });

/** A number from 0 to 1 in a URL. */
export const shareParameter = (description: string, byDefault: number) =>
  z
    .string()
    .regex(/^(0(\.\d{1,4})?|1(\.0{1,4})?)$/, 'must be from 0 to 1, such as 0.3')
    .transform(Number)
    .default(byDefault)
    .openapi({ type: 'number', minimum: 0, maximum: 1, default: byDefault, description });

export const minRatingParameter = z
  .string()
  .regex(/^([0-4](\.\d{1,4})?|5(\.0{1,4})?)$/, 'must be stars from 0 to 5, such as 3.5')
  .transform(Number)
  .optional()
  .openapi({ type: 'number', minimum: 0, maximum: 5, description: MIN_RATING });

export const sortParameter = z
  .enum(LIST_ORDERS)
  .default('score')
  .openapi({ default: 'score', description: SORT });

/**
 * The position of a genre in the catalogue, or null when no genre is given.
 *
 * @throws ApiProblem for an unknown genre.
 */
export function genrePosition({ genres }: Catalogue, name: string | undefined): number | null {
  if (name === undefined) return null;
  const position = genres.findIndex((genre) => genre.toLowerCase() === name.toLowerCase());
  if (position >= 0) return position;
  const message = `${JSON.stringify(name)} is unknown`;
  throw new ApiProblem(
    'invalid-request',
    `genre: ${message}. The genres are ${genres.join(', ') || '(none)'}.`,
    { errors: [{ at: 'genre', message }] },
  );
}

/** The cursor of a page: where the page starts, and the bundle, because pages of two bundles do not fit together. */
export function encodeCursor(start: number, tag: string): string {
  return `${start}.${bundleOf(tag)}`;
}

/**
 * Where the page of a cursor starts.
 *
 * @throws ApiProblem for a cursor of another bundle and for an invalid one.
 */
export function readCursor(cursor: string, tag: string): number {
  const [, start, bundle] = /^(\d{1,7})\.([\w-]+)$/.exec(cursor) ?? [];
  if (start !== undefined && bundle === bundleOf(tag)) return Number(start);
  const message =
    start === undefined
      ? 'is not a cursor issued by this API'
      : 'was issued before the newest deployment; start again without a cursor';
  throw new ApiProblem('invalid-request', `cursor: ${message}.`, { errors: [{ at: 'cursor', message }] });
}

const bundleOf = (tag: string): string => tag.replace(/^"v\d+-/, '').replace(/"$/, '');
