import { OperatorError } from '../lib/errors.ts';

/** The error of a change to the assets of a published release. */
export const isPublished = (tag: string, asset: string): OperatorError =>
  new OperatorError(
    'forge-conflict',
    `Release ${tag} is published, so ${asset} cannot be added or replaced.`,
    'Publish your files under a new version.',
  );

/** The error of the promotion of a draft. */
export const isDraft = (tag: string): OperatorError =>
  new OperatorError(
    'forge-conflict',
    `Release ${tag} is a draft and cannot be promoted.`,
    'Publish it first, so that its assets are verified.',
  );

/** @param names of the assets that the release has. @param location of the release. */
export const hasNoAsset = (
  tag: string,
  asset: string,
  names: readonly string[],
  location: string,
): OperatorError =>
  new OperatorError(
    'forge-missing',
    `Release ${tag} has no asset ${asset}; it has ${names.join(', ') || 'none'}.`,
    `List its assets: ${location}.`,
  );
