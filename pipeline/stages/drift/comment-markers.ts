import type { DeployStep, ErrorCode } from '../../lib/errors.ts';
import { plainLogin } from '../../reports/login.ts';
import { type DriftChange, driftStageComment } from './issue-comments.ts';
import { driftSeverity } from './issue-title.ts';

/**
 * Hidden markers in the comments of a drift issue. They say what a comment tells, so that no program reads its
 * sentences: who was told already, and what was asked for.
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
      const { again, askedBy } = change;
      const after = again === null ? '' : ` again=${again.requestedAt?.toISOString() ?? 'unknown'}`;
      const by = askedBy === null ? '' : ` by=${plainLogin(askedBy)}`;
      return `<!-- cinematch:training-dispatched${after}${by} -->`;
    }
    case 'stage':
      return `<!-- cinematch:stage:${change.stage}:v${change.version} -->`;
  }
}

/** Whether a comment tells of this very change. One that was posted before there were markers has only the text. */
export function tells({ body }: Comment, change: DriftChange): boolean {
  return body.includes(changeMarker(change)) || body === driftStageComment(change);
}

/** A request to train that was dispatched: once more, or for the first time, and who asked for it. */
interface Dispatch {
  readonly isAgain: boolean;
  /** Null when a check did. */
  readonly askedBy: string | null;
}

const DISPATCHED = /<!-- cinematch:training-dispatched( again=\S+)?(?: by=(\S+))? -->/;
/** Such a comment as it was posted before there were markers. This format is frozen. */
const UNMARKED = /^\*\*Retraining was dispatched( again)?(?:, as `(\S+)` asked)?[.:]\*\*/;

/** The request that a comment tells of; null when it tells of none. */
export function readDispatch(comment: Comment | undefined): Dispatch | null {
  const body = comment?.body ?? '';
  const found = DISPATCHED.exec(body) ?? UNMARKED.exec(body);
  return found && { isAgain: found[1] !== undefined, askedBy: found[2] ?? null };
}

/** The marker of a comment about a deployment that failed. The same step for the same model has the same marker. */
export function failureMarker(version: number, step: DeployStep | ErrorCode): string {
  return `<!-- cinematch:deployment-failed v${version} ${step} -->`;
}
