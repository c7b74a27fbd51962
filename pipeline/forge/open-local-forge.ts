import { join } from 'node:path';
import type { Forge } from './forge.ts';
import { exclusive } from './local/exclusive.ts';
import { localIssues } from './local/issues.ts';
import { localDeployments, recordDispatch } from './local/records.ts';
import { localReleases } from './local/releases.ts';

/**
 * Opens the local forge: readable Markdown files. Files are written atomically, and changes of several processes are
 * serialised. Reads do not wait.
 *
 * @param directory such as `.cinematch/forge`; created with the first write.
 */
export function openLocalForge(directory: string, clock: () => Date): Forge {
  const exclusively = exclusive(join(directory, 'lock'));
  return {
    issues: localIssues(join(directory, 'issues'), clock, exclusively),
    releases: localReleases(join(directory, 'releases'), clock, exclusively),
    deployments: localDeployments(join(directory, 'deployments'), clock, exclusively),
    dispatch: (...request) => recordDispatch(join(directory, 'dispatches'), clock, exclusively, request),
  };
}
