import { OperatorError } from '../lib/errors.ts';

/** Tags and assets are file names. They must not leave a folder, and GitHub must not rename them. */
export const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

/** @throws OperatorError `forge-conflict` for an invalid name of a release or asset. */
export function safeName(name: string): string {
  if (SAFE_NAME.test(name)) return name;
  throw new OperatorError(
    'forge-conflict',
    `"${name}" cannot be the name of a release or an asset.`,
    'Use letters, digits, dot, dash, plus and underscore, a letter or digit first.',
  );
}
