import type { DeployStep, ErrorCode } from '../../lib/errors.ts';
import { plainLogin } from '../../reports/login.ts';
import { type DriftChange, driftStageComment } from './issue-comments.ts';
import { driftSeverity } from './issue-title.ts';

/**
 * Hidden markers in the comments of a drift issue. They identify the reported change, so that no program parses
 * sentences.
 */

interface Comment {
  readonly body: string;
}

/** The marker of a comment about a change. Equal changes have equal markers. */
export function changeMarker(change: DriftChange): string {
  switch (change.kind) {
    case 'severity':
      return `<!-- cinematch:severity:${change.from}:${driftSeverity(change.check)} -->`;
    case 'training': {
      const { again, requestedBy } = change;
      const after = again === null ? '' : ` again=${again.requestedAt?.toISOString() ?? 'unknown'}`;
      const by = requestedBy === null ? '' : ` by=${plainLogin(requestedBy)}`;
      return `<!-- cinematch:training-dispatched${after}${by} -->`;
    }
    case 'stage':
      return `<!-- cinematch:stage:${change.stage}:v${change.version} -->`;
  }
}

/** Whether a comment reports this change. Comments from before the markers have only the text. */
export function isAbout({ body }: Comment, change: DriftChange): boolean {
  return body.includes(changeMarker(change)) || body === driftStageComment(change);
}

/** A training request that was dispatched. */
interface Dispatch {
  readonly isAgain: boolean;
  /** Login; null for a check. */
  readonly requestedBy: string | null;
}

const DISPATCHED = /<!-- cinematch:training-dispatched( again=\S+)?(?: by=(\S+))? -->/;
/** The same comment from before the markers. This format is frozen. */
const UNMARKED = /^\*\*Retraining was dispatched( again)?(?:, as `(\S+)` asked)?[.:]\*\*/;

/** The request that a comment reports; null when it reports none. */
export function readDispatch(comment: Comment | undefined): Dispatch | null {
  const body = comment?.body ?? '';
  const found = DISPATCHED.exec(body) ?? UNMARKED.exec(body);
  return found && { isAgain: found[1] !== undefined, requestedBy: found[2] ?? null };
}

/** The marker of a comment about a failed deployment. The same step for the same model has the same marker. */
export function failureMarker(version: number, step: DeployStep | ErrorCode): string {
  return `<!-- cinematch:deployment-failed v${version} ${step} -->`;
}
