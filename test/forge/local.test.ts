import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Forge } from '../../pipeline/forge/forge.ts';
import { exclusive } from '../../pipeline/forge/local/exclusive.ts';
import { openLocalForge } from '../../pipeline/forge/open-local-forge.ts';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { forgeContract } from './contract.ts';

const root = await mkdtemp(join(tmpdir(), 'cinematch-forge-'));
afterAll(() => rm(root, { recursive: true, force: true }));

let opened = 0;
let directory = '';
const emptyDirectory = (): string => join(root, String(++opened));

/** A clock that advances one minute with every call. */
function tickingClock(): () => Date {
  let minutes = 0;
  return () => new Date(Date.UTC(2026, 2, 7, 9, minutes++));
}

forgeContract('the local forge', async () => openLocalForge(emptyDirectory(), tickingClock()));

const USE_FORGE = join(import.meta.dirname, '../support/use-forge.ts');
const HOLD_LOCK = join(import.meta.dirname, '../support/hold-lock.ts');

function startProcess(name: string, rounds: number) {
  return spawn(process.execPath, [USE_FORGE, directory, name, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function exitCode(child: ReturnType<typeof startProcess>): Promise<number | null> {
  child.stdout.resume();
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

describe('the files of the local forge', () => {
  let forge: Forge;
  beforeEach(() => {
    directory = emptyDirectory();
    forge = openLocalForge(directory, tickingClock());
  });

  async function openIssue(): Promise<void> {
    await forge.issues.open({
      marker: '<!-- m -->',
      title: 'Drift: ratings',
      body: '<!-- m -->\n\n**Ratings differ.**',
      labels: ['drift'],
    });
  }

  it('record the dispatches of workflows, each in the next file', async () => {
    await forge.dispatch('drift', {});
    await forge.dispatch('train', { reason: 'drift', issue: '1' });
    expect(await readFile(join(directory, 'dispatches/2.md'), 'utf8')).toContain(
      `workflow: "train"
inputs: {"reason":"drift","issue":"1"}
requestedAt: "2026-03-07T09:01:00.000Z"
`,
    );
  });

  it('are Markdown that a person can read', async () => {
    await openIssue();
    await forge.issues.comment(1, 'Retraining was dispatched.');
    expect(await readFile(join(directory, 'issues/1.md'), 'utf8')).toBe(
      `---
title: "Drift: ratings"
state: "open"
labels: ["drift"]
createdAt: "2026-03-07T09:00:00.000Z"
closedAt: null
---

<!-- m -->

**Ratings differ.**

## Comment of 2026-03-07T09:01:00.000Z

Retraining was dispatched.
`,
    );
  });

  it('can be edited manually, also with other line endings', async () => {
    await openIssue();
    const path = join(directory, 'issues/1.md');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('**Ratings differ.**', 'Edited by hand.').replaceAll('\n', '\r\n'));
    expect((await forge.issues.get(1)).body).toBe('<!-- m -->\n\nEdited by hand.');
  });

  it.each([
    ['state: "open"', 'state: open', 3, 'open is not JSON'],
    ['state: "open"', 'state: "opened"', 3, 'state'],
    ['labels: ["drift"]', 'labels', 4, '"labels" is not of the form'],
    ['closedAt: null', 'closedAt: "yesterday"', 6, 'closedAt'],
    ['title: "Drift: ratings"\n', '', 1, 'title'],
    ['closedAt: null\n---', 'closedAt: null', 1, 'two lines "---"'],
  ])('name the line when %j was made %j', async (before, after, line, problem) => {
    await openIssue();
    const path = join(directory, 'issues/1.md');
    await writeFile(path, (await readFile(path, 'utf8')).replace(before, after));
    await expect(forge.issues.list()).rejects.toMatchObject({
      code: 'forge-conflict',
      message: expect.stringContaining(`${path}, line ${line}: `),
    });
    await expect(forge.issues.list()).rejects.toThrow(problem);
  });

  it('are not published when an asset on disk is not what was uploaded', async () => {
    await forge.releases.draft({ tag: 'model-v1', title: 'Model v1', body: '' });
    await forge.releases.upload('model-v1', 'model.safetensors', new Uint8Array([1, 2, 3]));
    await writeFile(join(directory, 'releases/model-v1/assets/model.safetensors'), 'damaged');
    await expect(forge.releases.publish('model-v1')).rejects.toMatchObject({
      code: 'forge-conflict',
      message: expect.stringMatching(/model\.safetensors has 7 bytes and another SHA-256/),
    });
    expect((await forge.releases.get('model-v1'))?.state).toBe('draft');

    await forge.releases.upload('model-v1', 'model.safetensors', new Uint8Array([1, 2, 3]));
    expect((await forge.releases.publish('model-v1')).state).toBe('prerelease');
  });

  it('stay inside their folder for every name of a release or asset', async () => {
    await forge.releases.draft({ tag: 'model-v1', title: 'Model v1', body: '' });
    await expect(forge.releases.upload('model-v1', '../../x', new Uint8Array())).rejects.toMatchObject({
      code: 'forge-conflict',
    });
    await expect(forge.releases.get('../issues')).rejects.toMatchObject({ code: 'forge-conflict' });
  });

  it('give an error when the latest release is missing', async () => {
    await mkdir(join(directory, 'releases'), { recursive: true });
    await writeFile(join(directory, 'releases/latest'), 'model-v7\n');
    await expect(forge.releases.latest()).rejects.toThrow(
      /releases\/latest, line 1: there is no release "model-v7"/,
    );
  });
});

describe('processes that share a local forge', () => {
  beforeEach(() => {
    directory = emptyDirectory();
  });

  it('open one issue for each marker, use no number twice and lose no comment', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const codes = await Promise.all(names.map((name) => exitCode(startProcess(name, 3))));
    expect(codes).toEqual([0, 0, 0, 0]);

    const forge = openLocalForge(directory, tickingClock());
    const issues = await forge.issues.list();
    expect(issues.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(issues.map(({ title }) => title).sort()).toEqual(['Shared', ...names]);
    const shared = issues.find(({ title }) => title === 'Shared');
    const expected = names.flatMap((name) => [1, 2, 3].map((round) => `${name} ${round}`));
    expect(shared?.comments.map(({ body }) => body).sort()).toEqual(expected);
    expect(await forge.releases.list()).toHaveLength(12);
    expect((await forge.releases.list()).filter(({ latest }) => latest)).toHaveLength(1);
  });

  it('leave whole files and a free lock wherever they are killed', async () => {
    const random = seededRandom(5);
    for (let kill = 0; kill < 8; kill++) {
      const child = startProcess(`p${kill}`, 1000);
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 40 * random()));
      child.kill('SIGKILL');
      await once(child, 'close');

      const forge = openLocalForge(directory, tickingClock());
      const shared = await forge.issues.open({ marker: '<!-- shared -->', title: '', body: '', labels: [] });
      expect(shared.comments.length).toBeGreaterThan(kill);
      expect(await forge.issues.list()).toHaveLength(kill + 2);
      const releases = await forge.releases.list();
      expect(releases.filter(({ latest }) => latest)).toHaveLength(1);
      for (const { tag } of releases.slice(0, 3)) {
        expect(['prerelease', 'released']).toContain((await forge.releases.publish(tag)).state);
      }
    }
  });

  it('work with two forges in one process', async () => {
    const forges = [1, 2, 3].map(() => openLocalForge(directory, tickingClock()));
    const open = { marker: '<!-- m -->', title: 'One', body: '', labels: [] };
    await Promise.all(forges.map(({ issues }) => issues.open(open)));
    const texts = Array.from({ length: 30 }, (_, i) => `Comment ${i}.`);
    await Promise.all(texts.map((text, i) => forges[i % 3]?.issues.comment(1, text)));
    const issues = (await forges[0]?.issues.list()) ?? [];
    expect(issues).toHaveLength(1);
    expect(issues[0]?.comments.map(({ body }) => body).sort()).toEqual(texts.sort());
  });

  it('wait for each other, and name a process that does not release the lock', async () => {
    const lock = join(directory, 'lock');
    const child = spawn(process.execPath, [HOLD_LOCK, lock], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await expect(exclusive(lock, 20)(async () => 'never')).rejects.toMatchObject({
      code: 'forge-conflict',
      message: `The issues and releases beside ${lock} have been locked by process ${child.pid} for 0.02 s.`,
    });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await exclusive(lock, 20)(async () => 'done')).toBe('done');
  });
});
