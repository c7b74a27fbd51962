/** The tag of the release of a model, which is also its name: `model-v13`. */
export const tagOf = (version: number): string => `model-v${version}`;

/** The version in the tag of a model release; null for any other tag. */
export function versionOf(tag: string): number | null {
  const digits = /^model-v([1-9]\d*)$/.exec(tag)?.[1];
  return digits === undefined ? null : Number(digits);
}
