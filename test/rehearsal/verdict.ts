import type { SeenIssue, SeenRelease } from './read-github.ts';
import type { Rehearsed } from './rehearse.ts';

/** One thing a rehearsal must show. */
export interface Finding {
  readonly what: string;
  readonly holds: boolean;
  /** What was seen instead, where it does not hold. */
  readonly seen: string;
}

/** `| RMSE | 0.871 | 0.858 |`, two numbers beside each other in a table. */
const BEFORE_AND_AFTER = /\|\s*RMSE[^|]*\|\s*[\d.]+[^|]*\|\s*[\d.]+[^|]*\|/;

/** Whether the loop closed, and nothing was lost, leaked or asked for that must not be. */
export function verdict({ runs, seen, denied, attempts }: Rehearsed): readonly Finding[] {
  const { issues, releases, latest, deployments } = seen;
  const closing = issues[0]?.comments.at(-1) ?? '';
  const failed = runs.filter(({ conclusion }) => conclusion === 'failure');
  const leaks = runs.flatMap((run) => run.leaks.map((leak) => `${run.workflow}: ${leak}`));
  const finding = (what: string, holds: boolean, instead: string): Finding => ({
    what,
    holds,
    seen: instead,
  });
  return [
    finding('every run succeeded', failed.length === 0, failed.map(({ workflow }) => workflow).join(', ')),
    finding(
      'one drift issue, and it is closed',
      isOneClosed(issues),
      issues.map(describe).join('; ') || 'none',
    ),
    finding(
      'its closing comment holds before and after',
      /before/i.test(closing) && /after/i.test(closing) && BEFORE_AND_AFTER.test(closing),
      closing || 'no comment',
    ),
    finding('model-v3 is the latest release', latest === 'model-v3', String(latest)),
    finding(
      'every asset has the bytes its digest states',
      releases.length > 0 && releases.every(areSound),
      releases.map(({ tag, state, assets }) => `${tag} (${state}, ${assets.length} assets)`).join('; ') ||
        'none',
    ),
    finding(
      'v1, v2 and v3 were deployed, in this order',
      deployments.join() === '1,2,3',
      deployments.join(', '),
    ),
    finding('no secret was written in plain', leaks.length === 0, leaks.join('; ')),
    finding('every job had the permissions it used', denied.length === 0, denied.join('; ')),
    finding('nothing left this machine', attempts.length === 0, attempts.join('; ')),
  ];
}

/** What of it does not hold, one sentence each. */
export function brokenPromises(rehearsed: Rehearsed): readonly string[] {
  return verdict(rehearsed)
    .filter(({ holds }) => !holds)
    .map(({ what, seen }) => `not so: ${what}; ${seen}`);
}

function isOneClosed(issues: readonly SeenIssue[]): boolean {
  return issues.length === 1 && issues[0]?.state === 'closed' && issues[0].labels.includes('drift');
}

function describe({ number, title, state }: SeenIssue): string {
  return `#${number} ${title} (${state})`;
}

function areSound({ state, assets }: SeenRelease): boolean {
  return (
    state !== 'draft' &&
    assets.some(({ name }) => name === 'model.safetensors') &&
    assets.every(({ stated, measured }) => stated === measured)
  );
}
