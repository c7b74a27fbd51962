import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asker } from './ask.ts';
import { type EmulatedGithub, startGithub } from './start-github.ts';

const CLIENT = fileURLToPath(new URL('./artifact-client.ts', import.meta.url));
let github: EmulatedGithub;
let folder: string;
let file: string;

beforeAll(async () => {
  github = await startGithub();
  folder = await mkdtemp(join(tmpdir(), 'cinematch-artifacts-'));
  file = join(folder, 'state.txt');
  await writeFile(file, 'what is carried to the next run');
});
afterAll(async () => {
  await github.stop();
  await rm(folder, { recursive: true });
});

/** Lets @actions/artifact do things in a job's step, and gives what came of the last. */
async function step(runId: number, jobId: string, ...tasks: readonly unknown[]) {
  const { stdout } = await promisify(execFile)(process.execPath, [CLIENT, JSON.stringify(tasks)], {
    env: {
      GITHUB_API_URL: github.apiUrl,
      GITHUB_SERVER_URL: github.serverUrl,
      GITHUB_REPOSITORY: 'acme/cinematch',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...github.resultsEnvironment({ runId, jobId }),
    },
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

it('hands a folder from one job of a run to another, and to no other run', async () => {
  const { runId } = github.startRun({ workflow: 'train.yml', event: 'workflow_dispatch' });
  const other = github.startRun({ workflow: 'train.yml', event: 'workflow_dispatch' });
  const uploaded = await step(runId, 'export', { upload: ['snapshot', file, folder] });
  expect(uploaded).toMatchObject({ id: expect.any(Number), digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const path = join(folder, 'within');
  expect(await step(runId, 'fit', { download: ['snapshot', path] })).toMatchObject({ digestMismatch: false });
  expect(await readFile(join(path, 'state.txt'), 'utf8')).toBe('what is carried to the next run');
  expect(await step(other.runId, 'export', { list: true })).toEqual({ artifacts: [] });
});

it('has one artifact a name in a run, until it is deleted', async () => {
  const { runId } = github.startRun({ workflow: 'ingest.yml', event: 'schedule' });
  const upload = { upload: ['rejects', file, folder] };
  const first = await step(runId, 'ingest', upload);
  expect((await step(runId, 'again', upload)).error).toMatch(/\(409\).*already exists/);
  const { artifacts } = await step(runId, 'again', { remove: 'rejects' }, upload, { list: true });
  expect(artifacts).toMatchObject([{ name: 'rejects' }]);
  expect(artifacts[0].id).toBeGreaterThan(first.id);
});

it('lets a later run find an artifact with actions: read, and not without', async () => {
  const { runId } = github.startRun({ workflow: 'ingest.yml', event: 'schedule' });
  const later = github.startRun({ workflow: 'drift.yml', event: 'schedule' });
  await step(runId, 'ingest', { upload: ['cinematch-state', file, folder] });
  const findBy = {
    workflowRunId: runId,
    repositoryOwner: 'acme',
    repositoryName: 'cinematch',
    token: await github.jobToken({ actions: 'read' }),
  };
  const path = join(folder, 'across');
  expect(await step(later.runId, 'drift', { download: ['cinematch-state', path], findBy })).toMatchObject({
    digestMismatch: false,
  });
  expect(await readFile(join(path, 'state.txt'), 'utf8')).toBe('what is carried to the next run');
  const poor = { ...findBy, token: await github.jobToken({ contents: 'read' }) };
  expect((await step(later.runId, 'drift', { list: true, findBy: poor })).error).toContain('not accessible');
});

// https://docs.github.com/en/rest/actions/artifacts#list-artifacts-for-a-repository
it('says of which repository and branch an artifact is, newest first', async () => {
  const ask = asker(github, await github.jobToken({ actions: 'read' }));
  const own = github.startRun({ workflow: 'ingest.yml', event: 'schedule' });
  const forks = github.startRun({
    workflow: 'ci.yml',
    event: 'pull_request',
    headBranch: 'main',
    fork: true,
  });
  for (const { runId } of [own, forks]) {
    github.putArtifact({ runId, name: 'state', bytes: Buffer.from('no zip file') });
  }
  const { body } = await ask('GET /actions/artifacts?name=state');
  const repository = (await ask('GET ')).body.id;
  expect(body.total_count).toBe(2);
  expect(body.artifacts.map((each: { workflow_run: { id: number } }) => each.workflow_run.id)).toEqual([
    forks.runId,
    own.runId,
  ]);
  const [stranger, mine] = body.artifacts;
  expect(mine).toMatchObject({
    expired: false,
    size_in_bytes: 11,
    digest: expect.stringMatching(/^sha256:/),
  });
  expect(mine.workflow_run).toMatchObject({ head_repository_id: repository, head_branch: 'main' });
  expect(stranger.workflow_run).toMatchObject({ repository_id: repository, head_branch: 'main' });
  expect(stranger.workflow_run.head_repository_id).not.toBe(repository);
});

// https://docs.github.com/en/rest/actions/artifacts#download-an-artifact
it('gives no expired artifact', async () => {
  const ask = asker(github, await github.jobToken({ actions: 'read' }));
  const { runId } = github.startRun({ workflow: 'ingest.yml', event: 'schedule' });
  const { artifactId } = github.putArtifact({ runId, name: 'old', bytes: Buffer.from('old') });
  github.expireArtifact(artifactId);
  expect((await ask(`GET /actions/artifacts/${artifactId}`)).body.expired).toBe(true);
  expect((await ask(`GET /actions/artifacts/${artifactId}/zip`)).status).toBe(410);
});
