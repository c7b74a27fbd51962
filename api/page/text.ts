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
  tooFew: 'There are too few numbers to draw yet.',
  older: (count: number) => `${s(count, 'older row')}`,

  now: {
    title: 'Now',
    calm: (version: number) => `Model v${version} serves, and nothing needs attention`,
    watched: (version: number) => `Model v${version} serves, and there are early signs of drift`,
    attending: (version: number, count: number) =>
      `Model v${version} serves; ${count === 1 ? 'one thing needs' : `${formatCount(count)} things need`} attention`,
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
    answered: (version: number) => `v${version} was trained on these ratings since.`,
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
    title: (verdict: string, strongest: string | undefined, checks: number, drifts: number) =>
      `The newest check says ${verdict}${strongest === undefined ? '' : `: ${strongest}`}; ${formatCount(drifts)} of ${s(checks, 'check')} found drift`,
    newest: 'The newest: ',
    check: (id: number) => `check ${id}`,
    checkTitle: (id: number, verdict: string, strongest: string | undefined) =>
      `Check ${id}: ${verdict}${strongest === undefined ? ', no signal is raised' : `, ${strongest}`}`,
    comparison: (a: number, b: number, changed: number) =>
      `Checks ${a} and ${b}: ${changed === 0 ? 'every signal has the same verdict' : `${s(changed, 'signal')} with another verdict`}`,
    unknown: (id: number) => `Check ${id} is not among those that are kept`,
    comparedWith: (batch: number, ratings: string, version: number) =>
      `batch ${batch}, with ${ratings} ratings since the training, against the data of v${version}`,
    intervals: (confidence: string) => `intervals of ${confidence} over all signals together`,
    model: (version: number) => `Model v${version}`,
    all: 'All checks',
    previous: '← Earlier check',
    next: 'Later check →',
    filter: 'Choose signal, verdict and dates',
    signal: 'Signal',
    verdict: 'Verdict',
    any: 'any',
    from: 'From',
    to: 'To',
    show: 'Show',
    compare: 'Compare two checks',
    side: 'Property',
    first: 'Check',
    second: 'with',
    at: 'Checked',
    champion: 'Champion',
    newestBatch: 'Newest batch',
    newRatings: 'Ratings since the training',
    everySignal: 'Every signal over the same batches',
    neverMeasured: 'not measured',
    raised: (raised: number, batches: number) => `drift in ${formatCount(raised)} of ${formatCount(batches)}`,
    comesFrom: 'Where it comes from',
    recognised: 'What was recognised',
    findingHeader: ['Found in the newest batch', 'Who', 'Ratings', 'Seen', 'Effect → without it'],
    users: (count: number) => s(count, 'user'),
    quality: 'Data quality',
    qualityHeader: ['Batch', 'Finding', 'Seen', 'Expected', 'What to do'],
    checks: 'Drift checks',
    checkHeader: ['Check', 'At', 'Verdict', 'Model', 'Ratings since the training', 'Strongest signal'],
  },

  charts: {
    batch: 'Batch',
    model: 'Model',
    verdict: 'Verdict',
    signal: 'Signal',
    window: 'Window',
    interval: 'Interval',
    effectColumn: 'Effect',
    low: 'Interval from',
    high: 'to',
    threshold: 'Threshold',
    rating: 'Rating',
    genre: 'Genre',
    change: 'Change',
    gainKind: 'Gain',
    gainColumn: 'In RMSE',
    sides: ['training data', 'newest batch'],
    effectUnknown: (signal: string) => `${signal}: not measured in this range`,
    effect: (signal: string, raised: number, batches: number, newest: string) =>
      `${signal}: drift on ${formatCount(raised)} of ${s(batches, 'batch', 'batches')}, ${newest} on the newest`,
    effectNote:
      'Diamond: drift. Dot: watch. Ring: ok or too little data. The bar is the interval; broken lines are the threshold; a dotted line is where another model began to serve. Each mark leads to its check.',
    gainUnknown: 'No training has shown yet what it brought',
    gain: (version: number, gain: string, trainings: number) =>
      `The training of v${version} made RMSE ${gain} on the first batch after it; ${s(trainings, 'training')} measured`,
    gainNote: (gain: string) =>
      `Ring: a model trained before this batch, over the one that served. Diamond: realised by a training. A gain of ${gain} is worth a training.`,
    signals: (raised: number, all: number, strongest: string | undefined) =>
      raised === 0
        ? `None of ${s(all, 'signal')} is beyond its threshold`
        : `${formatCount(raised)} of ${s(all, 'signal')} raised, most of all: ${strongest}`,
    signalsNote:
      'The effect on the newest batch as a multiple of the threshold of the signal. Diamond: drift. Dot: watch. Ring: ok or too little data. The bar is the interval.',
    levelsUnknown: 'The distribution of the ratings was not kept',
    levels: (rating: string, before: string, now: string) =>
      `${rating} went from ${before} to ${now} of the ratings`,
    sidesNote: 'Left and grey: the data that the model learned. Right and blue: the newest batch.',
    metricUnknown: (metric: string) => `${metric}: not measured yet`,
    metric: (metric: string, version: number, value: string, models: number) =>
      `${metric} of the newest of ${s(models, 'model')}, v${version}: ${value}`,
    metricNote:
      'Dot: the champion. Diamond: refused by the gate. Ring: the others. Each model on its own holdout, so a step can also come from the ratings. Each mark leads to its model.',
    reignsUnknown: 'No model has served yet',
    reigns: (version: number, reigns: number) =>
      reigns === 1
        ? `v${version} is the first champion`
        : `v${version} serves; the champion changed ${s(reigns - 1, 'time')}`,
    reignsNote: 'Each span is the time in which a model served, from the oldest that is known until now.',
    rowsUnknown: 'No batch came after the first load',
    rows: (batches: number, accepted: string, rejected: string) =>
      `${s(batches, 'batch', 'batches')} after the first load brought ${accepted} rows, and ${rejected === '0' ? 'none' : rejected} ${rejected === '1' ? 'was' : 'were'} rejected`,
    rowsNote: 'Blue: new. Green: updated. Grey: unchanged, known before. Red: rejected.',
    durations: (ingest: string, train: string) =>
      `The last ingestion took ${ingest}, the last training ${train}`,
    durationsNote: 'In the order of time. Grey: ingestion of a batch. Blue: training of a model.',
    genresUnknown: 'No genre changed',
    genres: (genre: string, change: string) => `${genre} changed most: ${change}`,
    genresNote: 'Grey: share in the data that the model learned. Blue: share in the newest batch.',
  },

  models: {
    title: (served: number, models: number, refused: number) =>
      `v${served} serves, of ${s(models, 'model')}; the gate refused ${refused === 0 ? 'none' : formatCount(refused)}`,
    modelTitle: (version: number, status: string, finding: string | null) =>
      `Model v${version}, ${status}${finding === null ? '' : `: ${finding}`}`,
    comparison: (a: number, b: number, differing: number) =>
      `Models v${a} and v${b}: ${differing === 0 ? 'the same hyper-parameters' : `${s(differing, 'hyper-parameter')} differ`}`,
    unknown: (version: number) => `There is no model v${version}`,
    all: 'All models',
    versions: 'Versions',
    reigns: 'Who was champion when',
    reignHeader: ['Version', 'From', 'Until'],
    stillServes: 'serves now',
    neverServed: 'Never.',
    served: 'When it served',
    why: 'Why it was trained',
    gate: 'What the gate decided',
    noGate: 'It was compared with no champion.',
    outcomes: { promote: 'promoted', refuse: 'refused' },
    protocol: (ratings: number, users: number, confidence: string) =>
      `Both models were scored on ${s(ratings, 'rating')} by ${s(users, 'user')} that neither had learned; intervals of ${confidence}.`,
    rival: 'Champion',
    challenger: 'This model',
    difference: 'Difference',
    rule: 'Rule',
    passed: 'Passed',
    yes: 'yes',
    no: 'no',
    metric: 'Metric',
    metrics: 'Metrics',
    metricsNote: (ratings: number) =>
      `On ${s(ratings, 'rating')} that it had not learned. Other versions were measured on other ratings.`,
    ownHoldouts:
      'The gate did not compare these two. Each was measured on its own holdout, so a difference can also come from the ratings.',
    sameRatings: 'On the same ratings',
    settings: 'Hyper-parameters',
    differing: 'Hyper-parameters that differ',
    sameSettings: (count: number) => `None of ${formatCount(count)}.`,
    algorithm: 'Algorithm',
    seed: 'Seed',
    lineage: 'Where it comes from',
    parent: 'Trained to replace',
    none: 'none',
    status: 'Status',
    trained: 'Trained',
    took: 'Training took',
    ratings: 'Ratings',
    usersAndMovies: 'Users, movies',
    batches: 'Batches',
    heldOut: 'Held out: ',
    snapshot: 'Snapshot',
    size: 'Size',
    commit: 'Commit',
    run: 'Run',
    expected: 'Expected gain in RMSE',
    realised: 'Realised gain in RMSE',
    release: 'Release',
    compareWith: (version: number) => `Compare with v${version}`,
    compare: 'Compare two models',
    side: 'Property',
    first: 'Version',
    second: 'with version',
    rollback: 'Roll back',
    serves: 'It serves now.',
    onGithub: 'On GitHub:',
    rollbackWorkflow: 'the workflow “rollback”',
    onMachine: 'On this machine:',
    header: [
      'Version',
      'Status',
      'Trained',
      'RMSE',
      'MAE',
      'Precision@10',
      'NDCG@10',
      'Coverage',
      'Ratings',
      'Size',
      'Training took',
    ],
  },

  pipeline: {
    title: (batches: number, rejected: number) =>
      `${s(batches, 'batch', 'batches')} ingested, ${rejected === 0 ? 'no row' : s(rejected, 'row')} rejected`,
    grid: 'What each stage did about each batch',
    gridNote:
      'One column a batch, the newest on the right. ✓ done, ▲ watch or retraining due, ◆ drift or refused, – too little data; empty: nothing to do. Each mark leads to its check, model or batch.',
    stage: 'Stage',
    stages: {
      ingest: 'ingest',
      drift: 'drift check',
      decision: 'decision',
      train: 'training',
      gate: 'gate',
      serve: 'promotion',
    },
    ingested: (batch: number, accepted: string, rejected: string) =>
      `batch ${batch}: ${accepted} accepted, ${rejected} rejected`,
    checked: (check: number, verdict: string) => `check ${check}: ${verdict}`,
    trained: (version: number) => `v${version} was trained`,
    judged: (version: number, outcome: string) => `v${version} was ${outcome}`,
    servedFrom: (version: number) => `v${version} was promoted`,
    runs: 'All workflow runs',
    rows: { new: 'new', updated: 'updated', unchanged: 'unchanged', rejected: 'rejected' },
    rowsByBatch: 'Rows of each batch',
    rowCount: (rows: number) => s(rows, 'row'),
    durations: 'Time of each ingestion and training',
    at: 'At',
    what: 'What',
    took: 'Took',
    size: 'Database',
    unlimited: (bytes: string) => `The database takes ${bytes}; it has no limit.`,
    limited: (bytes: string, limit: string, share: string) =>
      `The database takes ${bytes} of ${limit}: it is ${share} full.`,
    stored: (packed: number, plain: number) =>
      `It has ${s(packed, 'packed rating')} and ${s(plain, 'plain rating')}.`,
    tables: 'Largest tables',
    tableHeader: ['Table', 'Size'],
    roles: { train: 'first load', holdout: 'first holdout', buffer: 'new', baseline: 'learned' },
    quarantined: 'in quarantine',
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
      'Findings',
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
    answering: 'A drift episode is open',
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
