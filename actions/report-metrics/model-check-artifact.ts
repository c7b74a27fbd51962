/** The artifact that passes the result of a pull request's run to the workflow that comments. */
export const ARTIFACT = 'model-check';
export const FILE = 'model-check.json';

/** The command that makes the same comparison on one's own machine. */
export const reproduceCommand = (baseSha: string): string =>
  `npm run -s cinematch -- model-check --base ${baseSha.slice(0, 12)}`;
