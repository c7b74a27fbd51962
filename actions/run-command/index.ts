import { commandSummary } from '../../pipeline/stages/commands/command-summary.ts';
import { checkIssueCommand, runIssueCommand } from '../../pipeline/stages/commands/issue-commands.ts';
import { openGithubOfRun, withPipeline } from '../open-pipeline.ts';
import { type ActionContext, type ActionResult, runAction } from '../run-action.ts';
import { runCommandAction } from './action.ts';
import { readCommentEvent } from './comment-event.ts';

type Context = ActionContext<typeof runCommandAction.inputs>;
type Result = ActionResult<typeof runCommandAction.outputs>;

await runAction(
  runCommandAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) => (context.inputs.step === 'hear' ? hear(context) : carryOut(context)),
);

async function hear(context: Context): Promise<Result> {
  const comment = readCommentEvent(context.run.event);
  const { config } = context;
  const { forge, repository } = openGithubOfRun(context);
  const mayWrite = await repository.mayWrite(comment.login);
  const checked = await checkIssueCommand({ forge, config }, { ...comment, mayWrite });
  return {
    outputs: { outcome: checked.status },
    summary: checked.status === 'accepted' ? '' : commandSummary({ login: comment.login, outcome: checked }),
  };
}

function carryOut(context: Context): Promise<Result> {
  const comment = readCommentEvent(context.run.event);
  return withPipeline(context, 'keep', async ({ pipeline, github, store }) => {
    // Checked again: the command may have waited for other runs.
    const mayWrite = await github.repository.mayWrite(comment.login);
    const outcome = await runIssueCommand(pipeline, { ...comment, mayWrite });
    return {
      outputs: { outcome: outcome.status },
      summary: commandSummary({ login: comment.login, outcome, store }),
    };
  });
}
