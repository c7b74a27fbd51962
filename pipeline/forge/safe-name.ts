import { OperatorError } from '../lib/errors.ts';

/** Tags and assets are names of files: nothing that leads out of a folder, and nothing GitHub would rename. */
export const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]*$/;

/** @throws OperatorError `forge-conflict` for a name that no release and no asset can have. */
export function safeName(name: string): string {
  if (SAFE_NAME.test(name)) return name;
  throw new OperatorError(
    'forge-conflict',
    `"${name}" cannot be the name of a release or an asset.`,
    'Use letters, digits, dot, dash, plus and underscore, a letter or digit first.',
  );
}
