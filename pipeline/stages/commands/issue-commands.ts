import type { RetrainingDecision } from '../../drift/retraining.ts';
import { type Issue, OWN_LABEL } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { plainLogin } from '../../reports/login.ts';
import { messageToMarkdown } from '../../reports/message-markdown.ts';
import { type DriftLock, withDriftLock } from '../../store/drift-lock.ts';
import { acknowledgeAlerts, recordDecision } from '../../store/drift-log.ts';
import { muteDrift, unmuteDrift } from '../../store/drift-mutes.ts';
import { listQuarantines } from '../../store/quarantine.ts';
import { readDispatch } from '../drift/comment-markers.ts';
import { isOpen, readEpisode, trainingState } from '../drift/episode.ts';
import { refreshDriftIssue, requestTraining } from '../drift/follow-issue.ts';
import { driftMarker } from '../drift/issue-title.ts';
import type { Pipeline } from '../pipeline.ts';
import { changeQuarantine } from '../quarantine/change-quarantine.ts';
import { quarantineReply, quarantineTable } from '../quarantine/quarantine-report.ts';
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

/** A comment that may contain a command. It is untrusted. */
export interface CommandComment {
  /** Number of its issue. */
  readonly issue: number;
  readonly login: string;
  /** Whether its author has write permission. */
  readonly mayWrite: boolean;
  readonly body: string;
  /** When it was written; by default now. A mute starts then. */
  readonly writtenAt?: Date;
}

/**
 * The result of a comment: `ignored` when it is not a command on our issue, `refused` when its author has no write
 * permission, `invalid` when the command is unknown or the episode is closed.
 */
export type CommandOutcome =
  | { readonly status: 'ignored' | 'refused' | 'invalid'; readonly text: string }
  | { readonly status: 'done'; readonly command: IssueCommand; readonly text: string };

/** An accepted command, or the reason to stop. Needs only the forge. */
export type CheckedCommand =
  | Exclude<CommandOutcome, { readonly status: 'done' }>
  | {
      readonly status: 'accepted';
      readonly command: NonNullable<ReturnType<typeof parseIssueCommand>>;
      readonly issue: Issue;
    };

/**
 * Checks whether a comment is a command of a person with write permission. Others get one refusal per issue. Needs
 * no database and no lock, so many comments of strangers delay nobody.
 */
export async function checkIssueCommand(
  pipeline: Pick<Pipeline, 'forge' | 'config'>,
  comment: CommandComment,
): Promise<CheckedCommand> {
  const command = parseIssueCommand(comment.body);
  if (command === null) return { status: 'ignored', text: 'The comment has no command.' };
  const issue = await findDriftIssue(pipeline, comment.issue);
  if (issue === null) return { status: 'ignored', text: `Issue ${comment.issue} is not a drift issue.` };
  if (!comment.mayWrite) return refuse(pipeline, issue, comment.login);
  return { status: 'accepted', command, issue };
}

/**
 * Runs the command of a comment on the drift issue and replies in a comment. Running the same comment again leaves
 * the same state. Refuses authors as `checkIssueCommand` does.
 *
 * @returns the reply, or the reason why there is none.
 */
export async function runIssueCommand(pipeline: Pipeline, comment: CommandComment): Promise<CommandOutcome> {
  return withDriftLock(pipeline.store, async (lock) => {
    const checked = await checkIssueCommand(pipeline, comment);
    if (checked.status !== 'accepted') return checked;
    const { issue, command } = checked;
    const reject = async (text: string): Promise<CommandOutcome> => {
      await pipeline.forge.issues.comment(issue.number, text);
      return { status: 'invalid', text };
    };
    if (command.verb === 'invalid') return reject(invalidReply(command.line));
    if (issue.state === 'closed' && !ALWAYS.has(command.verb)) return reject(closedReply());
    return { status: 'done', command, text: await carryOut(lock, pipeline, issue, command, comment) };
  });
}

/** Commands that are about more than one episode. They work on a closed issue too. */
const ALWAYS: ReadonlySet<IssueCommand['verb']> = new Set(['status', 'quarantine']);

/** The issue if it is our drift issue. Anyone can copy the marker, but only we can set the label. */
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
    return { status: 'refused', text: `${login} already got the reply that commands need write permission.` };
  }
  const text = refusalReply(login);
  await forge.issues.comment(issue.number, text);
  return { status: 'refused', text };
}

/** @returns the posted reply. */
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
    case 'quarantine':
      return answer(await quarantine(lock, pipeline, command, { by: login, at: writtenAt ?? at }));
    case 'status':
      return answer(statusReport(await readStatus(pipeline)));
  }
}

/** @returns the reply, also when there is nothing to quarantine or to release. */
async function quarantine(
  lock: DriftLock,
  pipeline: Pipeline,
  command: Extract<IssueCommand, { readonly verb: 'quarantine' }>,
  who: { readonly by: string; readonly at: Date },
): Promise<string> {
  const { store, forge } = pipeline;
  if (command.action === 'list') return quarantineTable(await listQuarantines(store));
  try {
    const quarantines = await changeQuarantine(lock, pipeline, { ...command, ...who });
    await forge.dispatch('drift', {});
    return quarantineReply({ ...command, ...who }, quarantines);
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'quarantine-unknown') {
      return messageToMarkdown(`${error.message} ${error.remedy}`);
    }
    throw error;
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
    // The same command was delivered twice: it already has its reply.
    const last = issue.comments.at(-1);
    return last !== undefined && readDispatch(last)?.requestedBy === plainLogin(login)
      ? last.body
      : answer(underWayReply(stage, requestedAt, retryAfterHours));
  }
  // The run would find the same, and the issue would wait for nothing.
  const plan = await planTraining(pipeline, { reason: 'drift', issue: issue.number });
  if (plan.kind === 'refused-before') return answer(refusedBeforeReply(plan.version));
  const decision: RetrainingDecision = {
    decision: 'retrain',
    reason: 'manual',
    expectedGain: null,
    reasons: [`requested by ${login}`],
  };
  await recordDecision(store, {
    checkId: newest.checkId,
    decidedAt: at,
    decision,
    inputs: { issue: issue.number, login },
  });
  return (await requestTraining(lock, pipeline, episode, decision, login)).comment;
}
