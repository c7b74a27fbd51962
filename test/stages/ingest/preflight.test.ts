/** What a repository has and lacks is named, with the place where it is set. */
import { expect, test } from 'vitest';
import { preflight, type SetupFacts } from '../../../pipeline/stages/ingest/preflight.ts';

const everything: SetupFacts = {
  hasSecret: { DATABASE_URL: true, VERCEL_TOKEN: true, MLFLOW_TRACKING_URI: true, ALERT_WEBHOOK_URL: true },
  canWriteIssues: true,
  isFork: false,
  issuesEnabled: true,
  userRoutes: 'keyed',
};
const noSecrets = {
  DATABASE_URL: false,
  VERCEL_TOKEN: false,
  MLFLOW_TRACKING_URI: false,
  ALERT_WEBHOOK_URL: false,
};
const lacking = (facts: SetupFacts, status: string): readonly string[] =>
  preflight(facts)
    .filter((check) => check.status === status)
    .map(({ name }) => name);

test('where everything is set, every check is ok', () => {
  expect(new Set(preflight(everything).map(({ status }) => status))).toEqual(new Set(['ok']));
  expect(preflight(everything)).toHaveLength(7);
});

test('without any secret a pipeline lives, and is told what it goes without', () => {
  const facts = { ...everything, hasSecret: noSecrets };
  expect(lacking(facts, 'optional-missing')).toEqual(Object.keys(noSecrets));
  expect(lacking(facts, 'missing')).toEqual([]);
  const database = preflight(facts).find(({ name }) => name === 'DATABASE_URL');
  expect(database?.purpose).toBe(
    'the embedded Postgres is used; its data directory passes between runs as an artifact',
  );
  expect(database?.where).toBe('Settings → Secrets and variables → Actions → New repository secret');
});

test('open routes about users are fine for a simulation, and doubtful for other ratings', () => {
  expect(lacking({ ...everything, userRoutes: 'open' }, 'doubtful')).toEqual([]);
  const exposed = preflight({ ...everything, userRoutes: 'exposed' }).find(
    ({ status }) => status === 'doubtful',
  );
  expect(exposed?.purpose).toContain('whoever reaches the API may ask');
  expect(exposed?.where).toContain('take `serve.userRoutes` out of cinematch.config.ts');
  expect(lacking({ ...everything, userRoutes: 'exposed' }, 'missing')).toEqual([]);
});

test('a fork without issues is told that forks begin so, and where to switch them on', () => {
  const facts = { ...everything, isFork: true, issuesEnabled: false };
  expect(lacking(facts, 'missing')).toEqual(['Issues']);
  expect(preflight(facts)[0]).toEqual({
    name: 'Issues',
    status: 'missing',
    purpose: 'every drift episode is an issue; issues are disabled in a new fork',
    where: 'Settings → General → Features → Issues',
  });
});

test('a permission and a workflow that are missing are named, with the place', () => {
  const facts = { ...everything, canWriteIssues: false, disabledWorkflows: ['drift'] };
  expect(lacking(facts, 'missing')).toEqual(['issues: write', 'Workflow drift']);
  const where = preflight(facts).flatMap((check) => (check.status === 'missing' ? [check.where] : []));
  expect(where[0]).toContain('`permissions` of the job in .github/workflows');
  expect(where[1]).toBe('Actions → drift → Enable workflow');
});

test('a permission that was not tried is not judged', () => {
  expect(preflight({ ...everything, canWriteIssues: null }).map(({ name }) => name)).not.toContain(
    'issues: write',
  );
});

test('an empty database beside a model that serves is named, with the way out that works', () => {
  const databaseOf = (canCarryOver: boolean) =>
    preflight({ ...everything, strangeChampion: { release: 'model-v3', canCarryOver } }).find(
      ({ name }) => name === 'Database',
    );
  expect(databaseOf(true)).toMatchObject({
    status: 'missing',
    purpose: 'it is empty, but the release model-v3 serves, a model of another database',
    where: expect.stringContaining('-f carry-over=true'),
  });
  expect(databaseOf(false)).toMatchObject({
    status: 'missing',
    where: expect.stringContaining('Begin anew'),
  });
  expect(preflight({ ...everything, strangeChampion: null })).toHaveLength(7);
});
