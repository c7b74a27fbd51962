import { sha256 } from '../lib/digest.ts';
import { OperatorError } from '../lib/errors.ts';
import { MANIFEST_FILE } from '../model/package.ts';
import type { DeployTarget } from './target.ts';

/**
 * Restricts a target to one verified model, because a release can be changed between its verification and its
 * deployment. The manifest has the digests of all other files.
 *
 * @param manifestSha256 64 hex digits.
 * @returns a target whose `deploy` throws OperatorError `model-invalid` for any other model.
 */
export function onlyVerified(target: DeployTarget, manifestSha256: string): DeployTarget {
  return {
    name: target.name,
    deploy: async (serving) => {
      const manifest = serving.files.get(MANIFEST_FILE);
      const found = manifest === undefined ? 'none' : sha256(manifest);
      if (found === manifestSha256) return target.deploy(serving);
      throw new OperatorError(
        'model-invalid',
        `Model v${serving.manifest.version} is not the verified model: its ${MANIFEST_FILE} had SHA-256 ${manifestSha256}, now it has ${found}.`,
        'Find out who changed the release. To deploy its current files, run the workflow again.',
      );
    },
  };
}
