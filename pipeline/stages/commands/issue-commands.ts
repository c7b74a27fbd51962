import type { RetrainingDecision } from '../../drift/retraining.ts';
import { type Issue, OWN_LABEL } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { plainLogin } from '../../reports/login.ts';
import { type DriftLock, withDriftLock } from '../../store/drift-lock.ts';
import { acknowledgeAlerts, recordDecision } from '../../store/drift-log.ts';
import { muteDrift, unmuteDrift } from '../../store/drift-mutes.ts';
import { readDispatch } from '../drift/comment-markers.ts';
import { isOpen, readEpisode, trainingState } from '../drift/episode.ts';
import { refreshDriftIssue, requestTraining } from '../drift/follow-issue.ts';
import { driftMarker } from '../drift/issue-title.ts';
import type { Pipeline } from '../pipeline.ts';
import { planTraining } from '../training/plan-training.ts';
import {
  acknowledgedReply,
  closedReply,
  invalidReply,
  muteReply,
  refusalMarker,
  refusalReply,
  refusedBeforeReply,
  underWayReply,
} from './command-replies.ts';
import { type IssueCommand, parseIssueCommand } from './parse-issue-command.ts';
import { readStatus } from './pipeline-status.ts';
import { statusReport } from './status-report.ts';

const HOUR = 3_600_000;

/** A comment that may hold a command. Anyone may have written it. */
export interface CommandComment {
  /** Number of the issue it stands on. */
  readonly issue: number;
  readonly login: string;
  /** Whether its author may steer this repository. */
  readonly mayWrite: boolean;
  readonly body: string;
  /** When it was written; the present when it is not known. A mute counts from then. */
  readonly writtenAt?: Date;
}

/**
 * What became of a comment: `ignored` when it is no command on an issue of ours, `refused` when its author may
 * not give any, `invalid` when there is no such command or the episode is closed.
 */
export type CommandOutcome =
  | { readonly status: 'ignored' | 'refused' | 'invalid'; readonly text: string }
  | { readonly status: 'done'; readonly command: IssueCommand; readonly text: string };

/** What the forge alone says of a comment: a command to be carried out, or how it ends here. */
export type HeardCommand =
  | Exclude<CommandOutcome, { readonly status: 'done' }>
  | {
      readonly status: 'accepted';
      readonly command: NonNullable<ReturnType<typeof parseIssueCommand>>;
      readonly issue: Issue;
    };

/**
 * Looks whether a comment is a command of somebody who may give it. People without write permission are told
 * so once on an issue. It takes neither database nor turn, so a stranger who writes many keeps nobody waiting.
 */
export async function hearIssueCommand(
  pipeline: Pick<Pipeline, 'forge' | 'config'>,
  comment: CommandComment,
): Promise<HeardCommand> {
  const command = parseIssueCommand(comment.body);
  if (command === null) return { status: 'ignored', text: 'The comment holds no command.' };
  const issue = await findDriftIssue(pipeline, comment.issue);
  if (issue === null) return { status: 'ignored', text: `Issue ${comment.issue} is no drift issue.` };
  if (!comment.mayWrite) return refuse(pipeline, issue, comment.login);
  return { status: 'accepted', command, issue };
}

/**
 * Carries out the command of a comment on the drift issue and answers in a comment. The same comment once more
 * leaves the same state. Who may not give commands is refused, as `hearIssueCommand` does.
 *
 * @returns what was answered, or why nothing was.
 */
export async function runIssueCommand(pipeline: Pipeline, comment: CommandComment): Promise<CommandOutcome> {
  return withDriftLock(pipeline.store, async (lock) => {
    const heard = await hearIssueCommand(pipeline, comment);
    if (heard.status !== 'accepted') return heard;
    const { issue, command } = heard;
    const reject = async (text: string): Promise<CommandOutcome> => {
      await pipeline.forge.issues.comment(issue.number, text);
      return { status: 'invalid', text };
    };
    if (command.verb === 'invalid') return reject(invalidReply(command.line));
    if (issue.state === 'closed' && command.verb !== 'status') return reject(closedReply());
    return { status: 'done', command, text: await carryOut(lock, pipeline, issue, command, comment) };
  });
}

/** The issue, when it is one of ours about drift: the label is ours to give, the marker anyone may copy. */
async function findDriftIssue(
  { forge, config }: Pick<Pipeline, 'forge' | 'config'>,
  number: number,
): Promise<Issue | null> {
  try {
    const issue = await forge.issues.get(number);
    const isOurs = issue.labels.includes(OWN_LABEL) && issue.body.includes(driftMarker(config.dataset));
    return isOurs ? issue : null;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'forge-missing') return null;
    throw error;
  }
}

async function refuse(
  { forge }: Pick<Pipeline, 'forge'>,
  issue: Issue,
  login: string,
): Promise<{ readonly status: 'refused'; readonly text: string }> {
  const marker = refusalMarker(login);
  if (issue.comments.some(({ body }) => body.includes(marker))) {
    return { status: 'refused', text: `${login} has been told already that commands take write permission.` };
  }
  const text = refusalReply(login);
  await forge.issues.comment(issue.number, text);
  return { status: 'refused', text };
}

/** @returns the answer, which has been posted. */
async function carryOut(
  lock: DriftLock,
  pipeline: Pipeline,
  issue: Issue,
  command: IssueCommand,
  { login, writtenAt }: CommandComment,
): Promise<string> {
  const { store, forge, clock } = pipeline;
  const at = clock();
  const answer = async (text: string): Promise<string> => {
    await forge.issues.comment(issue.number, text);
    return text;
  };
  switch (command.verb) {
    case 'retrain':
      return retrain(lock, pipeline, login, answer);
    case 'ack':
      await acknowledgeAlerts(store, { by: login, at });
      return answer(acknowledgedReply((await refreshDriftIssue(lock, pipeline))?.acknowledgement ?? null));
    case 'mute': {
      const from = writtenAt ?? at;
      const until = new Date(from.getTime() + command.hours * HOUR);
      await muteDrift(store, { by: login, at: from, until });
      return answer(muteReply((await refreshDriftIssue(lock, pipeline))?.mute ?? null));
    }
    case 'unmute':
      await unmuteDrift(store, { at });
      return answer(muteReply((await refreshDriftIssue(lock, pipeline))?.mute ?? null));
    case 'status':
      return answer(statusReport(await readStatus(pipeline)));
  }
}

async function retrain(
  lock: DriftLock,
  pipeline: Pipeline,
  login: string,
  answer: (text: string) => Promise<string>,
): Promise<string> {
  const { store, config } = pipeline;
  const episode = await readEpisode(pipeline);
  if (!isOpen(episode)) return answer(closedReply());
  const { stage, requestedAt, issue, newest, at } = episode;
  const { retryAfterHours } = config.retraining;
  if (trainingState(episode, retryAfterHours) === 'under-way' && requestedAt !== null) {
    // The same command delivered twice: it has its answer.
    const last = issue.comments.at(-1);
    return last !== undefined && readDispatch(last)?.askedBy === plainLogin(login)
      ? last.body
      : answer(underWayReply(stage, requestedAt, retryAfterHours));
  }
  // The run would find out the same, and the issue would wait for it in vain.
  const plan = await planTraining(pipeline, { reason: 'drift', issue: issue.number });
  if (plan.kind === 'refused-before') return answer(refusedBeforeReply(plan.version));
  const decision: RetrainingDecision = { decision: 'retrain', reasons: [`asked for by ${login}`] };
  await recordDecision(store, {
    checkId: newest.checkId,
    decidedAt: at,
    decision,
    inputs: { issue: issue.number, login },
  });
  return (await requestTraining(lock, pipeline, episode, decision, login)).comment;
}
