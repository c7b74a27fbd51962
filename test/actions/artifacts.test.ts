import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ArtifactClient, ArtifactNotFoundError } from '@actions/artifact';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openArtifacts } from '../../actions/artifacts.ts';
import type { GithubRun } from '../../actions/github-run.ts';

const run = { url: 'https://github.com/octo/films/actions/runs/77' } as GithubRun;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-artifacts-'));
  await writeFile(join(folder, 'file'), 'content');
});
afterAll(() => rm(folder, { recursive: true }));

/** A service that refuses the first uploads, and what was asked of it. */
function serviceRefusing(times: number, problem: string) {
  const asked: string[] = [];
  const client = {
    uploadArtifact: async () => {
      asked.push('upload');
      if (asked.filter((each) => each === 'upload').length <= times) throw new Error(problem);
      return { id: 5 };
    },
    deleteArtifact: async () => {
      asked.push('delete');
      if (asked.filter((each) => each === 'delete').length > 1) throw new ArtifactNotFoundError();
      return { id: 4 };
    },
  } as unknown as ArtifactClient;
  return { artifacts: openArtifacts(run, async () => client, 0), asked };
}

const TAKEN = 'Failed request: (409) Conflict: an artifact with this name already exists on the workflow run';

test('an artifact of an earlier attempt is replaced, also when its name stays taken for a while', async () => {
  const { artifacts, asked } = serviceRefusing(3, TAKEN);
  expect(await artifacts.upload('state', folder)).toEqual({ url: `${run.url}/artifacts/5` });
  expect(asked).toEqual(['upload', 'delete', 'upload', 'delete', 'upload', 'delete', 'upload']);
});

test('a name that stays taken ends the run', async () => {
  const { artifacts, asked } = serviceRefusing(99, TAKEN);
  await expect(artifacts.upload('state', folder)).rejects.toThrow('already exists');
  expect(asked.filter((each) => each === 'upload')).toHaveLength(5);
});

test('nothing is deleted when an upload fails for another reason', async () => {
  const { artifacts, asked } = serviceRefusing(1, 'Artifact storage quota has been hit');
  await expect(artifacts.upload('state', folder)).rejects.toThrow('quota');
  expect(asked).toEqual(['upload']);
});
