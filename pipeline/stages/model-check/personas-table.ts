import { escapeMarkdown } from '../../lib/escape.ts';
import { details, paragraphs, table } from '../../reports/markdown.ts';
import { NO_VALUE } from '../../reports/numbers.ts';
import type { ModelCheck, PersonaChange } from './model-check.ts';

/** Characters of a title, at most. */
const TITLE_LENGTH = 80;

/** Which movies the personas gained and lost; null when nothing was compared. */
export function personaSection({ personas, obstacle }: ModelCheck): string | null {
  if (obstacle !== null || personas.length === 0) return null;
  const changed = personas.filter(
    ({ before, gained, lost }) => before === null || gained.length + lost.length > 0,
  );
  if (changed.length === 0) {
    return `**Recommendations:** the top 10 of all ${personas.length} fixed personas is unchanged.`;
  }
  return paragraphs([
    `**Recommendations that changed** (${changed.length} of ${personas.length} fixed personas):`,
    table(
      {
        header: ['Persona', 'Unchanged', 'Gained', 'Lost'],
        rows: changed.map(({ name, description, before, overlap, gained, lost }) => [
          `**${escapeMarkdown(name, 60)}**: ${escapeMarkdown(description, 200)}`,
          before === null ? 'new persona' : `${overlap ?? NO_VALUE} of ${before.length}`,
          titlesText(gained),
          titlesText(lost),
        ]),
      },
      'lrll',
    ),
  ]);
}

const titleText = (title: string): string => escapeMarkdown(title, TITLE_LENGTH);
const titlesText = (titles: readonly string[]): string =>
  titles.length === 0 ? NO_VALUE : titles.map(titleText).join('<br>');

/** Both lists of every persona, side by side. */
export function listDetails({ personas, obstacle }: ModelCheck): string | null {
  if (personas.length === 0) return null;
  const list = ({ name, before, after }: PersonaChange): string => {
    const places = Math.max(before?.length ?? 0, after.length);
    const rows = Array.from({ length: places }, (_, place) => [
      String(place + 1),
      ...(obstacle === null ? [cell(before?.[place])] : []),
      cell(after[place]),
    ]);
    const header = ['', ...(obstacle === null ? ['Base'] : []), 'Head'];
    return paragraphs([`**${escapeMarkdown(name, 60)}**`, table({ header, rows }, 'rll')]);
  };
  return details('The top 10 of every persona', paragraphs(personas.map(list)));
}

const cell = (title: string | undefined): string => (title === undefined ? NO_VALUE : titleText(title));
