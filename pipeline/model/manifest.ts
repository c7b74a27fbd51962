import { z } from 'zod';
import { TRAINING_REASONS } from '../lib/training-reason.ts';
import { linkUrl } from '../lib/url.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const metric = z.number().nullable();
/**
 * Metrics on ratings that the model was not trained on. Null where a metric is undefined. The named metrics are in every
 * manifest, the others depend on the release that wrote it.
 */
export const metricsSchema = z
  .object({ rmse: metric, mae: metric, precisionAt10: metric, ratings: z.int().nonnegative() })
  .catchall(metric);

/** The training ratings: enough to read them again and to prove that they are equal. */
const snapshot = z.object({
  /** Digest of the rows, ordered by user and movie. */
  sha256: digest,
  ratings: z.number().int(),
  users: z.number().int(),
  movies: z.number().int(),
  /** Seconds since 1970 of the oldest and the newest rating. */
  from: z.number().int(),
  to: z.number().int(),
  /** Batches of the ledger that the ratings came from. */
  batches: z.array(z.number().int()),
  /** How the holdout was split off, in words. */
  split: z.string(),
  /**
   * Share of the newest ratings that was held out; null when the initial load named its holdout. Absent in the
   * manifests of earlier releases.
   */
  holdoutShare: z.number().nullable().optional(),
  /** Quarantines whose ratings were left out. Absent without any, and in the manifests of earlier releases. */
  quarantines: z.array(z.number().int()).optional(),
  /** The last erasure of a user before the ratings were read. Absent before the first. */
  erasure: z.int().positive().optional(),
});

const goldenSchema = z.object({
  user: z.int().nonnegative(),
  movie: z.int().nonnegative(),
  /** Stars. */
  rating: z.number(),
});

const run = z.object({
  /** Commit of the code that trained the model. */
  commit: z.string().regex(/^[0-9a-f]{7,64}$/),
  url: z.string().refine((url) => linkUrl(url) !== null, 'not a web URL'),
});

/** The manifest of a model: what it is, where it comes from, its metrics, and the digests of its files. */
export const manifestSchema = z.object({
  schema: z.literal(1),
  version: z.number().int().positive(),
  algorithm: z.string(),
  hyperParameters: z.record(z.string(), z.number()),
  seed: z.number().int(),
  /** ISO 8601, UTC. */
  trainedAt: z.string(),
  fitSeconds: z.number(),
  reason: z.enum(TRAINING_REASONS),
  /** Why the training was due, one phrase for each condition. Missing when a person started it. */
  because: z.array(z.string().max(500)).optional(),
  /** The champion it was trained to replace, or null. */
  parent: z.number().int().nullable(),
  snapshot,
  /**
   * The ratings of the model that was judged, when the released model was fitted once more to all ratings. Without it the
   * released model is the judged one.
   */
  judged: z.object({ sha256: digest, ratings: z.int() }).optional(),
  /** Why the judged model was released instead of its refit; missing when nothing was wrong with the refit. */
  refitProblem: z.string().max(500).optional(),
  /** On the holdout of its own training. */
  metrics: metricsSchema,
  /** Predictions of the model after its training. The served model has to predict the same. */
  golden: z.array(goldenSchema).optional(),
  /** The workflow run that trained the model. Missing for a model that was trained elsewhere. */
  run: run.optional(),
  /** Size and SHA-256 of every other file of the package. */
  files: z.record(z.string(), z.object({ bytes: z.number().int(), sha256: digest })),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type GoldenPrediction = z.infer<typeof goldenSchema>;
