export const OWNER = 'acme';
export const REPO = 'cinematch';
export const DEFAULT_BRANCH = 'main';
/** Where GitHub's pages are. Nothing answers there; no client is to ask. */
export const SERVER_URL = 'https://github.com';
export const BOT = 'github-actions[bot]';

/** @returns the path of the API for this repository: `/repos/acme/cinematch/issues`. */
export const repoPath = (rest = ''): string => `/repos/${OWNER}/${REPO}${rest}`;

/** GitHub's times have whole seconds. */
export const timestamp = (at: Date = new Date()): string => at.toISOString().replace(/\.\d{3}Z$/, 'Z');
