import { beforeEach, expect, test } from 'vitest';
import type { Issue } from '../../../pipeline/forge/forge.ts';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import {
  type CommandOutcome,
  checkIssueCommand,
  runIssueCommand,
} from '../../../pipeline/stages/commands/issue-commands.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { publishModel } from '../../../pipeline/stages/release/publish-model.ts';
import { trainModel } from '../../../pipeline/stages/training/train-model.ts';
import { openAlerts } from '../../../pipeline/store/drift-log.ts';
import { type Observed, observed } from '../../support/observed.ts';
import {
  mildlyRaised,
  preparedPipeline,
  quietWeeks,
  raised,
  type TestPipeline,
} from '../../support/pipeline.ts';

const weeks = quietWeeks();
const [week1, week2] = weeks.prepared.batches as [Ratings, Ratings];
/** So many that retraining waits for more, until somebody asks for it. */
const WAITING = { retraining: { minBufferShare: 0.2, gainRatings: 0 } };
const ISSUE = 1;
let opened: TestPipeline;
let seen: Observed<TestPipeline>;

const openPipeline = preparedPipeline(async (first) => {
  await ingestRatings(first, await first.write('week-1.csv', mildlyRaised(week1)), 'buffer');
  await detectDrift(first);
}, WAITING);
beforeEach(async () => {
  opened = await openPipeline();
  seen = observed(opened);
});

const say = (body: string, login = 'ada', mayWrite = true): Promise<CommandOutcome> =>
  runIssueCommand(seen.pipeline, { issue: ISSUE, login, mayWrite, body });
const issueNow = (): Promise<Issue> => opened.forge.issues.get(ISSUE);
const comments = async (): Promise<readonly string[]> => (await issueNow()).comments.map(({ body }) => body);

test('retrain dispatches training, says who asked, and is not repeated when it is delivered twice', async () => {
  const outcome = await say('/cinematch retrain');
  expect(outcome).toMatchObject({ status: 'done', command: { verb: 'retrain' } });
  await say('/cinematch retrain');
  expect(seen.trainings).toEqual([{ reason: 'drift', issue: '1' }]);
  expect(await comments()).toEqual([
    '**Retraining was dispatched, as `ada` asked.**\n\n<!-- cinematch:training-dispatched by=ada -->',
  ]);
  expect((await issueNow()).labels).toContain('stage:training');
  expect(seen.announced.map(({ text }) => text)).toEqual(['Retraining was dispatched, as ada asked.']);
  expect(
    await opened.store.sql`select decision, reasons from retraining_decisions order by decision_id`,
  ).toMatchObject([{ decision: 'wait' }, { decision: 'retrain', reasons: ['requested by ada'] }]);
});

test('retrain by a second person says since when it is under way, and after 20 hours dispatches again', async () => {
  await say('/cinematch retrain');
  expect((await say('/cinematch retrain', 'grace')).text).toContain(
    'already dispatched 2026-03-02 06:17 UTC; its stage is `training`',
  );
  expect(seen.trainings).toHaveLength(1);
  opened.setTime('2026-03-03T02:17:00Z');
  expect((await say('/cinematch retrain', 'grace')).text).toBe(
    '**Retraining was dispatched again, as `grace` asked:** nothing came of the request of 2026-03-02 06:17 UTC.',
  );
  expect(seen.trainings).toHaveLength(2);
});

test('retrain is not dispatched for a model that the gate has refused, and is with other settings', async () => {
  const { config } = opened;
  // A model that knows nobody's taste loses against one that does, mood or no mood.
  const train = { ...config.train, algorithm: 'popularity', hyperParameters: {} };
  const gate = { ...config.gate, rmseTolerance: 0, ndcgTolerance: 0 };
  const careless = { ...seen.pipeline, config: { ...config, train, gate } };
  await publishModel(careless, await trainModel(careless, 'drift'));
  const comment = { issue: ISSUE, login: 'ada', mayWrite: true, body: '/cinematch retrain' };
  expect((await runIssueCommand(careless, comment)).text).toContain('would give the same model as v2');
  expect(seen.trainings).toEqual([]);
  expect((await issueNow()).labels).toContain('stage:refused');
  await runIssueCommand(seen.pipeline, comment);
  expect(seen.trainings).toHaveLength(1);
  expect((await issueNow()).labels).toContain('stage:training');
});

test('ack makes retraining wait for a new alert, whose coming takes the label away', async () => {
  expect((await say('/cinematch ack')).text).toContain('Acknowledged by `ada`');
  await say('/cinematch ack');
  expect(await comments()).toHaveLength(1);
  const issue = await issueNow();
  expect(issue.labels).toContain('acknowledged');
  expect(issue.body).toContain('> Acknowledged by `ada`, 2026-03-02 06:17 UTC');

  const again = await detectDrift({
    ...seen.pipeline,
    config: { ...opened.config, retraining: { ...opened.config.retraining, minBufferShare: 0 } },
  });
  expect(again).toMatchObject({ alert: 'already-raised', decision: { decision: 'wait' } });
  expect(again.status === 'checked' && again.decision.reasons).toContain(
    'the newest alert was acknowledged by ada',
  );
  expect((await issueNow()).labels).toContain('acknowledged');

  await ingestRatings(opened, await opened.write('week-2.csv', raised(week2, 2)), 'buffer');
  expect(await detectDrift(seen.pipeline)).toMatchObject({
    alert: 'raised',
    decision: { decision: 'retrain' },
  });
  expect((await issueNow()).labels).not.toContain('acknowledged');
});

test('an acknowledged issue that a person closes is not opened again for the same alert', async () => {
  await say('/cinematch ack');
  await opened.forge.issues.close(ISSUE, 'Known: the catalogue has changed.');
  expect(await detectDrift(seen.pipeline)).toMatchObject({ issue: null });
  expect(await opened.forge.issues.list()).toHaveLength(1);
});

test('mute silences the checks for so long from when it was written, and unmute ends it', async () => {
  const writtenAt = new Date('2026-03-02T06:00:00Z');
  const mute = { issue: ISSUE, login: 'ada', mayWrite: true, body: '/cinematch mute 14d', writtenAt };
  expect((await runIssueCommand(seen.pipeline, mute)).text).toContain(
    'Muted by `ada` until 2026-03-16 06:00 UTC',
  );
  opened.setTime('2026-03-02T09:00:00Z');
  await runIssueCommand(seen.pipeline, mute);
  expect(await comments()).toHaveLength(1);
  expect((await issueNow()).labels).toContain('muted');
  await ingestRatings(opened, await opened.write('week-2.csv', raised(week2, 2)), 'buffer');
  await detectDrift(seen.pipeline);
  expect(seen.trainings).toEqual([]);

  expect((await say('/cinematch unmute')).text).toContain('Checks are not muted');
  const issue = await issueNow();
  expect(issue.labels).not.toContain('muted');
  expect(issue.body).not.toContain('Muted by');
  await detectDrift(seen.pipeline);
  expect(seen.trainings).toHaveLength(1);
});

test('status answers with what serves, also on a closed episode, where nothing else is done', async () => {
  expect((await say('/cinematch status')).text).toContain('| Drift issue | 1, stage `detected` |');
  await opened.forge.issues.close(ISSUE, 'Done.');
  expect((await say('/cinematch status')).text).toContain('| Drift issue | none open |');
  expect(await say('/cinematch retrain')).toMatchObject({ status: 'invalid' });
  expect((await comments()).at(-1)).toContain('This episode is closed');
  expect(seen.trainings).toEqual([]);
});

test('quarantine keeps ratings out, answers the alert, has it checked again, and can be taken back', async () => {
  const outcome = await say('/cinematch quarantine batch 3 Sent by a test *server*');
  expect(outcome).toMatchObject({ status: 'done', command: { verb: 'quarantine' } });
  expect(outcome.text).toContain('In quarantine: batch 3 (');
  expect(seen.dispatched).toEqual(['drift']);
  expect(await openAlerts(opened.store, { since: new Date(0) })).toEqual([]);
  const issue = await issueNow();
  expect(issue.labels).toContain('acknowledged');
  expect(issue.body).toMatch(/- Kept out, in quarantine: batch 3 \([\d,]+ ratings\)/);
  expect(await detectDrift(seen.pipeline)).toMatchObject({ status: 'nothing-new' });
  expect((await say('/cinematch quarantine list')).text).toContain('| `ada` | Sent by a test \\*server\\* |');
  expect((await say('/cinematch status')).text).toContain('| In quarantine | batch 3 (');
  expect((await say('/cinematch quarantine release batch 3', 'grace')).text).toContain(
    'Released by `grace`: batch 3.',
  );
  expect((await say('/cinematch quarantine list')).text).toBe('Nothing is in quarantine.');
  expect(seen.dispatched).toEqual(['drift', 'drift']);
});

test('quarantine of what has no ratings changes nothing and says so, also on a closed episode', async () => {
  await opened.forge.issues.close(ISSUE, 'Done.');
  expect((await say('/cinematch quarantine user 999999')).text).toContain(
    'The database has no rating of user 999999, so nothing was quarantined.',
  );
  expect((await say('/cinematch quarantine release user 1')).text).toContain('is not in quarantine');
  expect(await say('/cinematch quarantine user 1', 'mallory', false)).toMatchObject({ status: 'refused' });
  expect(seen.dispatched).toEqual([]);
});

test('a command is heard without the database: accepted, refused once, or passed over', async () => {
  const { forge, config } = opened;
  const hear = async (body: string, mayWrite: boolean, issue = ISSUE) =>
    (await checkIssueCommand({ forge, config }, { issue, login: 'mallory', mayWrite, body })).status;
  expect([
    await hear('/cinematch ack', true),
    await hear('/cinematch bake', true),
    await hear('see /cinematch', true),
    await hear('/cinematch ack', true, 99),
  ]).toEqual(['accepted', 'accepted', 'ignored', 'ignored']);
  expect(await comments()).toEqual([]);
  expect([await hear('/cinematch ack', false), await hear('/cinematch ack', false)]).toEqual([
    'refused',
    'refused',
  ]);
  expect(await comments()).toHaveLength(1);
});

test('who may not write is told so once on an issue, and nothing is done', async () => {
  expect(await say('/cinematch ack', 'mallory', false)).toMatchObject({ status: 'refused' });
  expect(await say('/cinematch retrain', 'mallory', false)).toMatchObject({ status: 'refused' });
  expect(await say('/cinematch status', 'eve', false)).toMatchObject({ status: 'refused' });
  const told = await comments();
  expect(told).toHaveLength(2);
  expect(told[0]).toContain('Thank you, `mallory`.');
  expect(told.join('\n')).not.toContain('@');
  expect(seen.trainings).toEqual([]);
  expect(await openAlerts(opened.store, { since: new Date(0) })).toHaveLength(1);
});

test('a command that there is none of is answered with those there are, and nobody is called', async () => {
  const outcome = await say('/cinematch deploy @octocat <!-- #1');
  expect(outcome.status).toBe('invalid');
  expect(outcome.text).not.toMatch(/@octocat|<!--|#1/);
  expect(outcome.text).toContain('`/cinematch mute 14d`');
  expect(await comments()).toEqual([outcome.text]);
});

test('commands on what is no drift issue of ours are passed over in silence', async () => {
  const { issues } = opened.forge;
  const { body } = await issueNow();
  const copy = await issues.open({ marker: '<!-- copy -->', title: 'Mine', body, labels: ['drift'] });
  const other = await issues.open({
    marker: '<!-- other -->',
    title: 'Setup',
    body: 'Something else',
    labels: ['automated'],
  });
  for (const issue of [copy.number, other.number, 99]) {
    const comment = { issue, login: 'ada', mayWrite: true, body: '/cinematch retrain' };
    expect(await runIssueCommand(seen.pipeline, comment)).toMatchObject({ status: 'ignored' });
  }
  expect((await issues.get(copy.number)).comments).toEqual([]);
  expect(await say('Just saying.')).toMatchObject({ status: 'ignored' });
  expect(seen.trainings).toEqual([]);
});
