import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepareSimulation } from '../../pipeline/source/batches/simulation.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { asker } from '../github/ask.ts';
import type { EmulatedGithub } from '../github/start-github.ts';
import { issueCommentEvent, pullRequestEvent } from '../runner/payloads.ts';
import { createDatabase } from '../support/postgres.ts';
import { type StoreState, storeState } from '../support/store-state.ts';
import { readComments, readGithub, type SeenOnGithub } from './read-github.ts';
import { type Rehearsed, rehearse } from './rehearse.ts';
import type { Stage } from './stage.ts';
import { verdict } from './verdict.ts';

const LONG = 300_000;

function broken(rehearsed: Rehearsed): readonly string[] {
  return verdict(rehearsed)
    .filter(({ holds }) => !holds)
    .map(({ what, seen }) => `not so: ${what}; ${seen}`);
}

describe('three weeks of a fork without secrets', () => {
  let rehearsed: Rehearsed;
  let later: Intervention;
  beforeAll(async () => {
    rehearsed = await rehearse({
      afterwards: async (stage, { seen }) => {
        later = await intervene(stage, seen);
      },
    });
  }, LONG);

  it('ends with the drift issue closed by the model that answers it, and nothing lost or leaked', () => {
    expect(broken(rehearsed)).toEqual([]);
  });

  it('goes from run to run by dispatches alone', () => {
    expect(rehearsed.runs.map(({ workflow }) => workflow)).toEqual([
      ...['bootstrap', 'train', 'deploy'],
      ...['ingest', 'drift', 'ingest', 'drift'],
      ...['ingest', 'drift', 'train', 'deploy'],
    ]);
  });

  it('says in every summary of a run with the database that the embedded one is used', () => {
    const silent = rehearsed.runs.filter(({ summary }) => !/embedded/i.test(summary));
    expect(silent.map(({ workflow }) => workflow)).toEqual([]);
  });

  it('trains without any secret or permission but reading the code', () => {
    const trainings = rehearsed.runs.filter(({ workflow }) => workflow === 'train');
    expect(trainings).toHaveLength(2);
    for (const { jobs } of trainings) expect(jobs['train']?.permissions).toEqual({ contents: 'read' });
  });

  it('answers who may steer, and refuses who may not', () => {
    const before = rehearsed.seen.issues[0]?.comments.length ?? 0;
    const said = later.asked.issues[0]?.comments.slice(before) ?? [];
    expect(said).toHaveLength(4);
    expect(said[1]).toMatch(/v2/);
    expect(said[3]).toMatch(/write/);
    expect(later.asked.issues[0]?.state).toBe('closed');
  });

  it('puts the model back that served before, when somebody asks for it', () => {
    expect(later.rolledBack.latest).toBe('model-v1');
    expect(later.rolledBack.deployments).toEqual([1, 2, 1]);
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
    await ask(`POST /issues/${issue.number}/comments`, { body });
    const { number, labels } = issue;
    await stage.play('issue-command.yml', issueCommentEvent({ issue: number, labels, login, body }));
  }
  const asked = await readGithub(github);
  await stage.play('rollback.yml', { name: 'workflow_dispatch', payload: { inputs: { version: '1' } } });
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

const postgresUrl = inject('postgresUrl');

describe.runIf(postgresUrl !== null)(
  'every run twice, on PostgreSQL, with batches in a private repository',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'cinematch-weeks-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    let rehearsed: Rehearsed;
    const changes: { readonly workflow: string; readonly before: State; readonly after: State }[] = [];
    beforeAll(async () => {
      const databaseUrl = await createDatabase(postgresUrl!, `cinematch_rehearsal_${process.pid}`);
      const weeks = await weeklyFiles(folder);
      rehearsed = await rehearse({
        privateRepository: true,
        beforeWeek: async (week, { source }) => {
          const file = weeks[week - 1]!;
          cpSync(file, join(source, 'data', 'batches', basename(file)));
          const config = "export default { dataset: 'ratings', batches: [{ kind: 'folder' }] };\n";
          writeFileSync(join(source, 'cinematch.config.ts'), config);
        },
        secrets: { DATABASE_URL: databaseUrl },
        again: async (runAgain, github) => {
          const before = await stateOf(github, databaseUrl);
          const { workflow } = await runAgain();
          changes.push({ workflow, before, after: await stateOf(github, databaseUrl) });
        },
      });
    }, LONG);

    it('ends as one run of each does', () => {
      expect(broken(rehearsed)).toEqual([]);
    });

    it.each(['bootstrap', 'train', 'deploy', 'ingest', 'drift'])(
      'changes nothing by a second %s',
      (workflow) => {
        const repeated = changes.filter((change) => change.workflow === workflow);
        expect(repeated.length).toBeGreaterThan(0);
        for (const { before, after } of repeated) expect(after).toEqual(before);
      },
    );

    it('says that the model is not attested on this plan', () => {
      const titles = rehearsed.runs.flatMap(({ jobs }) =>
        Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ annotations }) => annotations)),
      );
      expect(titles.filter(({ title }) => title === 'Not attested').length).toBeGreaterThanOrEqual(4);
    });
  },
);

/** The weeks that follow what bootstrap loads, as files. */
async function weeklyFiles(dataDirectory: string): Promise<readonly string[]> {
  const simulation = { kind: 'simulation', dataset: 'synthetic', weeks: 3, seed: 1 } as const;
  const { batches } = await prepareSimulation(simulation, {
    dataDirectory,
    now: new Date(),
    onProgress: () => {},
  });
  return batches;
}

interface State {
  readonly seen: SeenOnGithub;
  readonly store: StoreState;
}

async function stateOf(github: EmulatedGithub, databaseUrl: string): Promise<State> {
  const store = await connectStore({ databaseUrl, directory: '' });
  try {
    return { seen: await readGithub(github), store: await storeState(store) };
  } finally {
    await store.close();
  }
}
