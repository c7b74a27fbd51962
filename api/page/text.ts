import type { PastCheck } from '../../pipeline/history/pipeline-history.ts';
import type { TrainingReason } from '../../pipeline/lib/training-reason.ts';
import { formatCount, formatPercent } from '../../pipeline/reports/numbers.ts';
import { TRY_TEXT } from './try-text.ts';

/** `1 batch`, `1,200 ratings` */
const s = (count: number, noun: string, many = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 ? noun : many}`;

/** Every word of the page that is not data. A translation replaces this module. */
export const TEXT = {
  language: 'en',
  product: 'CineMatch',
  tagline: 'A movie recommender that watches its ratings for drift and retrains itself.',
  skip: 'Skip to the content',
  navigation: 'Parts',
  parts: { now: 'Now', drift: 'Drift', models: 'Models', pipeline: 'Pipeline', try: 'Try it' },

  verdicts: {
    drift: 'drift',
    watch: 'watch',
    ok: 'ok',
    insufficient: 'too little data',
  } satisfies Record<PastCheck['verdict'], string>,
  reasons: {
    'first-model': 'the first model',
    gain: 'a newer model is better',
    drift: 'drift',
    age: 'age',
    erasure: 'users were erased',
    manual: 'a person started it',
  } satisfies Record<TrainingReason, string>,
  statuses: {
    champion: 'champion',
    challenger: 'waiting for promotion',
    retired: 'retired',
    refused: 'refused',
  },

  footer: {
    database: 'Read from the database at ',
    bundle: 'As it was when the model was deployed, ',
    api: 'API',
    status: 'Status as JSON',
    history: 'Everything as JSON',
  },
  table: 'The same as a table',
  formats: 'This chart as',

  now: {
    title: 'Now',
    calm: (version: number) => `Model v${version} serves, and nothing needs attention`,
    watched: (version: number) => `Model v${version} serves, and there are early signs of drift`,
    amber: (version: number, count: number) => `Model v${version} serves; ${s(count, 'thing')} to look at`,
    red: (version: number, count: number) => `Model v${version} serves; ${s(count, 'thing')} to act on`,
    model: 'Model',
    since: 'serves since ',
    trainedOn: (ratings: number, users: number, movies: number) =>
      `trained on ${s(ratings, 'rating')} of ${s(movies, 'movie')} by ${s(users, 'user')}`,
    because: 'Why it was trained',
    holdout: (ratings: number) => `On ${s(ratings, 'rating')} that it had not learned`,
    replaced: (version: number, confidence: number) =>
      `Against v${version} on the same ratings, ${formatPercent(confidence, 0)} interval`,
    newest: 'On the newest batch',
    before: 'before',
    ingest: 'Last ingest',
    noIngest: 'No batch was ingested yet.',
    check: 'Last drift check',
    noCheck: 'No check was made yet.',
    against: (version: number) => `against the data of v${version}`,
    noneRaised: 'No signal is raised.',
    episode: 'Drift episode',
    noEpisode: 'None is open.',
    alerts: (count: number) => `${s(count, 'alert')} waiting for an answer.`,
    muted: 'Muted until ',
    next: 'What happens next',
    buffer: (have: number) => `${s(have, 'rating')} came since the training`,
    needed: (need: number) => `at least ${formatCount(need)} are needed for a training on their account`,
    decided: { retrain: 'Retraining is due', wait: 'Retraining waits' },
    due: { ingest: 'The next batch is overdue from ', drift: 'The next drift check is overdue from ' },
    attention: 'What needs attention',
    stages: {
      detected: 'detected',
      training: 'training',
      gated: 'gate passed',
      released: 'released',
      deployed: 'deployed',
      refused: 'refused by the gate',
    } as Readonly<Record<string, string>>,
    issue: (number: number) => `Drift issue ${number}`,
  },

  drift: {
    title: (checks: number, drifts: number) =>
      `${s(checks, 'check')}, of which ${formatCount(drifts)} found drift`,
    checks: 'Drift checks',
    checkHeader: ['Check', 'At', 'Verdict', 'Model', 'New ratings', 'Strongest signal'],
  },

  models: {
    title: (models: number, refused: number) =>
      `${s(models, 'model')}, of which the gate refused ${formatCount(refused)}`,
    versions: 'Versions',
    reigns: 'Who was champion when',
    reignHeader: ['Version', 'From', 'Until'],
    stillServes: 'serves now',
    header: [
      'Version',
      'Status',
      'Trained',
      'RMSE',
      'Precision@10',
      'NDCG@10',
      'Ratings',
      'Size',
      'Training took',
    ],
  },

  pipeline: {
    title: (batches: number, rejected: number) =>
      `${s(batches, 'batch', 'batches')} ingested, ${s(rejected, 'row')} rejected`,
    batches: 'Batches',
    batchHeader: [
      'Batch',
      'Source',
      'Role',
      'Ingested',
      'Read',
      'New',
      'Updated',
      'Unchanged',
      'Rejected',
      'Took',
    ],
  },

  tryIt: TRY_TEXT,

  attention: {
    late: {
      ingest: (hours: number, allowed: number) =>
        `No batch for ${formatCount(Math.floor(hours))} hours; one is expected every ${formatCount(allowed)}`,
      drift: (hours: number, allowed: number) =>
        `No drift check for ${formatCount(Math.floor(hours))} hours; one is expected every ${formatCount(allowed)}`,
    },
    lateLink: { ingest: 'the ingest workflow', drift: 'the drift workflow' },
    drift: 'Drift is open',
    driftLink: 'the newest check',
    issueLink: (number: number) => `drift issue ${number}`,
    refused: (version: number) => `The gate refused model v${version}`,
    refusedLink: (version: number) => `why v${version} was refused`,
    waiting: (version: number) => `Model v${version} passed the gate and does not serve yet`,
    waitingLink: (version: number) => `model v${version}`,
    quality: (batch: number, label: string) => `Batch ${batch}: ${label}`,
    qualityLink: (batch: number) => `batch ${batch}`,
    size: (share: number) => `The database is ${formatPercent(share, 0)} full`,
    sizeLink: 'its size',
    unrecorded: (version: number) => `The database does not have v${version} as its champion yet`,
  },

  empty: {
    noModel: {
      title: 'No model serves yet',
      text: 'The bundle of a model could not be opened, or none was deployed. Nothing can be recommended until then.',
      steps: [
        'On GitHub: start the workflow “bootstrap” once. It ingests the ratings, trains the first model, and deploys it.',
        'On this machine: npm run demo, then npm run serve.',
      ],
    },
    noHistory: {
      title: 'This bundle has no history',
      text: 'The bundle has no history: it was made by an earlier release, or for a test.',
      steps: ['Deploy the model again: cinematch deploy, on GitHub the workflow “deploy”.'],
    },
    noCheck: {
      title: 'No drift check was made yet',
      text: 'A check compares new ratings with those that the model learned, so it needs a batch that came after the training.',
      steps: [
        'On GitHub: the workflow “drift” checks daily, and after each ingest.',
        'On this machine: cinematch ingest FILE, then cinematch drift.',
      ],
    },
    noBatch: {
      title: 'No batch was ingested yet',
      text: 'The pipeline learns from rated movies in a MovieLens file or a Parquet file.',
      steps: [
        'On GitHub: the workflow “bootstrap”.',
        'On this machine: cinematch bootstrap, or npm run demo.',
      ],
    },
    nothingFound: 'Nothing matches this choice.',
  },
} as const;
