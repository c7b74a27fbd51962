import { escapeMarkdown } from '../../lib/escape.ts';
import { loginSpan, plainLogin } from '../../reports/login.ts';
import { paragraphs } from '../../reports/markdown.ts';
import { formatInstant } from '../../reports/numbers.ts';
import type { Acknowledgement } from '../../store/drift-log.ts';
import type { Mute } from '../../store/drift-mutes.ts';
import type { Stage } from '../drift/issue-title.ts';

const FORMS = [
  '- `/cinematch retrain` trains a challenger and runs the gate now',
  '- `/cinematch ack` acknowledges the alert: retraining waits for a new one',
  '- `/cinematch mute 14d` mutes the checks, for 1 hour to 90 days: `12h`, `14d`, `2w`',
  '- `/cinematch unmute` ends the mute',
  '- `/cinematch quarantine user 12` keeps the ratings of a user out, and so do `batch 7` and `movie 260`; a reason may follow',
  '- `/cinematch quarantine release user 12` takes them back, and `/cinematch quarantine list` shows what is kept out',
  '- `/cinematch status` shows the serving model and the next step',
].join('\n');

/** The reply to an unknown command. `line` is untrusted text. */
export function invalidReply(line: string): string {
  return paragraphs([
    `There is no command "${escapeMarkdown(line, 80)}", so nothing was done. The commands are:`,
    FORMS,
  ]);
}

/** The hidden marker of a refusal to this person. */
export const refusalMarker = (login: string): string => `<!-- cinematch:refused:${plainLogin(login)} -->`;

/** The reply to a person without write permission. */
export function refusalReply(login: string): string {
  return paragraphs([
    refusalMarker(login),
    `Thank you, ${loginSpan(login)}. Commands work only for people with write permission to this repository, so nothing was done. A maintainer can post the command.`,
  ]);
}

export const closedReply = (): string =>
  'This episode is closed, so nothing was done. New drift opens a new issue. `/cinematch status` still works here.';

/** The reply to `ack`. */
export function acknowledgedReply(acknowledgement: Acknowledgement | null): string {
  return acknowledgement === null
    ? 'There is no open alert to acknowledge.'
    : `Acknowledged by ${loginSpan(acknowledgement.by)}, ${formatInstant(acknowledgement.at)}: retraining waits for a new alert.`;
}

/** The reply to `mute` and `unmute`. */
export function muteReply(mute: Mute | null): string {
  return mute === null
    ? 'Checks are not muted: the next check acts as usual.'
    : `Muted by ${loginSpan(mute.by)} until ${formatInstant(mute.until)}. Until then checks are stored, but open no issue, post no comment and start no training. \`/cinematch unmute\` ends the mute.`;
}

/** The reply to `retrain` while a training is under way. */
export function underWayReply(stage: Stage, requestedAt: Date, retryAfterHours: number): string {
  const again = new Date(requestedAt.getTime() + retryAfterHours * 3_600_000);
  return `Retraining was already dispatched ${formatInstant(requestedAt)}; its stage is \`${stage}\`. If it has no result, you can request it again from ${formatInstant(again)}.`;
}

/** The reply to `retrain` when it would repeat a training that the gate refused. */
export const refusedBeforeReply = (version: number): string =>
  `Training now would give the same model as v${version}, which the gate refused: ratings, settings and champion are the same. Ingest a new batch or change the settings in \`cinematch.config.ts\` first.`;
