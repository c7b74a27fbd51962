import { EXPOSED_ROUTES } from '../../pipeline/config/open-user-routes.ts';
import { emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { failureSummary } from '../../pipeline/reports/failure-summary.ts';
import { commandSummary } from '../../pipeline/stages/commands/command-summary.ts';
import type { CheckedDrift } from '../../pipeline/stages/drift/detect-drift.ts';
import { driftSummary } from '../../pipeline/stages/drift/drift-summary.ts';
import { bootstrapSummary } from '../../pipeline/stages/ingest/bootstrap-summary.ts';
import type { IngestResult } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { ingestSummary } from '../../pipeline/stages/ingest/ingest-summary.ts';
import { deploySummary } from '../../pipeline/stages/release/deploy-summary.ts';
import { publishSummary } from '../../pipeline/stages/release/publish-summary.ts';
import { skippedTrainingSummary } from '../../pipeline/stages/training/skipped-summary.ts';
import {
  evaluateSummary,
  exportSummary,
  fitSummary,
  gateSummary,
} from '../../pipeline/stages/training/training-summary.ts';
import { baselines, challenger, driftCheck, driftIssue, gate, manifest } from './report-samples.ts';

/** One summary of each kind, with texts that may come from an untrusted user. */

const REPOSITORY = 'https://github.com/octo/films';
export const run = { commit: 'd'.repeat(40), url: `${REPOSITORY}/actions/runs/812` };
const embedded = { home: 'embedded', description: 'PGlite in .cinematch/pg' } as const;
const server = { home: 'postgres', description: 'db.example.org:5432/cinematch' } as const;

const ratings: Ratings = {
  length: 3,
  userIds: Int32Array.of(1, 1, 2),
  movieIds: Int32Array.of(10, 20, 10),
  halves: Uint8Array.of(8, 9, 6),
  ratedAt: Int32Array.of(1_700_000_000, 1_710_000_000, 1_772_300_000),
};

const batch = (number: number, source: string, rows: Partial<IngestResult> = {}): IngestResult => ({
  status: 'ingested',
  batch: number,
  source,
  role: 'buffer',
  sha256: 'a'.repeat(64),
  read: 20_000,
  new: 20_000,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  erased: 0,
  quality: [],
  seconds: 1.234,
  ...rows,
});

const GAINS: CheckedDrift['gain'] = {
  measured: {
    ratings: 20_000,
    users: 312,
    rmse: { before: 0.9536, after: 0.9307, gain: 0.024, interval: [0.011, 0.037] },
    ndcgAt10: null,
  },
  gains: [
    { kind: 'measured', metric: 'RMSE', gain: 0.024, interval: [0.011, 0.037] },
    { kind: 'expected', metric: 'RMSE', gain: 0.031, interval: [0.012, 0.05] },
  ],
  unknown: null,
  newRatings: 40_000,
  trainedRatings: 480_000,
  realised: null,
  minGain: 0.005,
};

/** @param outside text in the place of untrusted texts: from files, issues and users. */
export function sampleSummaries(outside: string): Readonly<Record<string, string>> {
  const checked: CheckedDrift = {
    status: 'checked',
    modelVersion: 12,
    checkedAt: driftIssue.checkedAt,
    check: {
      ...driftCheck,
      contributors: driftCheck.contributors.map((part) =>
        part.kind === 'genre' ? { ...part, label: outside } : part,
      ),
    },
    checkId: 6,
    configDigest: 'c'.repeat(64),
    alert: 'raised',
    bufferRatings: 40_000,
    batchIds: [3, 4, 5, 7],
    decision: { ...driftIssue.decision, reason: 'drift', expectedGain: null },
    gain: GAINS,
    muted: null,
    seconds: 0.4,
    issue: {
      number: 41,
      title: outside,
      body: '',
      labels: [],
      comments: [],
      state: 'open',
      location: `${REPOSITORY}/issues/41`,
      createdAt: driftIssue.checkedAt,
      closedAt: null,
    },
  };
  const common = { silent: [], store: server, run };
  return {
    ingest: ingestSummary({
      status: 'done',
      taken: [
        batch(8, 'week-08.csv', { status: 'already-ingested', seconds: 0.01 }),
        batch(9, `data-2026-10/${outside}`, { new: 19_950, updated: 8, unchanged: 30, rejected: 12 }),
        batch(10, 'week-10.csv', {
          read: 18_000,
          new: 18_000,
          quality: [
            {
              kind: 'rating-step',
              severity: 'severe',
              seen: `whole stars: 0 of 66 users give half stars ${outside}`,
              expected: 'about 24 users, as in training',
              remedy: 'Look for the place where the source rounds its ratings.',
            },
          ],
        }),
      ],
      sources: [
        { kind: 'releases', description: 'releases data-*', offered: 10, alreadyTaken: 8, note: null },
        { kind: 'folder', description: `folder ${outside}`, offered: 0, alreadyTaken: 0, note: outside },
      ],
      rejects: {
        total: 12,
        reasons: new Map([
          ['rating-invalid', 9],
          ['superseded', 3],
        ]),
        first: Array.from({ length: 12 }, (_, index) => ({
          batch: 9,
          rowNumber: 1_200 + index,
          reason: index < 9 ? ('rating-invalid' as const) : ('superseded' as const),
          content: index === 0 ? outside : `user ${index}, movie 12, rating 4.3, timestamp 1112486027`,
        })),
      },
      rejectsUrl: `${run.url}/artifacts/1`,
      dispatched: 'drift',
      store: embedded,
      run,
    }),
    'ingest-nothing-new': ingestSummary({
      status: 'done',
      taken: [],
      sources: [
        { kind: 'releases', description: 'releases data-*', offered: 10, alreadyTaken: 10, note: null },
      ],
      rejects: { total: 0, reasons: new Map(), first: [] },
      rejectsUrl: null,
      dispatched: null,
      store: server,
    }),
    'ingest-too-early': ingestSummary({ status: 'not-bootstrapped', store: embedded }),
    drift: driftSummary({
      ...common,
      silent: [
        {
          text: 'The workflow `ingest` has not run for 12 days; the limit is 9 days. Its last run was 2026-02-23 05:23 UTC.',
          remedy: 'Run it now: `gh workflow run ingest.yml`.',
        },
      ],
      outcome: checked,
      history: driftIssue.history,
      movieTitle: (id) => (id === 260 ? outside : `movie ${id}`),
      confidence: 0.99,
      reportUrl: `${run.url}/artifacts/2`,
    }),
    'drift-muted': driftSummary({
      ...common,
      outcome: { ...checked, muted: { by: 'ada', until: new Date('2026-03-21T09:30:00Z') }, issue: null },
      history: [],
      movieTitle: driftIssue.movieTitle,
      reportUrl: null,
    }),
    'drift-nothing-new': driftSummary({ ...common, outcome: { status: 'nothing-new', modelVersion: 12 } }),
    'drift-too-early': driftSummary({ ...common, outcome: { status: 'no-champion' } }),
    'train-export': exportSummary({
      set: {
        reason: 'drift',
        version: 13,
        parent: 12,
        parentSha256: 'b0'.repeat(32),
        batchIds: [1, 2, 3, 4, 5, 7],
        split: manifest.snapshot.split,
        training: ratings,
        holdout: ratings,
        revised: emptyRatings(0),
        holdoutShare: 0.2,
        quarantines: [],
        erasure: 0,
        movies: [],
        because: [],
        driftReport: null,
        exportedAt: driftIssue.checkedAt,
      },
      store: embedded,
    }),
    'train-skipped': skippedTrainingSummary({
      plan: { kind: 'awaiting-deployment', version: 13 },
      store: server,
      run,
    }),
    'train-fit': fitSummary({
      set: { version: 13, training: ratings },
      fitted: {
        fitSeconds: 1.84,
        hyperParameters: { factors: 16, sweeps: 20 },
        seed: 1,
        snapshot: 'a'.repeat(64),
        algorithm: 'vb-mf',
      },
    }),
    'train-evaluate': evaluateSummary({ manifest, evaluation: challenger, baselines, gate }),
    'train-gate': gateSummary({ manifest, gate }),
    publish: publishSummary({
      manifest,
      gate,
      release: {
        tag: 'model-v13',
        location: `${REPOSITORY}/releases/tag/model-v13`,
        assets: Object.entries(manifest.files).map(([name, { bytes, sha256 }]) => ({
          name,
          size: bytes,
          sha256,
        })),
      },
      attested: true,
      store: server,
      run,
    }),
    deploy: deploySummary({
      version: 13,
      from: 12,
      rolledBack: false,
      target: { name: `folder ${outside}`, location: `${run.url}/artifacts/3`, isHosted: false },
      issueClosed: { number: 41, title: outside, location: `${REPOSITORY}/issues/41` },
      deployments: [
        { version: 13, description: 'Model v13 promoted', createdAt: new Date('2026-03-07T10:02:00Z') },
        { version: 12, description: outside, createdAt: new Date('2026-02-01T10:02:00Z') },
      ],
      release: { tag: 'model-v13', location: `${REPOSITORY}/releases/tag/model-v13` },
      userRoutes: 'open',
      store: embedded,
      run,
    }),
    'deploy-hosted': deploySummary({
      version: 13,
      from: 12,
      rolledBack: false,
      target: { name: `Vercel project ${outside}`, location: 'https://films.vercel.app', isHosted: true },
      issueClosed: null,
      deployments: [],
      release: { tag: 'model-v13', location: `${REPOSITORY}/releases/tag/model-v13` },
      userRoutes: 'exposed',
      store: server,
      run,
    }),
    bootstrap: bootstrapSummary({
      checks: [
        {
          name: 'Issues',
          status: 'ok',
          purpose: 'every drift episode is an issue',
          where: 'Settings → General → Features → Issues',
        },
        {
          name: 'serve.userRoutes',
          status: 'doubtful',
          purpose: EXPOSED_ROUTES.problem,
          where: EXPOSED_ROUTES.remedy,
        },
        {
          name: 'DATABASE_URL',
          status: 'optional-missing',
          purpose: 'the embedded Postgres is used; its data directory passes between runs as an artifact',
          where: 'Settings → Secrets and variables → Actions → New repository secret',
        },
      ],
      loaded: {
        status: 'loaded',
        dataset: outside,
        ingested: [batch(1, 'initial/train.parquet', { read: 70_000, new: 70_000 })],
        champion: null,
      },
      store: embedded,
      run,
    }),
    'bootstrap-carried-over': bootstrapSummary({
      checks: [
        {
          name: 'DATABASE_URL',
          status: 'ok',
          purpose: 'ratings, models and checks are stored in this Postgres',
          where: 'Settings → Secrets and variables → Actions → New repository secret',
        },
      ],
      loaded: {
        status: 'carried-over',
        move: {
          status: 'moved',
          resumedRows: 0,
          tables: [
            { name: 'models', rows: 3, bytes: 11_400, sha256: 'c'.repeat(64) },
            { name: 'ratings', rows: 200_007, bytes: 7_600_266, sha256: 'e'.repeat(64) },
          ],
        },
        champion: 3,
      },
      store: server,
      run,
    }),
    'bootstrap-missing': bootstrapSummary({
      checks: [
        {
          name: 'Issues',
          status: 'missing',
          purpose: 'every drift episode is an issue; issues are disabled in a new fork',
          where: 'Settings → General → Features → Issues',
        },
      ],
      loaded: null,
      store: embedded,
      run,
    }),
    command: commandSummary({
      login: outside,
      outcome: { status: 'done', text: 'Checks are not muted: the next check acts as usual.' },
      store: embedded,
    }),
    failure: failureSummary({
      action: 'ingest-ratings',
      code: 'batch-rejected',
      message: `The batch ${outside} was not taken: 61.0% of its rows are damaged, at most 5.0% may be.`,
      remedy: 'Mend the file, or raise `ingest.maxRejectShare` if you know why.',
      run,
    }),
    'failure-bug': failureSummary({
      action: 'train-model',
      code: null,
      message: `TypeError: ${outside}\n    at fit (pipeline/train/sgd-mf.ts:12:3)\n\`\`\`\`\n</details><img src=x>`,
      remedy: null,
      run,
    }),
  };
}
