import { z } from 'zod';
import { DRIFT_SIGNALS } from './drift/signals/list.ts';
import { OperatorError } from './lib/errors.ts';

type Thresholds<Preset extends 'robust' | 'classic'> = {
  [Signal in (typeof DRIFT_SIGNALS)[number] as Signal['threshold'][Preset] extends number
    ? Signal['name']
    : never]: z.ZodDefault<z.ZodNumber>;
};

/** One setting a signal that has a threshold in this preset. Its default and its meaning stand with the signal. */
function thresholdsOf<Preset extends 'robust' | 'classic'>(preset: Preset) {
  const settings = DRIFT_SIGNALS.flatMap(({ name, threshold }) =>
    threshold[preset] === null
      ? []
      : [[name, z.number().positive().default(threshold[preset]).describe(threshold.meaning)]],
  );
  return z.strictObject(Object.fromEntries(settings) as Thresholds<Preset>);
}

/** Where new batches of ratings come from. Each is asked for whatever the ledger lacks. */
const batchSource = z.discriminatedUnion('kind', [
  /** A data set cut into weeks, of which each run takes one: a trial of the whole loop. */
  z.strictObject({
    kind: z.literal('simulation'),
    dataset: z.enum(['synthetic', 'ml-latest-small', 'ml-25m', 'ml-32m']).default('synthetic'),
    weeks: z.int().min(1).max(520).default(3),
    /** Of the invented ratings. */
    seed: z.int().default(1),
  }),
  /** Files of the repository, in the order of their names. */
  z.strictObject({ kind: z.literal('folder'), path: z.string().min(1).default('data/batches') }),
  /** Assets of the releases whose tags begin so; mark no such release as the latest. */
  z.strictObject({
    kind: z.literal('releases'),
    prefix: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]*$/, 'use lower-case letters, digits, dot, dash')
      .default('data-'),
  }),
  /** Files behind https, numbered without a gap: `{n}` is 1, 2, …; `{nn}` and `{nnn}` are padded with zeros. */
  z.strictObject({
    kind: z.literal('url'),
    template: z
      .string()
      .regex(
        /^https:\/\/[^?#]*\{n{1,3}\}[^?#]*$/,
        'give an https address with {n}, {nn} or {nnn} in its path',
      ),
  }),
  /** What people rated in the API. */
  z.strictObject({ kind: z.literal('feedback') }),
]);

const schema = z.strictObject({
  /** Names the data set in issues and reports. One drift episode is open per data set. */
  dataset: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dot, dash and underscore')
    .default('ratings'),
  /**
   * Asked in this order. Feedback comes first: the last batch that is taken is the one a drift check looks at
   * alone, and a few ratings of the API would stand in the way of a week.
   */
  batches: z
    .array(batchSource)
    .min(1)
    .prefault([{ kind: 'feedback' }, { kind: 'simulation' }]),
  ingest: z
    .strictObject({
      /** A batch with a larger share of damaged rows is refused whole. 0 to 1. */
      maxRejectShare: z.number().min(0).max(1).default(0.05),
    })
    .prefault({}),
  drift: z
    .strictObject({
      preset: z.enum(['robust', 'classic']).default('robust'),
      /** `watch` begins at this fraction of a threshold. 0 to 1. */
      watchFraction: z.number().min(0).max(1).default(0.6),
      robust: z
        .strictObject({
          thresholds: thresholdsOf('robust').prefault({}),
          /** Chance of one false alarm or more in a check, over all its signals together. */
          familyWiseErrorRate: z.number().positive().max(0.5).default(0.01),
          /** Fewer users than this in a window: `insufficient`. */
          minUsers: z.int().positive().default(50),
        })
        .prefault({}),
      classic: z
        .strictObject({
          /** A signal without a threshold is reported and never alarms. */
          thresholds: thresholdsOf('classic').prefault({}),
          /** Fewer ratings than this in a window: `insufficient`. */
          minRatings: z.int().positive().default(10_000),
        })
        .prefault({}),
    })
    .prefault({}),
  retraining: z
    .strictObject({
      /** Unacknowledged alerts that must have been raised within `alertWindowHours`. */
      minAlerts: z.int().positive().default(1),
      alertWindowHours: z.number().positive().default(168),
      /** Ratings that must have gathered in the buffer. */
      minBufferRatings: z.int().positive().default(50_000),
      /** A training that was asked for and of which nothing came is asked for again after so long. */
      retryAfterHours: z.number().positive().default(20),
    })
    .prefault({}),
  train: z
    .strictObject({
      /** What predicts ratings and what ranks, joined by a plus; docs/algorithms.md has all there are. */
      algorithm: z.string().default('vb-mf+ials'),
      /** Over the algorithm's own defaults; docs/algorithms.md lists them. */
      hyperParameters: z.record(z.string(), z.number()).default({}),
      seed: z.int().default(1),
    })
    .prefault({}),
  gate: z
    .strictObject({
      /** Newest share of the buffer that is kept from training and decides the gate. 0 to 1. */
      holdoutShare: z.number().positive().max(0.5).default(0.2),
      /** How much worse RMSE may be, relative to the champion, when the reason to retrain is drift. */
      rmseTolerance: z.number().min(0).default(0.002),
      /** How much Precision@10 may lose, in points of precision (0.01 is one in a hundred). */
      precisionTolerance: z.number().min(0).default(0.01),
      /** Confidence of the paired bootstrap interval. */
      confidence: z.number().min(0.5).max(0.999).default(0.95),
      /** Bootstrap resamples of users. */
      resamples: z.int().min(100).default(1000),
    })
    .prefault({}),
  /** What the API is served from, and what it allows. They are baked in when a model is deployed. */
  serve: z
    .strictObject({
      /** Where what each user has rated comes from: it travels with the model, or the database is asked. */
      seen: z.enum(['bundle', 'database']).default('bundle'),
      /** `half` keeps a model's factors in half the room; predictions move by some thousandths of a star. */
      precision: z.enum(['single', 'half']).default('single'),
      /** Only so many movies, those with the most ratings; null for all. */
      movies: z.int().positive().nullable().default(null),
      /** Ratings that one API key may give in an hour. */
      ratingsPerHour: z.int().positive().default(1000),
      /** Pages of these origins may call the API from a browser; `*` is every page. */
      corsOrigins: z.array(z.string().min(1)).default(['*']),
    })
    .prefault({}),
  /** How long a schedule may be silent before the watchdog says so. GitHub drops and delays scheduled runs. */
  watchdog: z
    .strictObject({
      ingestHours: z
        .number()
        .positive()
        .default(9 * 24),
      driftHours: z.number().positive().default(50),
    })
    .prefault({}),
  /** What `model-check` trains base and head of a pull request on. */
  modelCheck: z
    .strictObject({
      dataset: z.enum(['synthetic', 'ml-latest-small']).default('synthetic'),
      seed: z.int().default(1),
    })
    .prefault({}),
  /** Names under which trainings are mirrored when MLFLOW_TRACKING_URI is set. */
  mlflow: z
    .strictObject({
      experiment: z.string().min(1).default('cinematch'),
      registeredModel: z.string().min(1).default('cinematch'),
    })
    .prefault({}),
});

type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] };

/** The configuration of a pipeline. Every default stands in this file; a signal's thresholds stand with the signal. */
export type Config = DeepReadonly<z.output<typeof schema>>;
/** What `cinematch.config.ts` may say: any part of it. */
export type ConfigInput = z.input<typeof schema>;

export type GateConfig = Config['gate'];
export type BatchSource = Config['batches'][number];

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (inner !== null && typeof inner === 'object') deepFreeze(inner);
  return Object.freeze(value);
}

/**
 * Checks what a configuration file says and fills in the defaults.
 *
 * @param place where it came from, for the error: `cinematch.config.ts`.
 * @throws OperatorError `config-invalid` with every wrong setting, its value and what is accepted.
 */
export function parseConfig(input: unknown, place: string): Config {
  const result = schema.safeParse(input);
  if (result.success) return deepFreeze(result.data);
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`,
  );
  throw new OperatorError(
    'config-invalid',
    `${place} cannot be used: ${problems.join('; ')}.`,
    'Correct these settings; pipeline/config.ts documents every one with its default.',
  );
}
