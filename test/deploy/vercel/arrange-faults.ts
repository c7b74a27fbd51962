/** Arranges the faults of a deployment, with the expected message of each. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployTarget } from '../../../pipeline/deploy/target.ts';
import type { Manifest } from '../../../pipeline/model/manifest.ts';
import type { FaultKind, SiteAnswer, SiteFault } from '../../emulators/vercel/faults.ts';
import { impatientFetch, type StubFault } from '../../emulators/vercel/use-vercel.ts';
import type { DeployFault, Scene } from './deploy-world.ts';

const ASSETS = 'releases/model-v2/assets';
const ALWAYS = 1_000;

/** The release was changed. */
export const released = (
  name: string,
  change: (path: string) => Promise<void>,
  says: RegExp,
): DeployFault => ({
  name,
  code: 'model-invalid',
  says,
  arrange: ({ forge }) => change(join(forge, ASSETS)),
});
export const rewriteManifest = (change: (manifest: Manifest) => Manifest) => async (assets: string) => {
  const path = join(assets, 'manifest.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')) as Manifest)));
};
export const otherGolden = (at: number) =>
  rewriteManifest((manifest) => ({
    ...manifest,
    golden: manifest.golden?.map((each, index, { length }) =>
      index === (at + length) % length ? { ...each, rating: 0.7 } : each,
    ),
  }));

/** The bundle was damaged before it reached the target. */
export const bundle = (part: string, change: (bytes: Uint8Array) => Uint8Array | null): DeployFault => ({
  name: `a bundle whose ${part} ${change(new Uint8Array(2)) === null ? 'is missing' : 'was damaged'}`,
  code: 'model-invalid',
  says: new RegExp(`The bundle of model v2 cannot be served: .*${part === 'bundle.json' ? 'bundle' : part}`),
  arrange: ({ use, target }) => {
    const { name, deploy } = target();
    const damaging: DeployTarget = {
      name,
      deploy: (serving) => {
        const changed = change(serving.files.get(part) as Uint8Array);
        const others = [...serving.files].filter(([file]) => file !== part);
        return deploy({
          ...serving,
          files: new Map(changed === null ? others : [...others, [part, changed]]),
        });
      },
    };
    use(damaging);
  },
});
export const flip = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));
export const cutShort = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length >> 1);

export const cli = (fault: StubFault, says: RegExp): DeployFault => ({
  name: `the command line: ${fault}`,
  says,
  arrange: ({ use, target }) => use(target({ fault })),
});

export const api = (
  name: string,
  on: RegExp,
  kind: FaultKind,
  says: RegExp,
  times = ALWAYS,
): DeployFault => ({
  name,
  says,
  arrange: (scene) => {
    if (kind === 'hang') scene.use(scene.target({ timeoutMs: 100 }));
    // These requests are made by the CLI, and its last lines are part of the message.
    if (/POST/.test(on.source)) scene.use(scene.target({ asProcess: true }));
    scene.vercel.inject({ on, kind, times });
  },
});

export const staged = (name: string, kind: SiteFault['kind'], says: RegExp, path?: RegExp): DeployFault => ({
  name: `staged: ${name}`,
  says: new RegExp(`the smoke test failed: .*${says.source}`),
  arrange: (scene: Scene) => {
    if (kind === 'hang') scene.use(scene.target({ fetch: impatientFetch }));
    scene.vercel.injectSite({ on: 'staged', kind, ...(path && { path }) });
  },
});
export const body =
  (change: (content: Record<string, unknown>) => unknown) =>
  (answer: SiteAnswer): SiteAnswer => ({ ...answer, body: JSON.stringify(change(JSON.parse(answer.body))) });
export const ratings = (change: (ratings: unknown[]) => unknown[]) =>
  body(({ ratings: given }) => ({ ratings: change(given as unknown[]) }));
export const rating = (at: number, change: (stars: number) => unknown) =>
  ratings((all) => all.with(at, change(all.at(at) as number)));
