import { join } from 'node:path';
import type { Forge } from './forge.ts';
import { exclusive } from './local/exclusive.ts';
import { localIssues } from './local/issues.ts';
import { localDeployments, recordDispatch } from './local/records.ts';
import { localReleases } from './local/releases.ts';

/**
 * The forge of one machine: Markdown files that a person can read. A file is written whole or not at all, and
 * changes of several processes happen one after the other. Reading waits for nobody.
 *
 * @param directory for instance `.cinematch/forge`; it is made when something is first written.
 */
export function openLocalForge(directory: string, clock: () => Date): Forge {
  const exclusively = exclusive(join(directory, 'lock'));
  return {
    issues: localIssues(join(directory, 'issues'), clock, exclusively),
    releases: localReleases(join(directory, 'releases'), clock, exclusively),
    deployments: localDeployments(join(directory, 'deployments'), clock, exclusively),
    dispatch: (workflow, inputs) =>
      recordDispatch(join(directory, 'dispatches'), exclusively, {
        workflow,
        inputs,
        requestedAt: clock(),
      }),
  };
}
