/** A person is erased from a whole pipeline: from everything at once, and from models and bundles with the next training. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { openServing } from '../../../pipeline/serving/open-serving.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { readStatus } from '../../../pipeline/stages/commands/pipeline-status.ts';
import { statusReport } from '../../../pipeline/stages/commands/status-report.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { erasePerson } from '../../../pipeline/stages/privacy/erase-person.ts';
import { assembleServing } from '../../../pipeline/stages/release/assemble-serving.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { exportTraining } from '../../../pipeline/stages/training/export-training.ts';
import { fitModel } from '../../../pipeline/stages/training/fit-model.ts';
import { judgeModel } from '../../../pipeline/stages/training/judge-model.ts';
import { planTraining } from '../../../pipeline/stages/training/plan-training.ts';
import { readParent } from '../../../pipeline/stages/training/read-parent.ts';
import { recordCandidate } from '../../../pipeline/stages/training/record-candidate.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { pendingErasures } from '../../../pipeline/store/erasures.ts';
import { readModel } from '../../../pipeline/store/models.ts';
import { readUserData } from '../../../pipeline/store/user-data.ts';
import {
  bootstrap,
  openTestPipeline,
  quietWeeks,
  raised,
  type TestPipeline,
} from '../../support/pipeline.ts';
import { needlesOf, RARE_USER, tracesInDatabase, tracesInFiles } from '../../support/traces.ts';

const CONFIG = { gate: { resamples: 200, rmseTolerance: 1, ndcgTolerance: 1 } };

/** The user of the first rating of a week, who has rated before, as `RARE_USER` everywhere. */
function weeksWithPerson() {
  const { prepared, movies } = quietWeeks();
  const [week1, week2, week3] = prepared.batches as [Ratings, Ratings, Ratings];
  const before = new Set(prepared.train.userIds);
  const person = week1.userIds.find((user) => before.has(user) && week2.userIds.includes(user)) as number;
  const renamed = (ratings: Ratings): Ratings => ({
    ...ratings,
    userIds: ratings.userIds.map((user) => (user === person ? RARE_USER : user)),
  });
  return {
    initial: {
      prepared: { ...prepared, train: renamed(prepared.train), test: renamed(prepared.test) },
      movies,
    },
    batches: [renamed(week1), renamed(week2), renamed(week3)] as const,
  };
}

/** v2 serves and has learned the first week; the second one is new. All of them have the person. */
async function openWithPerson(database: 'embedded' | undefined): Promise<TestPipeline> {
  const { initial, batches } = weeksWithPerson();
  const pipeline = await openTestPipeline(CONFIG, database === undefined ? {} : { database });
  onTestFinished(() => pipeline.close());
  await bootstrap(pipeline, initial);
  await ingestRatings(pipeline, await pipeline.write('week-1.csv', raised(batches[0], 2)), 'buffer');
  await detectDrift(pipeline);
  await publishModel(pipeline, await trainModel(pipeline, 'drift'));
  await ingestRatings(pipeline, await pipeline.write('week-2.csv', batches[1]), 'buffer');
  await detectDrift(pipeline);
  return pipeline;
}

const request = ({ clock }: TestPipeline) => ({ userId: RARE_USER, by: 'ada', at: clock() });

test.each([
  ['the embedded database', 'embedded'],
  ['a database server, where there is one', undefined],
] as const)('with %s, an erasure leaves the person only where it says', async (_, home) => {
  const pipeline = await openWithPerson(home);
  const { store } = pipeline;
  const before = await readUserData(store, RARE_USER);
  expect(before.models.map(({ version, ratings }) => [version, ratings > 0])).toEqual([
    [1, true],
    [2, true],
  ]);
  expect(new Set(before.ratings.map(({ stored }) => stored))).toEqual(new Set(['packed', 'plain']));
  expect(await tracesInDatabase(store, RARE_USER)).toEqual(
    expect.arrayContaining(['packed_histories.user_id', 'model_references.reference', 'ratings.user_id']),
  );

  const { removedNow, held } = await erasePerson(pipeline, request(pipeline), { isDryRun: false });
  expect(removedNow.ratings).toBe(before.ratings.length);
  expect(await tracesInDatabase(store, RARE_USER)).toEqual([]);
  expect(held.models).toEqual([
    { version: 1, status: 'retired' },
    { version: 2, status: 'champion' },
  ]);
  expect(held.releases.map(({ tag }) => tag).sort()).toEqual(['model-v1', 'model-v2']);
  expect(held.sources.map(({ source }) => source)).toEqual([
    'train.csv',
    'test.csv',
    'week-1.csv',
    'week-2.csv',
  ]);
  const listed = [
    ...held.releases.map(({ tag }) => `forge/releases/${tag}/`),
    ...held.folders.map((folder) => `${folder.slice(pipeline.home.length + 1)}/`),
    ...held.sources.map(({ source }) => source),
    ...held.issues.map(({ location }) => location.slice(pipeline.home.length + 1)),
  ];
  const left = tracesInFiles(pipeline.home, RARE_USER);
  expect(left).not.toEqual([]);
  expect(left.filter((path) => !listed.some((place) => path.startsWith(place)))).toEqual([]);
});

test('the next training is asked for, does not know the person, and neither do its release and its bundle', async () => {
  const pipeline = await openWithPerson('embedded');
  const { store } = pipeline;
  await erasePerson(pipeline, request(pipeline), { isDryRun: false });
  expect(await pendingErasures(store, 2)).toMatchObject({ users: 1 });
  expect(statusReport(await readStatus(pipeline))).toContain('1 erased user is still in the champion');
  const checked = await detectDrift(pipeline);
  if (checked.status !== 'checked') throw new Error('nothing was checked');
  expect(checked.decision.decision).toBe('retrain');
  expect(checked.decision.reasons[0]).toBe('1 user was erased whom the champion has learned');
  expect(await planTraining(pipeline, { reason: 'erasure', issue: null })).toEqual({ kind: 'train' });

  await publishModel(pipeline, await trainModel(pipeline, 'erasure'));
  expect(await pendingErasures(store, 3)).toBeNull();
  expect((await readStatus(pipeline)).erased).toBeNull();
  const released = await loadReleasedPackage(pipeline);
  expect(released.manifest).toMatchObject({ version: 3, reason: 'erasure', snapshot: { erasure: 1 } });
  expect(tracesInFiles(join(pipeline.home, 'forge/releases/model-v2'), RARE_USER)).not.toEqual([]);
  expect(tracesInFiles(join(pipeline.home, 'forge/releases/model-v3'), RARE_USER)).toEqual([]);
  expect(tracesInFiles(join(pipeline.home, 'models/model-v3'), RARE_USER)).toEqual([]);
  const { files } = await assembleServing(pipeline, released);
  const { model, seen } = openServing(files, 'model v3');
  expect(model.users.rowOf(RARE_USER)).toBe(-1);
  expect(seen?.users.rowOf(RARE_USER)).toBe(-1);
  const needles = needlesOf(RARE_USER);
  for (const [name, bytes] of files) {
    expect([name, needles.some((needle) => Buffer.from(bytes).includes(needle))]).toEqual([name, false]);
  }
  expect(await tracesInDatabase(store, RARE_USER)).toEqual([]);
});

test('the golden predictions of an erased user go from the database, and the release still counts as the same', async () => {
  const pipeline = await openWithPerson(undefined);
  const goldenUsers = async () =>
    (await readModel(pipeline.store, 2)).manifest.golden?.map(({ user }) => user);
  const [user, ...others] = (await goldenUsers()) ?? [];
  await erasePerson(pipeline, { ...request(pipeline), userId: user as number }, { isDryRun: false });
  expect(await goldenUsers()).toEqual(others.filter((other) => other !== user));
  expect((await loadReleasedPackage(pipeline, 2)).manifest.golden?.[0]?.user).toBe(user);
});

test('a model that was trained before an erasure and recorded after it is recorded without the person', async () => {
  const pipeline = await openWithPerson(undefined);
  const { store } = pipeline;
  const set = await exportTraining(pipeline, 'drift');
  const fitted = await fitModel(set, pipeline.config, pipeline);
  const { config, clock, stopwatch } = pipeline;
  const champion = await readParent(pipeline.forge, set);
  const candidate = await judgeModel({
    set,
    fitted,
    champion,
    config,
    trainedAt: clock(),
    stopwatch,
    run: undefined,
  });
  await erasePerson(pipeline, request(pipeline), { isDryRun: false });
  await recordCandidate(pipeline, candidate);
  await recordCandidate(pipeline, candidate);
  expect(await pendingErasures(store, candidate.manifest.version)).toMatchObject({ users: 1 });
  expect(await tracesInDatabase(store, RARE_USER)).toEqual([]);
});
