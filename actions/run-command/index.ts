import { runIssueCommand } from '../../pipeline/flows/issue-commands.ts';
import { commandSummary } from '../../pipeline/reports/summaries/command.ts';
import { withPipeline } from '../open-pipeline.ts';
import { runAction } from '../run-action.ts';
import { runCommand } from './action.ts';
import { readCommentEvent } from './comment-event.ts';

await runAction(runCommand, { env: process.env, clock: () => new Date() }, async (context) => {
  const comment = readCommentEvent(context.run.event);
  return withPipeline(context, 'change', async ({ pipeline, github, store }) => {
    const mayWrite = await github.repository.mayWrite(comment.login);
    const outcome = await runIssueCommand(pipeline, { ...comment, mayWrite });
    return {
      outputs: { outcome: outcome.status },
      summary: commandSummary({ login: comment.login, outcome, store }),
    };
  });
});
