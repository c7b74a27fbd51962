import { escapeMarkdown, oneLine } from '../lib/escape.ts';

/**
 * A message as one line of Markdown. Text between two backticks is shown as code; everything else is escaped.
 *
 * @param limit characters.
 */
export function messageToMarkdown(text: string, limit = 4_000): string {
  const parts = text.slice(0, limit).split('`');
  // With an unpaired backtick nothing is code.
  if (parts.length % 2 === 0) return escapeMarkdown(text, limit);
  return parts
    .map((part, index) => (index % 2 === 0 ? escapedAsWritten(part, limit) : codeSpan(part, limit)))
    .join('');
}

/** The same in the cell of a table, where a bar inside code would end the cell. */
export function messageToCell(text: string, limit = 400): string {
  return messageToMarkdown(text, limit).replace(/(?<!\\)\|/g, '\\|');
}

/** `escapeMarkdown` trims; this keeps the space beside code. */
function escapedAsWritten(text: string, limit: number): string {
  const escaped = escapeMarkdown(text, limit);
  if (escaped === '') return /\s/.test(text) ? ' ' : '';
  return `${/^\s/.test(text) ? ' ' : ''}${escaped}${/\s$/.test(text) ? ' ' : ''}`;
}

/** Code inside a line: `npm run demo`. Backticks in the text become apostrophes, because they cannot be escaped. */
export function codeSpan(text: string, limit = 200): string {
  const line = oneLine(text, limit).replace(/`/g, "'");
  return line === '' ? '' : `\`${line}\``;
}
