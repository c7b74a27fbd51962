import { escapeMarkdown } from '../../lib/escape.ts';
import { loginSpan, plainLogin } from '../../reports/login.ts';
import { paragraphs } from '../../reports/markdown.ts';
import { formatInstant } from '../../reports/numbers.ts';
import type { Stage } from '../drift/issue-title.ts';

const FORMS = [
  '- `/cinematch retrain` trains and judges a challenger now',
  '- `/cinematch ack` says that you have looked: retraining waits for a new alert',
  '- `/cinematch mute 14d` silences the checks, for 1 hour to 90 days: `12h`, `14d`, `2w`',
  '- `/cinematch unmute` ends that',
  '- `/cinematch status` shows what serves and what comes next',
].join('\n');

/** The answer to a command that is none. `line` is what somebody wrote. */
export function invalidReply(line: string): string {
  return paragraphs([
    `There is no command "${escapeMarkdown(line, 80)}", so nothing was done. There are:`,
    FORMS,
  ]);
}

/** The hidden mark that a person has been told on this issue. */
export const refusalMarker = (login: string): string => `<!-- cinematch:refused:${plainLogin(login)} -->`;

/** The one answer to somebody who may not give commands. */
export function refusalReply(login: string): string {
  return paragraphs([
    refusalMarker(login),
    `Thank you, ${loginSpan(login)}. Commands are carried out for people with write permission to this repository, so nothing was done. A maintainer who reads this can give the command.`,
  ]);
}

export const closedReply = (): string =>
  'This episode is closed, so nothing was done. A new one gets an issue of its own; `/cinematch status` works here too.';

/** The answer to `ack`: who has looked at the newest alert. */
export function acknowledgedReply(
  acknowledgement: { readonly by: string; readonly at: Date } | null,
): string {
  return acknowledgement === null
    ? 'There is no open alert to acknowledge.'
    : `Acknowledged by ${loginSpan(acknowledgement.by)}, ${formatInstant(acknowledgement.at)}: retraining waits for a new alert.`;
}

/** The answer to `mute` and `unmute`: whether a mute lasts. */
export function muteReply(mute: { readonly by: string; readonly until: Date } | null): string {
  return mute === null
    ? 'No mute lasts: the next check acts as usual.'
    : `Muted by ${loginSpan(mute.by)} until ${formatInstant(mute.until)}. Checks go on and are written down; until then nothing is opened, said or trained because of them. \`/cinematch unmute\` ends it.`;
}

/** The answer to `retrain` when that has been asked for and has not ended. */
export function underWayReply(stage: Stage, requestedAt: Date, retryAfterHours: number): string {
  const again = new Date(requestedAt.getTime() + retryAfterHours * 3_600_000);
  return `Retraining was dispatched ${formatInstant(requestedAt)} already; it is at the stage \`${stage}\`. When nothing comes of it, it can be asked for again from ${formatInstant(again)} on.`;
}

/** The answer to `retrain` when it would make a model that the gate has refused. */
export const refusedBeforeReply = (version: number): string =>
  `Training now would make model v${version} again, which the gate refused: the ratings, the settings and the champion are the same. A new batch, or other settings in \`cinematch.config.ts\`, make another model.`;
