import { z } from '@hono/zod-openapi';
import { isName, LONGEST_NAME } from '../pipeline/ratings/id-names.ts';
import { MAX_ID } from '../pipeline/ratings/validate.ts';
import type { ServedNames } from '../pipeline/serving/served-names.ts';
import type { Database } from './database.ts';
import { WHOLE_NUMBER, WHOLE_NUMBERS } from './patterns.ts';
import { ApiProblem } from './problem.ts';

/** An id as requests and responses have it: a number, or the name that a site gave. */
export type RequestId = number | string;

/** The id of a user or a movie that nobody knows. */
const UNKNOWN = -1;

/** The ids of requests and responses, and those of the model. */
export interface RequestIds {
  /** What an id is, in a body. */
  schema(description?: string): z.ZodType<RequestId>;
  /** What an id is, in a URL. */
  parameter(description: string, example: number): z.ZodType<RequestId>;
  /** Several movies, in a URL. @param most of them. */
  movieList(most: number, description: string): z.ZodType<readonly RequestId[]>;
  /** The model's id of a movie; −1 for an unknown one. */
  movieOf(sent: RequestId): number;
  movieName(movieId: number): RequestId;
  /**
   * The model's ids of users; −1 for unknown ones. Users who are not in the bundle are sought in the database. Where it does
   * not respond they are unknown.
   */
  usersOf(sent: readonly RequestId[]): Promise<readonly number[]>;
  /** The same by the bundle only. */
  bundledUser(sent: RequestId): number;
  /** An example for the documentation. */
  example(id: number): RequestId;
}

/** @param names of the bundle; null where ids are numbers. */
export function requestIds(names: ServedNames | null, database: Database | null): RequestIds {
  return names === null ? numbers : texts(names, database);
}

const numbers: RequestIds = {
  schema: (description) => {
    const id = z.int().min(0).max(MAX_ID);
    return description === undefined ? id : id.openapi({ description });
  },
  parameter: (description, example) =>
    z
      .string()
      .regex(WHOLE_NUMBER, `must be a whole number from 0 to ${MAX_ID}`)
      .transform(Number)
      .refine((value) => value <= MAX_ID, `must be from 0 to ${MAX_ID}`)
      .openapi({ type: 'integer', minimum: 0, maximum: MAX_ID, description, example }),
  movieList: (most, description) =>
    z
      .string()
      .regex(WHOLE_NUMBERS, 'must be movie ids with commas between them, such as 7,9')
      .transform((text) => text.split(',').map(Number))
      .refine((ids) => ids.length <= most, `must be at most ${most.toLocaleString('en')} movies`)
      .refine((ids) => ids.every((movieId) => movieId <= MAX_ID), `must be ids of at most ${MAX_ID}`)
      .openapi(
        withCommas(most, {
          items: { type: 'integer', minimum: 0, maximum: MAX_ID },
          description,
          example: [7, 9],
        }),
      ),
  movieOf: Number,
  movieName: (movieId) => movieId,
  usersOf: async (sent) => sent.map(Number),
  bundledUser: Number,
  example: (id) => id,
};

/** What `isName` allows, for the document. */
const NAME_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f]+$';

type ItemSchema =
  | { type: 'integer'; minimum: number; maximum: number }
  | { type: 'string'; minLength: number; maxLength: number; pattern: string };

/** A list in a URL, for the document: its items with commas between them. */
const withCommas = (
  most: number,
  list: { items: ItemSchema; description: string; example: RequestId[] },
) => ({
  ...list,
  type: 'array' as const,
  minItems: 1,
  maxItems: most,
  param: { style: 'form' as const, explode: false },
});

function texts({ users, movies }: ServedNames, database: Database | null): RequestIds {
  const name = (description?: string) => {
    const schema = z
      .string()
      .min(1)
      .refine(isName, 'must have at most 255 characters, none of them a control character')
      .openapi({ maxLength: LONGEST_NAME, pattern: NAME_PATTERN });
    return description === undefined ? schema : schema.openapi({ description });
  };
  const example = (id: number): string => movies.nameOf(id) ?? users.nameOf(id) ?? `id-${id}`;
  return {
    schema: name,
    parameter: (description, id) => name().openapi({ description, example: example(id) }),
    movieList: (most, description) =>
      z
        .string()
        .min(1)
        // A comma inside of a name is written as %2C.
        .transform((text) => text.split(',').map((part) => part.replaceAll(/%2c/gi, ',')))
        .refine((ids) => ids.length <= most, `must be at most ${most.toLocaleString('en')} movies`)
        .refine((ids) => ids.every(isName), 'must be movie ids with commas between them')
        .openapi(
          withCommas(most, {
            items: { type: 'string', minLength: 1, maxLength: LONGEST_NAME, pattern: NAME_PATTERN },
            description: `${description} A comma inside of an id is written as %2C.`,
            example: [example(7).replaceAll(',', '%2C')],
          }),
        ),
    movieOf: (sent) => movies.idOf(String(sent)),
    movieName: (movieId) => movies.nameOf(movieId) ?? String(movieId),
    bundledUser: (sent) => users.idOf(String(sent)),
    async usersOf(sent) {
      const ids = sent.map((user) => users.idOf(String(user)));
      const strangers = [...new Set(sent.filter((_, at) => ids[at] === UNKNOWN).map(String))];
      if (strangers.length === 0 || database === null) return ids;
      const found = await known(database.userIds(strangers));
      return ids.map((id, at) => (id === UNKNOWN ? (found.get(String(sent[at])) ?? UNKNOWN) : id));
    },
    example,
  };
}

async function known(asked: Promise<ReadonlyMap<string, number>>): Promise<ReadonlyMap<string, number>> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem) return new Map();
    throw error;
  }
}
