/**
 * Text from outside (titles, genres, reasons that quote a file) in a place where Markdown is read. Two things
 * are at stake: that the text shows as it is, and that it does nothing, neither notify a person nor link
 * somewhere nor end the table, the comment or the details it stands in.
 */

/** Control characters, line breaks, and the marks that turn the direction of what follows. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A zero-width space: a mention or a link is recognised in the rendered text, where an escape is gone. */
const BREAK = '\u200b';

/**
 * One line of plain text: control characters and runs of blanks become one blank, and what is longer than
 * `limit` characters ends in an ellipsis. For places that are not Markdown, such as the title of an issue.
 */
export function oneLine(text: string, limit = 120): string {
  const line = text.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= limit ? line : `${characters.slice(0, limit - 1).join('')}…`;
}

/**
 * Text that stands inside a line of Markdown or a table cell and shows exactly as it is: no emphasis, code,
 * HTML, link, mention, issue reference or formula comes of it.
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
