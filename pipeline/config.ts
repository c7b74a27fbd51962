import { z } from 'zod';
import { batchSource, scaleSetting } from './config/batch-sources.ts';
import { driftSettings } from './config/drift-settings.ts';
import { about, group, setting } from './config/setting.ts';

const count = z.int().positive();
const hours = z.number().positive();
const tolerance = z.number().min(0).max(1);

/** A login of GitHub, and a login or a team. */
const login = z
  .string()
  .regex(/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$/)
  .meta({ accepts: 'a login of GitHub, without @' });
const mentioned = z
  .string()
  .regex(/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}(\/[A-Za-z0-9_-]{1,100})?$/)
  .meta({ accepts: 'a login of GitHub or organisation/team, without @' });

/** Origins of web pages. */
const origins = z.array(
  z
    .string()
    .regex(/^(\*|https?:\/\/[^\s/?#@*]+)$/)
    .meta({ accepts: '* or an origin such as https://films.example, without a path' }),
);

/** Every setting with its type, range, default and meaning. docs/configuration.md is written from it. */
export const configSchema = z.strictObject({
  dataset: setting(
    z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    'ratings',
    'Name of the data set in issues and reports. One drift issue can be open per data set.',
    'films',
    'lower-case letters, digits, dot, dash and underscore; a letter or digit first; 64 characters at most',
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
  source: group('How files of ratings are read.', {
    ids: setting(
      z.enum(['auto', 'numbers', 'text']),
      'auto',
      'What users and movies are called in the files and in the API: `numbers` from 0 to 2,147,483,647; `text`, any text of 255 characters at most, such as slugs, UUIDs and larger numbers; `auto` as in the earlier batches, and in the first one as most rows have it. A database stays with one kind.',
      'text',
    ),
    scale: setting(
      scaleSetting.nullable(),
      null,
      'How the files write ratings, when they are not stars from 0.5 to 5: two ends such as `1-10`, or words with the stars that each means. `null`: stars.',
      '1-10',
    ),
    columns: setting(
      z.partialRecord(z.enum(['user', 'movie', 'rating', 'time']), z.string().min(1)),
      {},
      'Columns of the files that have other names than usual, by `user`, `movie`, `rating` and `time`. Positions from 1 in files without a header.',
      { user: 'customer', movie: 'product' },
      'an object with names of columns for user, movie, rating and time',
    ),
  }),
  ingest: group('How batches are ingested.', {
    maxRejectShare: setting(
      z.number().min(0).max(1),
      0.05,
      'A source with a larger share of invalid rows is refused as a whole, by every command that reads ratings.',
      0.01,
    ),
  }),
  store: group('What the database may take.', {
    limitMegabytes: setting(
      z.number().positive().nullable(),
      null,
      'Megabytes that the database may take. A batch that would not fit is refused before anything of it is stored. `null`: 512 for a database at Neon, the size of its free plan; no limit elsewhere.',
      10_240,
    ),
  }),
  privacy: group('What an erasure of a user starts.', {
    retrainAfterErasure: setting(
      z.boolean(),
      true,
      'Whether the next drift check dispatches a training when users were erased whom the champion has learned. The trained model does not know them.',
      false,
    ),
  }),
  quality: group('How a batch is held against the training data before anything of it is stored.', {
    onSevere: setting(
      z.enum(['stop', 'mark']),
      'stop',
      'What happens to a batch with a severe finding: `stop` refuses it and stores nothing, `mark` stores it with the finding, and no drift check on it is `ok`. Feedback of the API is always marked.',
      'mark',
    ),
    errorRate: setting(
      z.number().positive().max(0.05),
      0.0001,
      'Probability that an ordinary batch has a finding about the scale of its ratings, and the same for their steps.',
      0.001,
    ),
    maxUserShare: setting(
      z.number().positive().max(1),
      0.3,
      'A larger share of a batch by one user is a finding.',
      0.5,
    ),
  }),
  drift: driftSettings,
  retraining: group('When the pipeline trains a new model.', {
    minGain: setting(
      z.number().positive().max(1),
      0.005,
      'The smallest gain worth a training: RMSE or NDCG@10 relative to the champion, measured on the newest batch or expected of it. Its interval must exclude zero.',
      0.02,
    ),
    minBufferShare: setting(
      z.number().min(0).max(1),
      0.01,
      'With fewer new ratings, as a share of those the champion was trained on, nothing is trained.',
      0.05,
    ),
    maxBufferShare: setting(
      z.number().positive(),
      0.5,
      'With more new ratings, as a share of those the champion was trained on, a training is due without another reason.',
      0.2,
    ),
    maxAgeDays: setting(
      z.number().positive(),
      180,
      'A champion of this age is trained again without another reason.',
      90,
    ),
    coolDown: group('How many trainings are dispatched in a row.', {
      trainings: setting(count, 3, 'Most trainings in any `checks` checked batches.', 1),
      checks: setting(count, 4, 'Number of checked batches.', 8),
    }),
    gainRatings: setting(
      z.int().nonnegative(),
      2_000_000,
      'With more ratings, gains are measured on a sample of the users that has about this number. With 0 no gain is measured.',
      500_000,
    ),
    minAlerts: setting(
      count,
      1,
      'Number of alerts in the last `alertWindowHours` that are a reason to retrain. Acknowledged alerts do not count.',
      2,
    ),
    alertWindowHours: setting(hours, 168, 'An alert counts for this number of hours.', 336),
    retryAfterHours: setting(
      hours,
      20,
      'A training that was requested and gave no result is requested again after this number of hours.',
      30,
    ),
  }),
  train: group('How a model is trained.', {
    algorithm: setting(
      z.string(),
      'vb-mf+ials',
      'The algorithm that predicts ratings and the algorithm that ranks movies, joined by a plus. [The list](#hyper-parameters).',
      'als+ease',
      'the name of an algorithm',
    ),
    hyperParameters: setting(
      z.record(z.string(), z.number()),
      {},
      'Values in place of the defaults of the algorithm. [The list](#hyper-parameters).',
      { 'vb-mf.sweeps': 30 },
      'an object with a number for each hyper-parameter',
    ),
    seed: setting(z.int(), 1, 'Seed of the training. The same ratings and seed give the same model.', 7),
  }),
  evaluate: group('How a model is measured on ratings it has not learned.', {
    rankingUsers: setting(
      count.nullable(),
      5_000,
      'With more users who can be ranked, a random sample of so many is, always the same; `null` ranks everyone. RMSE and MAE are always over all ratings. With 5,000 users the 95% interval of NDCG@10 is about ±0.005, and that of the difference of two models about ±0.003.',
      20_000,
    ),
  }),
  gate: group('What a new model must achieve to replace the champion.', {
    holdoutShare: setting(
      z.number().positive().max(0.5),
      0.2,
      'Share of the buffer that is held out: its newest ratings. The gate compares the models on it.',
      0.3,
    ),
    minUsers: setting(
      count,
      50,
      'With fewer users in the holdout, more of the buffer is held out, up to half of it. A few users say too little about a model.',
      200,
    ),
    rmseTolerance: setting(
      tolerance,
      0.01,
      'How much the RMSE may grow, relative to the champion, when the interval says that it grows; otherwise twice as much.',
      0.002,
    ),
    ndcgTolerance: setting(
      tolerance,
      0.03,
      'How much NDCG@10 may fall, relative to the champion, when the interval says that it falls; otherwise twice as much.',
      0.01,
    ),
    refit: setting(
      z.boolean(),
      true,
      'Whether a model that passed the gate is fitted once more before its release, with the same settings and seed, on all ratings including the holdout.',
      false,
    ),
    confidence: setting(
      z.number().min(0.5).max(0.999),
      0.95,
      'Confidence level of the bootstrap intervals.',
      0.9,
    ),
    resamples: setting(z.int().min(100), 1000, 'Number of bootstrap resamples of the users.', 2_000),
  }),
  serve: group('What the API serves and allows. A change takes effect with the next deployment.', {
    seen: setting(
      z.enum(['bundle', 'database']),
      'bundle',
      'Where the movies that a user has rated are read from: `bundle` deploys them with the model, `database` reads them at each request.',
      'database',
    ),
    precision: setting(
      z.enum(['single', 'half']),
      'single',
      '`half` stores the factors of the model in half the space. Predictions change by some thousandths of a star, 0.02 at most.',
      'half',
    ),
    movies: setting(
      count.nullable(),
      null,
      'Number of movies that are deployed, those with the most ratings; `null` for all. `ease` needs all movies.',
      20_000,
    ),
    userRoutes: setting(
      z.enum(['keyed', 'open']),
      'keyed',
      'Who may ask about a user: `keyed` needs an API key with the scope `read`, `open` gives everyone the predictions for a user and [a short list](api.md#without-a-key). `open` is for ratings that are published or invented.',
      'open',
    ),
    ratingsPerHour: setting(count, 1000, 'Number of ratings that one API key may send in an hour.', 200),
    limits: group(
      'What a client may ask in a minute, in units: a list of 10 movies costs one, [more costly requests](api.md#limits-failures-caching) more. Each process counts for itself.',
      {
        perKey: setting(
          count.nullable(),
          6_000,
          'Units in a minute for one API key; `null` for any number.',
          600,
        ),
        perAddress: setting(
          count.nullable(),
          600,
          'Units in a minute for one address, without a key; `null` for any number.',
          60,
        ),
      },
    ),
    readOrigins: setting(
      origins,
      ['*'],
      'Web pages of these origins may read from a browser: lists, predictions, movies. `*` allows every origin.',
      ['https://films.example'],
    ),
    writeOrigins: setting(
      origins,
      [],
      'Web pages of these origins may send ratings and feedback from a browser, take them back and erase. A key in a page is known to everyone who opens it.',
      ['https://films.example'],
    ),
  }),
  watchdog: group(
    'How long a scheduled workflow may go without a run before a warning. GitHub delays and drops scheduled runs.',
    {
      ingestHours: setting(hours, 9 * 24, 'Hours without a scheduled run of `ingest` until a warning.', 30),
      driftHours: setting(hours, 50, 'Hours without a scheduled run of `drift` until a warning.', 30),
    },
  ),
  alerts: group('Whom GitHub tells of a new drift issue, beside those who watch the repository.', {
    assignees: setting(
      z.array(login).max(10),
      [],
      'People who are assigned to the issue. They need access to the repository; GitHub leaves out all others.',
      ['octocat'],
    ),
    mention: setting(
      z.array(mentioned).max(10),
      [],
      'People, or teams of an organisation, whom the text of the issue mentions.',
      ['octocat', 'acme/data'],
    ),
  }),
  modelCheck: group('What `model-check` trains the two versions of a pull request on.', {
    dataset: setting(
      z.enum(['synthetic', 'ml-latest-small']),
      'synthetic',
      'The ratings to train on.',
      'ml-latest-small',
    ),
    seed: setting(z.int(), 1, 'Seed of the synthetic ratings and of the bootstrap.', 7),
  }),
  mlflow: group('Names on the MLflow server. They are used when MLFLOW_TRACKING_URI is set.', {
    experiment: setting(z.string().min(1), 'cinematch', 'Name of the experiment.', 'film-ratings'),
    registeredModel: setting(z.string().min(1), 'cinematch', 'Name of the registered model.', 'film-ratings'),
  }),
});

type DeepReadonly<T> = { readonly [K in keyof T]: T[K] extends object ? DeepReadonly<T[K]> : T[K] };

/** The configuration of a pipeline. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
/** The settings that `cinematch.config.ts` may have. */
export type ConfigInput = z.input<typeof configSchema>;

export type GateConfig = Config['gate'];
export type BatchSource = Config['batches'][number];
