import { z } from 'zod';
import { OperatorError } from '../../pipeline/lib/errors.ts';

/** The part of an `issue_comment` event that a command needs. It is untrusted. */
const event = z.object({
  issue: z.object({ number: z.int().positive() }),
  comment: z.object({
    body: z.string(),
    created_at: z.iso.datetime(),
    user: z.object({ login: z.string().max(100) }),
  }),
});

/** A comment on an issue. */
export interface IssueComment {
  readonly issue: number;
  readonly login: string;
  readonly body: string;
  readonly writtenAt: Date;
}

/** @throws OperatorError `input-invalid` when the event is not a comment on an issue. */
export function readCommentEvent(payload: unknown): IssueComment {
  const result = event.safeParse(payload);
  if (result.success) {
    const { issue, comment } = result.data;
    return {
      issue: issue.number,
      login: comment.user.login,
      body: comment.body,
      writtenAt: new Date(comment.created_at),
    };
  }
  throw new OperatorError(
    'input-invalid',
    'The event of this run is not a comment on an issue.',
    'Use this action in a workflow that runs on issue_comment, as .github/workflows/issue-command.yml does.',
  );
}
