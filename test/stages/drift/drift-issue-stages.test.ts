import { join } from 'node:path';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import type { Issue } from '../../../pipeline/forge/forge.ts';
import { openLocalForge } from '../../../pipeline/forge/open-local-forge.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { closeDriftIssue, markDriftIssue } from '../../../pipeline/stages/drift/follow-issue.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { withDriftLock } from '../../../pipeline/store/drift-lock.ts';
import { listChecks, openAlerts } from '../../../pipeline/store/drift-log.ts';
import { muteDrift } from '../../../pipeline/store/drift-mutes.ts';
import { type Observed, observed } from '../../support/observed.ts';
import {
  bootstrap,
  openTestPipeline,
  preparedPipeline,
  quietWeeks,
  raised,
  type TestPipeline,
} from '../../support/pipeline.ts';
import { createDatabase } from '../../support/postgres.ts';

const weeks = quietWeeks();
const [week1, week2, week3] = weeks.prepared.batches as [Ratings, Ratings, Ratings];
const RUN = { commit: 'a'.repeat(40), url: 'https://github.com/o/r/actions/runs/812' };
let opened: TestPipeline;
let seen: Observed<TestPipeline>;

const openPipeline = preparedPipeline();
beforeEach(async () => {
  opened = await openPipeline();
  seen = observed(opened);
});

/** A batch comes in at an instant and is checked. */
async function arrive(name: string, ratings: Ratings, at = '2026-03-02T06:17:00Z'): Promise<Issue | null> {
  await ingestRatings(seen.pipeline, await opened.write(name, ratings), 'buffer');
  return check(at);
}

async function check(at: string): Promise<Issue | null> {
  opened.setTime(at);
  const outcome = await detectDrift(seen.pipeline);
  return outcome.status === 'checked' ? outcome.issue : null;
}

const commentsOf = (issue: Issue | null): readonly string[] =>
  issue?.comments.map(({ body }) => body.split('\n')[0] ?? '') ?? [];
const announcedTexts = (): readonly string[] => seen.announced.map(({ text }) => text);

test('an issue that leads to training at once says so itself, and is announced once', async () => {
  const issue = await arrive('week-1.csv', raised(week1, 2));
  expect(issue?.labels).toContain('stage:training');
  expect(issue?.body).toContain('Retraining was dispatched 2026-03-02 06:17 UTC: 1 alert');
  expect(commentsOf(issue)).toEqual([]);
  expect(seen.trainings).toEqual([{ reason: 'drift', issue: String(issue?.number) }]);
  expect(seen.announced).toEqual([
    {
      title: issue?.title,
      text: expect.stringMatching(/^Drift was found: .* threshold .*\. Retraining was dispatched\.$/),
      url: issue?.location,
    },
  ]);
});

test('while training is under way nothing is dispatched or said, not for a new batch either', async () => {
  await arrive('week-1.csv', raised(week1, 2));
  await check('2026-03-02T18:00:00Z');
  const issue = await arrive('week-2.csv', raised(week2, 2), '2026-03-03T02:00:00Z');
  expect(await openAlerts(opened.store, { since: new Date(0) })).toHaveLength(2);
  expect(seen.trainings).toHaveLength(1);
  expect(seen.announced).toHaveLength(1);
  expect(commentsOf(issue)).toEqual([]);
});

test('a check that is repeated while training is under way changes nothing but its time', async () => {
  const first = await arrive('week-1.csv', raised(week1, 2));
  const again = await check('2026-03-02T18:00:00Z');
  const withoutTimes = (issue: Issue | null) => issue?.body.replaceAll(/2026-03-02 \d\d:\d\d UTC/g, 'TIME');
  expect(withoutTimes(again)).toBe(withoutTimes(first));
});

test('training of which nothing came is dispatched again every 20 hours, which is told once', async () => {
  await arrive('week-1.csv', raised(week1, 2));
  await check('2026-03-03T02:16:00Z');
  expect(seen.trainings).toHaveLength(1);
  await check('2026-03-03T02:17:00Z');
  await check('2026-03-03T06:17:00Z');
  const issue = await check('2026-03-03T22:17:00Z');
  expect(seen.trainings).toHaveLength(3);
  expect(commentsOf(issue)).toEqual([
    '**Retraining was dispatched again:** nothing came of the request of 2026-03-02 06:17 UTC.',
  ]);
  expect(issue?.labels).toContain('stage:training');
  expect(issue?.body).toContain('Retraining was dispatched 2026-03-03 22:17 UTC');
  expect(seen.announced).toHaveLength(2);
});

test('a release that waits for its deployment is not trained over', async () => {
  await arrive('week-1.csv', raised(week1, 2));
  const { manifest } = await trainModel(seen.pipeline, 'drift');
  const onGithub = { ...seen.pipeline, run: RUN };
  const mark = (stage: 'gated' | 'released'): Promise<void> =>
    withDriftLock(opened.store, (lock) => markDriftIssue(lock, onGithub, stage, manifest.version));
  await mark('gated');
  await mark('released');
  await mark('released');
  const issue = await check('2026-03-02T18:00:00Z');
  expect(issue?.labels).toContain('stage:released');
  expect(commentsOf(issue)).toEqual([
    expect.stringMatching(
      /^\*\*Released: model v2, which passed the gate against v1: RMSE \d\.\d{4} → \d\.\d{4}\.\*\* It serves once it is deployed\.$/,
    ),
  ]);
  expect(seen.trainings).toHaveLength(1);
});

test('a deployment that was cut off before it answered is told by the next check', async () => {
  const issue = await arrive('week-1.csv', raised(week1, 2));
  const candidate = await trainModel(seen.pipeline, 'drift');
  const { issues } = opened.forge;
  const silent = { ...issues, close: () => Promise.reject(new Error('cut off')) };
  await publishModel({ ...opened, forge: { ...opened.forge, issues: silent } }, candidate).catch(() => {});
  expect((await issues.get(issue?.number ?? 0)).state).toBe('open');

  await arrive('week-2.csv', week2, '2026-03-09T06:17:00Z');
  const answered = await issues.get(issue?.number ?? 0);
  expect(answered.state).toBe('closed');
  expect(commentsOf(answered).at(-1)).toContain('Model v2 now serves');
  expect(answered.body).toContain(
    '> [!TIP]\n> **Resolved: model v2 serves in place of v1.** On the newest ratings RMSE ',
  );
  expect(announcedTexts().at(-1)).toBe('Model v2 now serves in place of v1.');
  expect(
    await withDriftLock(seen.pipeline.store, (lock) => closeDriftIssue(lock, seen.pipeline, 2)),
  ).toBeNull();
});

test('while muted a check is written down, and opens, says and dispatches nothing until the mute is over', async () => {
  const until = new Date('2026-03-05T00:00:00Z');
  await muteDrift(opened.store, { by: 'ada', at: new Date('2026-03-01T00:00:00Z'), until });
  expect(await arrive('week-1.csv', raised(week1, 2))).toBeNull();
  const outcome = await detectDrift(seen.pipeline);
  expect(outcome).toMatchObject({
    alert: 'already-raised',
    muted: { by: 'ada', until },
    decision: { decision: 'wait', reasons: ['muted by ada until 2026-03-05 00:00 UTC'] },
  });
  expect(await listChecks(opened.store, 9)).toHaveLength(2);
  expect([await opened.forge.issues.list(), seen.trainings, seen.announced]).toEqual([[], [], []]);

  const issue = await check('2026-03-05T00:00:00Z');
  expect(issue).toMatchObject({ state: 'open', comments: [] });
  expect(seen.trainings).toHaveLength(1);
});

test('a mute keeps an open issue up to date in silence, and what changed is told when it is over', async () => {
  const before = await arrive('week-1.csv', raised(week1, 2));
  const until = new Date('2026-03-10T00:00:00Z');
  await muteDrift(opened.store, { by: 'ada', at: new Date('2026-03-02T07:00:00Z'), until });
  const mended = { ...week1, ratedAt: week1.ratedAt.map((time) => time + 1) };
  const muted = await arrive('week-1-mended.csv', mended, '2026-03-04T06:17:00Z');
  expect(muted?.labels).toEqual(expect.arrayContaining(['muted', 'severity:high']));
  expect(muted?.body).toContain('Muted by `ada` until 2026-03-10 00:00 UTC');
  expect(muted?.body).toContain('2026-03-04 06:17 UTC');
  expect([commentsOf(muted), seen.announced.length]).toEqual([[], 1]);

  const after = await arrive('week-2.csv', week2, '2026-03-11T06:17:00Z');
  expect(after?.number).toBe(before?.number);
  expect(after?.labels).not.toContain('muted');
  const issue = await opened.forge.issues.get(before?.number ?? 0);
  expect(commentsOf(issue)[0]).toContain('Severity: high → none');
  expect(seen.announced.length).toBeGreaterThan(1);
});

test('labels that people have added stay, and made-up stages count for nothing', async () => {
  const issue = await arrive('week-1.csv', raised(week1, 2));
  const { issues } = opened.forge;
  const labels = ['automated', 'drift', 'stage:finished', 'severity:high', 'good first issue'];
  await issues.update(issue?.number ?? 0, { labels });
  const next = await check('2026-03-02T07:17:00Z');
  expect([...(next?.labels ?? [])].sort()).toEqual([
    'automated',
    'drift',
    'good first issue',
    'severity:high',
    'stage:training',
  ]);
});

test('on GitHub the issue links the run of the check and the training, and names the commands', async () => {
  await ingestRatings(opened, await opened.write('week-1.csv', raised(week1, 2)), 'buffer');
  const outcome = await detectDrift({ ...seen.pipeline, run: RUN });
  const body = outcome.status === 'checked' ? outcome.issue?.body : undefined;
  expect(body).toContain(
    '[Retraining was dispatched](https://github.com/o/r/actions/workflows/train.yml) 2026-03-02',
  );
  expect(body).toContain('- Made by [run 812](https://github.com/o/r/actions/runs/812) at commit `aaaaaaa`');
  for (const verb of ['retrain', 'ack', 'mute 14d', 'unmute', 'status']) {
    expect(body).toContain(`\`/cinematch ${verb}\``);
  }
  expect(body).not.toContain('`cinematch train');
});

const serverUrl = inject('postgresUrl');
describe.runIf(serverUrl !== null)('with two processes on one database', () => {
  test('two checks at once open one issue, raise one alert, dispatch one training and announce once', async () => {
    const databaseUrl = await createDatabase(serverUrl as string, `cinematch_checks_${process.pid}`);
    const one = await openTestPipeline({}, { database: databaseUrl });
    const two = await openTestPipeline({}, { database: databaseUrl });
    try {
      await bootstrap(one, weeks);
      await ingestRatings(one, await one.write('week-1.csv', raised(week3, 2)), 'buffer');
      const forge = openLocalForge(join(one.home, 'forge'), two.clock);
      const checks = [observed(one), observed({ ...two, forge })];
      const outcomes = await Promise.all(checks.map(({ pipeline }) => detectDrift(pipeline)));

      expect(outcomes.map((outcome) => outcome.status === 'checked' && outcome.alert).sort()).toEqual([
        'already-raised',
        'raised',
      ]);
      expect(await one.forge.issues.list()).toMatchObject([{ state: 'open', comments: [] }]);
      expect(checks.flatMap(({ trainings }) => trainings)).toHaveLength(1);
      expect(checks.flatMap(({ announced }) => announced)).toHaveLength(1);
      expect(await listChecks(one.store, 9)).toHaveLength(2);
    } finally {
      await two.close();
      await one.close();
    }
  });
});
