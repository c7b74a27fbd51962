import { escapeMarkdown, oneLine } from '../lib/escape.ts';

/**
 * Sentences that may quote what came from outside, in a line of Markdown. What stands between two backticks is
 * shown as code; everything else shows as it is.
 *
 * @param limit characters.
 */
export function prose(text: string, limit = 4_000): string {
  const parts = text.slice(0, limit).split('`');
  // An odd backtick opens nothing: the text is no sentence of ours then.
  if (parts.length % 2 === 0) return escapeMarkdown(text, limit);
  return parts
    .map((part, index) => (index % 2 === 0 ? escapedAsWritten(part, limit) : codeSpan(part, limit)))
    .join('');
}

/** The same in the cell of a table, where a bar inside code would end the cell. */
export function proseCell(text: string, limit = 400): string {
  return prose(text, limit).replace(/(?<!\\)\|/g, '\\|');
}

/** Escaping trims; the blank between a sentence and its code is kept. */
function escapedAsWritten(text: string, limit: number): string {
  const escaped = escapeMarkdown(text, limit);
  if (escaped === '') return /\s/.test(text) ? ' ' : '';
  return `${/^\s/.test(text) ? ' ' : ''}${escaped}${/\s$/.test(text) ? ' ' : ''}`;
}

/** Code inside a line: `npm run demo`. Backticks of the text become apostrophes, since nothing escapes them. */
export function codeSpan(text: string, limit = 200): string {
  const line = oneLine(text, limit).replace(/`/g, "'");
  return line === '' ? '' : `\`${line}\``;
}
