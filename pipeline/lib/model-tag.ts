/** The tag of a model's release, which is its name everywhere: `model-v13`. */
export const tagOf = (version: number): string => `model-v${version}`;

/** The version of a model release's tag, or null for any other tag. */
export function versionOf(tag: string): number | null {
  const digits = /^model-v([1-9]\d*)$/.exec(tag)?.[1];
  return digits === undefined ? null : Number(digits);
}
