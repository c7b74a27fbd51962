import { expect, test } from 'vitest';
import { onlyVerified } from '../../pipeline/deploy/only-verified.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { MANIFEST_FILE } from '../../pipeline/model/package.ts';
import type { ServingFiles } from '../../pipeline/serving/serving-files.ts';
import { sampleServing } from '../support/sample-serving.ts';

const verified = sampleServing();
const digest = sha256(verified.files.get(MANIFEST_FILE) as Uint8Array);
const changed = sampleServing({ mean: 3 });

function openTarget() {
  const deployed: ServingFiles[] = [];
  const target = onlyVerified(
    {
      name: 'folder serving',
      deploy: async (serving) => {
        deployed.push(serving);
        return { location: 'serving/model' };
      },
    },
    digest,
  );
  return { target, deployed };
}

test('the verified model is deployed', async () => {
  const { target, deployed } = openTarget();
  expect(await target.deploy(verified)).toEqual({ location: 'serving/model' });
  expect([target.name, deployed]).toEqual(['folder serving', [verified]]);
});

test('a release that was changed after it was verified is not deployed', async () => {
  const { target, deployed } = openTarget();
  const found = sha256(changed.files.get(MANIFEST_FILE) as Uint8Array);
  await expect(target.deploy(changed)).rejects.toMatchObject({
    code: 'model-invalid',
    message: expect.stringContaining(`had SHA-256 ${digest}, now it has ${found}`),
  });
  expect(deployed).toEqual([]);
});
