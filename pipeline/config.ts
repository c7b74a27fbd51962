import { z } from 'zod';
import { about } from './config/about.ts';
import { batchSource } from './config/batch-sources.ts';
import { driftSettings } from './config/drift-settings.ts';

/** A number of hours. */
const hours = (byDefault: number, description: string, example: number) =>
  z.number().positive().default(byDefault).meta(about(description, example));

const seed = (description: string) => z.int().default(1).meta(about(description, 7));

/** Every setting with its type, range, default and meaning. docs/configuration.md is written from it. */
export const configSchema = z.strictObject({
  dataset: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .default('ratings')
    .meta(
      about(
        'Name of the data set in issues and reports. One drift issue can be open per data set.',
        'films',
        'lower-case letters, digits, dot, dash and underscore; a letter or digit first; 64 characters at most',
      ),
    ),
  batches: z
    .array(batchSource)
    .min(1)
    .prefault([{ kind: 'feedback' }, { kind: 'simulation' }])
    .meta(
      about(
        'Where new batches of ratings come from, in this order. Put `feedback` first: a drift check judges the last batch of a run alone, and feedback is often only a few ratings.',
        [{ kind: 'feedback' }, { kind: 'folder', path: 'data/batches' }],
      ),
    ),
  ingest: z
    .strictObject({
      maxRejectShare: z
        .number()
        .min(0)
        .max(1)
        .default(0.05)
        .meta(about('A batch with a larger share of invalid rows is rejected as a whole.', 0.01)),
    })
    .prefault({})
    .meta({ description: 'How batches are ingested.' }),
  drift: driftSettings,
  retraining: z
    .strictObject({
      minAlerts: z
        .int()
        .positive()
        .default(1)
        .meta(
          about(
            'Number of alerts in the last `alertWindowHours` that retraining needs. Acknowledged alerts do not count.',
            2,
          ),
        ),
      alertWindowHours: hours(168, 'An alert counts for this number of hours.', 336),
      minBufferRatings: z
        .int()
        .positive()
        .default(50_000)
        .meta(about('Number of ratings in the buffer that retraining needs.', 5_000)),
      retryAfterHours: hours(
        20,
        'A training that was requested and gave no result is requested again after this number of hours.',
        30,
      ),
    })
    .prefault({})
    .meta({ description: 'When the pipeline trains a new model.' }),
  train: z
    .strictObject({
      algorithm: z
        .string()
        .default('vb-mf+ials')
        .meta(
          about(
            'The algorithm that predicts ratings and the algorithm that ranks movies, joined by a plus. [The list](#hyper-parameters).',
            'als+ease',
            'the name of an algorithm',
          ),
        ),
      hyperParameters: z
        .record(z.string(), z.number())
        .default({})
        .meta(
          about(
            'Values in place of the defaults of the algorithm. [The list](#hyper-parameters).',
            { 'vb-mf.sweeps': 30 },
            'an object with a number for each hyper-parameter',
          ),
        ),
      seed: seed('Seed of the training. The same ratings and seed give the same model.'),
    })
    .prefault({})
    .meta({ description: 'How a model is trained.' }),
  gate: z
    .strictObject({
      holdoutShare: z
        .number()
        .positive()
        .max(0.5)
        .default(0.2)
        .meta(
          about(
            'Share of the buffer that is held out: its newest ratings. The gate compares the models on it.',
            0.3,
          ),
        ),
      rmseTolerance: z
        .number()
        .min(0)
        .max(1)
        .default(0.002)
        .meta(
          about(
            'How much the RMSE may grow, relative to the champion, when the reason of the training is drift.',
            0.01,
          ),
        ),
      precisionTolerance: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .meta(
          about('How much Precision@10 may fall, as a difference: 0.01 is one movie in a hundred.', 0.02),
        ),
      confidence: z
        .number()
        .min(0.5)
        .max(0.999)
        .default(0.95)
        .meta(about('Confidence level of the bootstrap intervals.', 0.9)),
      resamples: z
        .int()
        .min(100)
        .default(1000)
        .meta(about('Number of bootstrap resamples of the users.', 2_000)),
    })
    .prefault({})
    .meta({ description: 'What a new model must achieve to replace the champion.' }),
  serve: z
    .strictObject({
      seen: z
        .enum(['bundle', 'database'])
        .default('bundle')
        .meta(
          about(
            'Where the movies that a user has rated are read from: `bundle` deploys them with the model, `database` reads them at each request.',
            'database',
          ),
        ),
      precision: z
        .enum(['single', 'half'])
        .default('single')
        .meta(
          about(
            '`half` stores the factors of the model in half the space. Predictions change by some thousandths of a star, 0.02 at most.',
            'half',
          ),
        ),
      movies: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .meta(
          about(
            'Number of movies that are deployed, those with the most ratings; `null` for all. `ease` needs all movies.',
            20_000,
          ),
        ),
      ratingsPerHour: z
        .int()
        .positive()
        .default(1000)
        .meta(about('Number of ratings that one API key may send in an hour.', 200)),
      corsOrigins: z
        .array(
          z
            .string()
            .regex(/^(\*|https?:\/\/[^\s/?#@*]+)$/)
            .meta({ accepts: '* or an origin such as https://films.example, without a path' }),
        )
        .default(['*'])
        .meta(
          about('Web pages of these origins may call the API from a browser; `*` allows every origin.', [
            'https://films.example',
          ]),
        ),
    })
    .prefault({})
    .meta({ description: 'What the API serves and allows. A change takes effect with the next deployment.' }),
  watchdog: z
    .strictObject({
      ingestHours: hours(9 * 24, 'Hours without a scheduled run of `ingest` until a warning.', 30),
      driftHours: hours(50, 'Hours without a scheduled run of `drift` until a warning.', 30),
    })
    .prefault({})
    .meta({
      description:
        'How long a scheduled workflow may go without a run before a warning. GitHub delays and drops scheduled runs.',
    }),
  modelCheck: z
    .strictObject({
      dataset: z
        .enum(['synthetic', 'ml-latest-small'])
        .default('synthetic')
        .meta(about('The ratings to train on.', 'ml-latest-small')),
      seed: seed('Seed of the synthetic ratings and of the bootstrap.'),
    })
    .prefault({})
    .meta({ description: 'What `model-check` trains the two versions of a pull request on.' }),
  mlflow: z
    .strictObject({
      experiment: z
        .string()
        .min(1)
        .default('cinematch')
        .meta(about('Name of the experiment.', 'film-ratings')),
      registeredModel: z
        .string()
        .min(1)
        .default('cinematch')
        .meta(about('Name of the registered model.', 'film-ratings')),
    })
    .prefault({})
    .meta({ description: 'Names on the MLflow server. They are used when MLFLOW_TRACKING_URI is set.' }),
});

type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] };

/** The configuration of a pipeline. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
/** The settings that `cinematch.config.ts` may have. */
export type ConfigInput = z.input<typeof configSchema>;

export type GateConfig = Config['gate'];
export type BatchSource = Config['batches'][number];
