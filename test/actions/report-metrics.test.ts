/** The two steps of report-metrics: what a pull request's own run says, and what is posted of it. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { compareScores } from '../../pipeline/stages/model-check/compare-scores.ts';
import { modelCheckJson } from '../../pipeline/stages/model-check/model-check.ts';
import { writeScores } from '../../pipeline/stages/model-check/scores-file.ts';
import type { OpenedPullRequest } from '../emulators/github/pull-requests.ts';
import { zipArchive } from '../source/zip-archive.ts';
import { personaWith, scoresWith } from '../support/scores.ts';
import { type ActionStage, openActionStage } from './action-stage.ts';

const { gate } = parseConfig({}, 'the test');
const usual = scoresWith({ error: (user) => (user % 3) / 10 });
const worse = scoresWith({ error: (user) => 0.5 + (user % 3) / 10 });
const hostile = scoresWith({
  error: () => 0.1,
  personas: [
    { ...personaWith('Newcomer', [1]), movies: [{ id: 1, title: '</details>@octocat <img src=x>' }] },
  ],
});

let stage: ActionStage;
let pull: OpenedPullRequest;
beforeAll(async () => {
  stage = await openActionStage();
  pull = await stage.github.openPullRequest({ branch: 'faster', forkOf: 'contributor' });
});
afterAll(() => stage.close());

function compare(base: string, head: string) {
  const at = (name: string): string => join(stage.workspace, name);
  return stage.start('report-metrics', {
    step: 'compare',
    'base-directory': at(base),
    'head-directory': at(head),
    'base-sha': pull.baseSha,
    'head-sha': pull.headSha,
  });
}

test('a change that leaves the model as it is passes, on a check run that says so', async () => {
  await writeScores(join(stage.workspace, 'usual'), usual);
  await writeScores(join(stage.workspace, 'worse'), worse);
  const run = await compare('usual', 'usual');
  expect(run).toMatchObject({ code: 0, outputs: { conclusion: 'pass' } });
  expect(run.summary).toContain('No metric is worse (8 compared)');
  expect(
    stage.github.requests.some(({ method, path }) => method === 'POST' && path.endsWith('/check-runs')),
  ).toBe(true);
});

test('a change that makes the model worse fails the job, and its title says which metrics fall', async () => {
  stage.beginRun('train');
  const run = await compare('usual', 'worse');
  expect(run).toMatchObject({ code: 1, outputs: { conclusion: 'fail' } });
  expect(run.annotations.map(({ level }) => level)).toEqual(['error']);
  expect(run.summary).toContain('RMSE');
});

test('a base that could not be scored leaves nothing to compare with, and the job passes', async () => {
  stage.beginRun('train');
  expect(await compare('missing', 'usual')).toMatchObject({ code: 0, outputs: { conclusion: 'neutral' } });
});

/** What a run of the fork has left, and the workflow_run event that follows it. */
function comment(file: string | Uint8Array, isForkThere = true) {
  const { runId } = stage.github.startRun({
    workflow: 'model-check.yml',
    event: 'pull_request',
    headBranch: pull.headBranch,
    headSha: pull.headSha,
    fork: true,
  });
  const bytes = typeof file === 'string' ? zipArchive({ 'model-check.json': file }) : file;
  stage.github.putArtifact({ runId, name: 'model-check', bytes });
  stage.github.finishRun(runId, 'success');
  const event = {
    workflow_run: {
      id: runId,
      head_sha: pull.headSha,
      head_branch: pull.headBranch,
      head_repository: isForkThere ? { owner: { login: pull.headOwner } } : null,
    },
  };
  return stage.start('report-metrics', { step: 'comment' }, { event });
}

const commentsPosted = (): number =>
  stage.github.requests.filter(
    ({ method, path, status }) =>
      method === 'POST' && path.endsWith(`/issues/${pull.number}/comments`) && status === 201,
  ).length;

test('what a stranger titled is shown and does nothing, and one comment is kept', async () => {
  const check = compareScores(usual, hostile, { gate, seed: 1 });
  const run = await comment(modelCheckJson(check));
  expect(run.code).toBe(0);
  expect(run.summary).not.toContain('<img');
  expect(run.summary).not.toContain('@octocat');
  await comment(modelCheckJson(check));
  expect(commentsPosted()).toBe(1);
});

test('nothing is posted when the fork was deleted before the run ended', async () => {
  const before = commentsPosted();
  const run = await comment(modelCheckJson(compareScores(usual, usual, { gate, seed: 1 })), false);
  expect(run).toMatchObject({ code: 0, outputs: { conclusion: 'neutral' } });
  expect(run.summary).toContain('was deleted');
  expect(commentsPosted()).toBe(before);
});

test.each([
  ['no JSON', '<script>', 'it is not JSON'],
  ['another schema', '{"schema":1,"conclusion":"pass"}', 'cannot be used: obstacle'],
  ['a file that unpacks to more than a megabyte', ' '.repeat(2 << 20), 'has 2097152 bytes unpacked'],
  ['no archive', new TextEncoder().encode('PK not really'), 'cannot be used'],
  ['an archive beyond the limit', new Uint8Array(2 << 20), 'artifact'],
])('an artifact that holds %s is refused, and nothing is posted', async (_, file, problem) => {
  const before = commentsPosted();
  const run = await comment(file);
  expect(run.code).toBe(1);
  expect(run.annotations[0]?.title).toBe('report-metrics: artifact-invalid');
  expect(run.annotations[0]?.message).toContain(problem);
  expect(commentsPosted()).toBe(before);
});
