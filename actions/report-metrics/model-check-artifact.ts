/** How the run of a pull request hands its result to the workflow that may comment. */
export const ARTIFACT = 'model-check';
export const FILE = 'model-check.json';

/** The command that makes the same comparison on one's own machine. */
export const reproduceCommand = (baseSha: string): string =>
  `npm run -s cinematch -- model-check --base ${baseSha.slice(0, 12)}`;
