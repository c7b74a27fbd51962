import { beforeAll, describe, expect, it } from 'vitest';
import { asker } from '../emulators/github/ask.ts';
import { issueCommentEvent, pullRequestEvent } from '../emulators/runner/payloads.ts';
import { useFewerRatings } from './fewer-ratings.ts';
import { readComments, readGithub, type SeenOnGithub } from './read-github.ts';
import { type Rehearsed, rehearse } from './rehearse.ts';
import type { Stage } from './stage.ts';
import { brokenPromises } from './verdict.ts';

describe('three weeks of a fork without secrets', () => {
  let rehearsed: Rehearsed;
  let later: Intervention;
  beforeAll(async () => {
    rehearsed = await rehearse({
      prepare: useFewerRatings,
      afterwards: async (stage, { seen }) => {
        later = await intervene(stage, seen);
      },
    });
  });

  it('ends with the drift issue closed by the model that answers it, and nothing lost or leaked', () => {
    expect(brokenPromises(rehearsed)).toEqual([]);
  });

  it('goes from run to run by dispatches alone', () => {
    expect(rehearsed.runs.map(({ workflow }) => workflow)).toEqual([
      ...['bootstrap', 'train', 'deploy'],
      ...['ingest', 'drift'],
      ...['ingest', 'drift', 'train', 'deploy'],
      ...['ingest', 'drift', 'train', 'deploy'],
    ]);
  });

  it('says in every summary of a run with the database that the embedded one is used', () => {
    const silent = rehearsed.runs.filter(({ summary }) => !/embedded/i.test(summary));
    expect(silent.map(({ workflow }) => workflow)).toEqual([]);
  });

  it('trains without any secret or permission but reading the code', () => {
    const trainings = rehearsed.runs.filter(({ workflow }) => workflow === 'train');
    expect(trainings).toHaveLength(3);
    for (const { jobs } of trainings) expect(jobs['train']?.permissions).toEqual({ contents: 'read' });
  });

  it('answers who may steer, and refuses who may not', () => {
    const before = rehearsed.seen.issues[0]?.comments.length ?? 0;
    const said = later.asked.issues[0]?.comments.slice(before) ?? [];
    expect(said).toHaveLength(4);
    expect(said[1]).toMatch(/v3/);
    expect(said[3]).toMatch(/write/);
    expect(later.asked.issues[0]?.state).toBe('closed');
  });

  it('puts the model back that served before, when somebody asks for it', () => {
    expect(later.rolledBack.latest).toBe('model-v2');
    expect(later.rolledBack.deployments).toEqual([1, 2, 3, 2]);
  });

  it('says on a pull request from a fork what it does to the metrics, in one comment', () => {
    expect(later.onPullRequest).toHaveLength(1);
    expect(later.onPullRequest[0]).toMatch(/RMSE/);
  });

  it('lets all of this happen without a failing run', () => {
    expect(later.failed).toEqual([]);
  });
});

interface Intervention {
  /** After two people have commented a command. */
  readonly asked: SeenOnGithub;
  readonly rolledBack: SeenOnGithub;
  readonly onPullRequest: readonly string[];
  /** Workflows of runs that failed. */
  readonly failed: readonly string[];
}

/** What people do once the weeks are over. */
async function intervene(stage: Stage, { issues }: SeenOnGithub): Promise<Intervention> {
  const { github } = stage;
  const [issue] = issues;
  for (const [login, role, body] of [
    ['maintainer', 'write', '/cinematch status'],
    ['stranger', 'none', '/cinematch retrain'],
  ] as const) {
    if (issue === undefined) break;
    const ask = asker(github, await github.userToken(login, role));
    const written = await ask(`POST /issues/${issue.number}/comments`, { body });
    const writtenAt: string = written.body.created_at;
    const { number, labels } = issue;
    await stage.play(
      'issue-command.yml',
      issueCommentEvent({ issue: number, labels, login, body, writtenAt }),
    );
  }
  const asked = await readGithub(github);
  await stage.play('rollback.yml', { name: 'workflow_dispatch', payload: { inputs: { version: '2' } } });
  const rolledBack = await readGithub(github);
  const pull = await github.openPullRequest({ branch: 'better', forkOf: 'contributor' });
  const event = pullRequestEvent(pull, ['pipeline/train/als.ts']);
  await stage.play('model-check.yml', event);
  return {
    asked,
    rolledBack,
    onPullRequest: await readComments(github, pull.number),
    failed: stage.runs.filter(({ conclusion }) => conclusion === 'failure').map(({ workflow }) => workflow),
  };
}
