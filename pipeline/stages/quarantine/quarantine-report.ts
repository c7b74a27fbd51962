import { escapeMarkdown } from '../../lib/escape.ts';
import { loginSpan } from '../../reports/login.ts';
import { paragraphs, table } from '../../reports/markdown.ts';
import { formatCount, formatInstant } from '../../reports/numbers.ts';
import { quarantineText } from '../../reports/quarantine-text.ts';
import type { Quarantine } from '../../store/quarantine.ts';
import type { QuarantineChange } from './change-quarantine.ts';

/** `user 12` */
const nameOf = ({ kind, id }: Quarantine): string => `${kind} ${id}`;

/** The reply to `quarantine` and `quarantine release`. */
export function quarantineReply(
  { action, by }: Pick<QuarantineChange, 'action' | 'by'>,
  quarantines: readonly Quarantine[],
): string {
  if (action === 'release') {
    return `Released by ${loginSpan(by)}: ${quarantines.map(nameOf).join(', ')}. The ratings count again from the next check on, which was dispatched.`;
  }
  const active = quarantineText(quarantines);
  const ended = quarantines.filter(({ releasedAt }) => releasedAt !== null);
  return paragraphs([
    active === null
      ? null
      : `In quarantine: ${active}. Checks and trainings leave these ratings out from now on, and what is served does from the next deployment on. Nothing is deleted: \`/cinematch quarantine release\` takes them back. The open alerts are acknowledged; a check without these ratings was dispatched.`,
    ended.length === 0
      ? null
      : `This request was carried out before and has been released since: ${ended.map(nameOf).join(', ')}.`,
  ]);
}

/** What is in quarantine, as a table. */
export function quarantineTable(quarantines: readonly Quarantine[]): string {
  const active = quarantines.filter(({ releasedAt }) => releasedAt === null);
  if (active.length === 0) return 'Nothing is in quarantine.';
  return table(
    {
      header: ['In quarantine', 'Ratings', 'Since', 'By', 'Reason'],
      rows: active.map((one) => [
        nameOf(one),
        formatCount(one.ratings),
        formatInstant(one.at),
        loginSpan(one.by),
        escapeMarkdown(one.reason, 200),
      ]),
    },
    'lrlll',
  );
}
