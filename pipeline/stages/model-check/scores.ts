import { z } from 'zod';
import type { RankedList } from '../../evaluate/ranked-list.ts';
import { bytes, line, seconds } from './untrusted-json.ts';

const count = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The ratings that a model was trained and scored on. Scores with equal data can be compared. */
export const checkedDataSchema = z.object({
  /** `synthetic, seed 1`, or the name of a data set or folder. */
  name: line(100),
  training: z.object({ ratings: count, users: count, movies: count, sha256 }),
  holdout: z.object({
    ratings: count,
    users: count,
    /** Users with a liked movie in the holdout, over whom lists are measured. */
    rankedUsers: count,
    sha256,
  }),
  /** Movies the lists are drawn from. */
  candidates: count,
});
export type CheckedData = z.infer<typeof checkedDataSchema>;

/** How a model was trained. */
export const checkedModelSchema = z.object({
  algorithm: line(60),
  /** All of them, defaults included. */
  hyperParameters: z
    .record(z.string().regex(/^[\w.-]{1,60}$/), z.number().min(-1e9).max(1e9))
    .refine((parameters) => Object.keys(parameters).length <= 50, 'more than 50 hyper-parameters'),
  seed: z.int(),
});

/** What a model recommends to one of the fixed personas. */
const personaListSchema = z.object({
  name: line(60),
  description: line(200),
  userId: z.int().min(0),
  /** Best first. */
  movies: z.array(z.object({ id: z.int().nonnegative(), title: line(200) })).max(10),
});
export type PersonaList = z.infer<typeof personaListSchema>;

/** The part of scores that is written as JSON. */
export const describedScoresSchema = z.object({
  data: checkedDataSchema,
  model: checkedModelSchema,
  fitSeconds: seconds,
  /** Size of the model file. */
  modelBytes: bytes,
  personas: z.array(personaListSchema).max(10).readonly(),
});

/**
 * The scores of a checkout on fixed data, made by its own code: errors and lists instead of metrics, so that base
 * and head are measured with the same formulas.
 */
export interface Scores extends z.infer<typeof describedScoresSchema> {
  /** The user of every held-out rating. */
  readonly userIds: Int32Array;
  /** For every held-out rating: 1 when its user is known in training. */
  readonly warm: Uint8Array;
  /** For every held-out rating: predicted minus given, stars. */
  readonly errors: Float64Array;
  /** One list for each ranked user, users ascending. */
  readonly lists: readonly RankedList[];
}
