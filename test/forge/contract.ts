import { beforeEach, describe, expect, it } from 'vitest';
import { type Forge, OWN_LABEL } from '../../pipeline/forge/forge.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';

const MARKER = '<!-- cinematch:drift:ratings -->';
const DRIFT = {
  marker: MARKER,
  title: 'Drift: ratings — mean per user +0.24★ (high), model v1',
  body: `${MARKER}\n\nRatings differ.`,
  labels: ['drift', 'severity:high', OWN_LABEL],
};
const DRAFT = { tag: 'model-v1', title: 'Model v1', body: 'The first model.' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Tests for every implementation of the forge. `open` returns an empty one. */
export function forgeContract(name: string, open: () => Promise<Forge>): void {
  describe(`${name} keeps issues`, () => {
    let forge: Forge;
    beforeEach(async () => {
      forge = await open();
    });

    it('finds an open issue by its marker, with its comments', async () => {
      const opened = await forge.issues.open(DRIFT);
      const found = await forge.issues.findOpen(MARKER);
      expect(found).toEqual(opened);
      expect(found).toMatchObject({ title: DRIFT.title, body: DRIFT.body, labels: DRIFT.labels });
      expect(found).toMatchObject({ state: 'open', comments: [], closedAt: null });
    });

    it('does not find an issue by a prefix of its marker', async () => {
      await forge.issues.open(DRIFT);
      expect(await forge.issues.findOpen('<!-- cinematch:drift:rating -->')).toBeNull();
    });

    it('opens one issue for each marker, also with repeated and concurrent calls', async () => {
      const opened = await Promise.all([1, 2, 3, 4].map(() => forge.issues.open(DRIFT)));
      const again = await forge.issues.open({ ...DRIFT, title: 'Another title' });
      expect(new Set([...opened, again].map(({ number }) => number)).size).toBe(1);
      expect(again.title).toBe(DRIFT.title);
      expect(await forge.issues.list()).toHaveLength(1);
    });

    it('adds the marker to a body without it', async () => {
      const { number } = await forge.issues.open({ ...DRIFT, body: 'No marker here.' });
      expect((await forge.issues.findOpen(MARKER))?.number).toBe(number);
      expect((await forge.issues.get(number)).body).toContain('No marker here.');
    });

    it('opens a new issue when the one with the marker is closed', async () => {
      const first = await forge.issues.open(DRIFT);
      await forge.issues.close(first.number, 'Answered.');
      expect(await forge.issues.findOpen(MARKER)).toBeNull();
      const second = await forge.issues.open(DRIFT);
      expect(second.number).toBeGreaterThan(first.number);
      expect((await forge.issues.list()).map(({ state }) => state)).toEqual(['closed', 'open']);
    });

    it('updates only the given fields', async () => {
      const { number } = await forge.issues.open(DRIFT);
      const updated = await forge.issues.update(number, {
        labels: ['drift', 'severity:watch', OWN_LABEL],
      });
      expect(updated).toMatchObject({
        title: DRIFT.title,
        body: DRIFT.body,
        labels: ['drift', 'severity:watch', OWN_LABEL],
      });
      expect(await forge.issues.get(number)).toEqual(updated);
    });

    it('keeps comments in order, and does not repeat the last one', async () => {
      const { number } = await forge.issues.open(DRIFT);
      for (const text of ['Training.', 'Training.', 'Gate passed.']) await forge.issues.comment(number, text);
      const { comments } = await forge.issues.get(number);
      expect(comments.map(({ body }) => body)).toEqual(['Training.', 'Gate passed.']);
    });

    it('loses no comment of concurrent calls', async () => {
      const { number } = await forge.issues.open(DRIFT);
      const texts = Array.from({ length: 10 }, (_, i) => `Comment ${i}.`);
      await Promise.all(texts.map((text) => forge.issues.comment(number, text)));
      const { comments } = await forge.issues.get(number);
      expect(comments.map(({ body }) => body).sort()).toEqual(texts);
    });

    it('keeps Markdown as it was written, headings, rules and tables', async () => {
      const body = `${MARKER}\n\n---\n\n## Comment of 2026-01-01T00:00:00.000Z\n\n\\## Comment of 2026\n\n| a | b |\n| - | - |\n| \`x\` | "y" --> |`;
      const { number } = await forge.issues.open({
        ...DRIFT,
        body,
        title: 'A "title": with --- and \\ in it',
      });
      await forge.issues.comment(number, body);
      await forge.issues.comment(number, 'The last.');
      const issue = await forge.issues.get(number);
      expect(issue.title).toBe('A "title": with --- and \\ in it');
      expect(issue.body).toBe(body);
      expect(issue.comments.map((comment) => comment.body)).toEqual([body, 'The last.']);
    });

    it('closes once, with a final comment', async () => {
      const { number } = await forge.issues.open(DRIFT);
      const closed = await forge.issues.close(number, 'Answered by model v2.');
      const again = await forge.issues.close(number, 'Answered by model v3.');
      expect(closed.state).toBe('closed');
      expect(closed.closedAt).toBeInstanceOf(Date);
      expect(again).toEqual(closed);
      expect(again.comments.map(({ body }) => body)).toEqual(['Answered by model v2.']);
    });

    it('names a missing issue', async () => {
      for (const call of [
        () => forge.issues.get(7),
        () => forge.issues.update(7, { title: 'x' }),
        () => forge.issues.comment(7, 'x'),
        () => forge.issues.close(7, 'x'),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: 'forge-missing',
          message: expect.stringContaining('7'),
        });
      }
    });
  });

  describe(`${name} keeps releases`, () => {
    let forge: Forge;
    beforeEach(async () => {
      forge = await open();
    });

    /** Draft, one asset, publish, promote. */
    async function release(tag: string): Promise<void> {
      await forge.releases.draft({ ...DRAFT, tag });
      await forge.releases.upload(tag, 'model.safetensors', bytes(`bytes of ${tag}`));
      await forge.releases.publish(tag);
      await forge.releases.promote(tag);
    }

    it('is empty before the first release', async () => {
      expect(await forge.releases.list()).toEqual([]);
      expect(await forge.releases.latest()).toBeNull();
      expect(await forge.releases.get('model-v1')).toBeNull();
    });

    it('goes from draft to prerelease to the latest release', async () => {
      expect(await forge.releases.draft(DRAFT)).toMatchObject({ state: 'draft', latest: false, assets: [] });
      const asset = await forge.releases.upload('model-v1', 'model.safetensors', bytes('weights'));
      expect(asset).toEqual({ name: 'model.safetensors', size: 7, sha256: sha256('weights') });
      const published = await forge.releases.publish('model-v1');
      expect(published).toMatchObject({ state: 'prerelease', latest: false, assets: [asset] });
      expect(await forge.releases.latest()).toBeNull();
      const promoted = await forge.releases.promote('model-v1');
      expect(promoted).toMatchObject({
        state: 'released',
        latest: true,
        title: 'Model v1',
        body: DRAFT.body,
      });
      expect(await forge.releases.latest()).toEqual(promoted);
    });

    it('updates title and body of a draft and keeps its assets', async () => {
      await forge.releases.draft(DRAFT);
      await forge.releases.upload('model-v1', 'manifest.json', bytes('{}'));
      const again = await forge.releases.draft({
        ...DRAFT,
        title: 'Model v1: RMSE 0.87',
        body: 'New notes.',
      });
      expect(again).toMatchObject({ title: 'Model v1: RMSE 0.87', body: 'New notes.', state: 'draft' });
      expect(again.assets.map(({ name }) => name)).toEqual(['manifest.json']);
      expect(await forge.releases.list()).toHaveLength(1);
    });

    it('downloads the bytes that were uploaded last', async () => {
      await forge.releases.draft(DRAFT);
      await forge.releases.upload('model-v1', 'metrics.json', bytes('old'));
      await forge.releases.upload('model-v1', 'metrics.json', bytes('newer'));
      await forge.releases.upload('model-v1', 'metrics.json', bytes('newer'));
      const { assets } = await forge.releases.publish('model-v1');
      expect(assets).toEqual([{ name: 'metrics.json', size: 5, sha256: sha256('newer') }]);
      expect(sha256(await forge.releases.download('model-v1', 'metrics.json'))).toBe(sha256('newer'));
    });

    it('changes no asset of a published release', async () => {
      await release('model-v1');
      const repeat = await forge.releases.upload('model-v1', 'model.safetensors', bytes('bytes of model-v1'));
      expect(repeat.sha256).toBe(sha256('bytes of model-v1'));
      for (const [asset, content] of [
        ['model.safetensors', 'other bytes'],
        ['extra.json', '{}'],
      ] as const) {
        await expect(forge.releases.upload('model-v1', asset, bytes(content))).rejects.toMatchObject({
          code: 'forge-conflict',
          message: expect.stringContaining(asset),
        });
      }
      expect((await forge.releases.get('model-v1'))?.assets).toEqual([repeat]);
    });

    it('has one latest release, and the previous one stays released', async () => {
      await release('model-v1');
      await release('model-v2');
      expect((await forge.releases.list()).map(({ tag, state, latest }) => [tag, state, latest])).toEqual([
        ['model-v2', 'released', true],
        ['model-v1', 'released', false],
      ]);
      await forge.releases.promote('model-v1');
      expect((await forge.releases.latest())?.tag).toBe('model-v1');
      expect((await forge.releases.get('model-v2'))?.latest).toBe(false);
    });

    it('is idempotent', async () => {
      await release('model-v1');
      const before = await forge.releases.get('model-v1');
      expect(await forge.releases.publish('model-v1')).toEqual(before);
      expect(await forge.releases.promote('model-v1')).toEqual(before);
    });

    it('does not promote a draft', async () => {
      await forge.releases.draft(DRAFT);
      await expect(forge.releases.promote('model-v1')).rejects.toMatchObject({ code: 'forge-conflict' });
      expect(await forge.releases.latest()).toBeNull();
    });

    it('names a missing release or asset', async () => {
      await release('model-v1');
      for (const call of [
        () => forge.releases.download('model-v1', 'nothing.json'),
        () => forge.releases.download('model-v9', 'model.safetensors'),
        () => forge.releases.upload('model-v9', 'a.json', bytes('{}')),
        () => forge.releases.publish('model-v9'),
        () => forge.releases.promote('model-v9'),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: 'forge-missing' });
      }
    });
  });

  describe(`${name} keeps deployments and dispatches`, () => {
    let forge: Forge;
    beforeEach(async () => {
      forge = await open();
    });

    const deploy = (version: number, environment = 'production') =>
      forge.deployments.create({
        environment,
        version,
        description: `Model v${version} promoted`,
        url: `https://films-${version}.vercel.app`,
      });

    it('lists the deployments of an environment, newest first', async () => {
      for (const version of [1, 2, 1]) await deploy(version);
      await deploy(3, 'preview');
      const served = await forge.deployments.list('production');
      expect(served.map(({ version }) => version)).toEqual([1, 2, 1]);
      expect(served[0]?.description).toBe('Model v1 promoted');
      expect(new Set(served.map(({ id }) => id)).size).toBe(3);
      expect(await forge.deployments.list('nowhere')).toEqual([]);
    });

    it('does not record the version that already serves again', async () => {
      const first = await deploy(1);
      expect(await deploy(1)).toEqual(first);
      expect(await forge.deployments.list('production')).toEqual([first]);
    });
  });
}
