/**
 * Escapes untrusted text (titles, genres, reasons that quote a file) for Markdown. The text must be shown unchanged,
 * and must have no effect: it must not notify a person, make a link, or end the table, comment or details around it.
 */

/** Control characters, line breaks, and marks that change the direction of text. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A zero-width space. GitHub finds mentions and links in the rendered text, where a backslash has no effect. */
const BREAK = '\u200b';

/**
 * One line of plain text: control characters and runs of spaces become one space, and text longer than `limit`
 * characters is cut and ends with an ellipsis. For places without Markdown, such as the title of an issue.
 */
export function oneLine(text: string, limit = 120): string {
  const line = text.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/**
 * Text for a line of Markdown or a table cell that is shown unchanged: it makes no emphasis, code, HTML, link, mention,
 * issue reference or formula.
 */
export function escapeMarkdown(text: string, limit = 120): string {
  return oneLine(text, limit)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\$/g, '&dollar;')
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/[@#]/g, `$&${BREAK}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\b(www)\./gi, `$1${BREAK}.`)
    .replace(/\b(GH)-(?=\d)/gi, `$1-${BREAK}`);
}
