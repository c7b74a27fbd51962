import { z } from 'zod';
import { linkUrl } from '../lib/url.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const metric = z.number().nullable();
/**
 * What a model is worth on ratings it was not trained on; null where nothing defined a metric. Those named here are
 * in every manifest. The others are those of the release that wrote it, by name.
 */
export const metricsSchema = z
  .object({ rmse: metric, mae: metric, precisionAt10: metric, ratings: z.int().nonnegative() })
  .catchall(metric);

/** Which ratings a model was trained on: enough to gather them again and to prove they are the same. */
const snapshot = z.object({
  /** Digest over the rows in order of user and movie. */
  sha256: digest,
  ratings: z.number().int(),
  users: z.number().int(),
  movies: z.number().int(),
  /** Seconds since 1970 of the oldest and the newest rating. */
  from: z.number().int(),
  to: z.number().int(),
  /** The ledger's batches it was taken from. */
  batches: z.array(z.number().int()),
  /** The rule that kept the holdout out, in words. */
  split: z.string(),
  /**
   * Share of the newest ratings that was held out; null when the initial load named its holdout. Absent in the
   * manifests of earlier releases.
   */
  holdoutShare: z.number().nullable().optional(),
});

export const goldenSchema = z.object({
  user: z.int().positive(),
  movie: z.int().positive(),
  /** Stars. */
  rating: z.number(),
});

const run = z.object({
  /** Of the code it was trained by. */
  commit: z.string().regex(/^[0-9a-f]{7,64}$/),
  url: z.string().refine((url) => linkUrl(url) !== null, 'not a web URL'),
});

/** What stands beside a model file: what it is, where it comes from, how good it was, and its digests. */
export const manifestSchema = z.object({
  schema: z.literal(1),
  version: z.number().int().positive(),
  algorithm: z.string(),
  hyperParameters: z.record(z.string(), z.number()),
  seed: z.number().int(),
  /** ISO 8601, UTC. */
  trainedAt: z.string(),
  fitSeconds: z.number(),
  reason: z.enum(['first-model', 'drift', 'manual']),
  /** The champion it was trained to replace, or null. */
  parent: z.number().int().nullable(),
  snapshot,
  /** On the holdout of its own training: ratings it was not trained on. */
  metrics: metricsSchema,
  /** Questions with the answers of the model as it was trained: whoever serves it has to answer the same. */
  golden: z.array(goldenSchema).optional(),
  /** The workflow run that made it; absent for a model made on one machine. */
  run: run.optional(),
  /** Size and SHA-256 of every file that travels with it, the manifest itself apart. */
  files: z.record(z.string(), z.object({ bytes: z.number().int(), sha256: digest })),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type GoldenPrediction = z.infer<typeof goldenSchema>;
