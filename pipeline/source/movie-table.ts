import { parse } from 'csv-parse/sync';

/** The separators of tables, in the order in which they are tried. */
const SEPARATORS = ['::', '\t', '|', ';', ','] as const;
/** A line that begins inside of a quotation: the one before it has a stray quotation mark. */
const ROW_WITHIN = /\n"?[\w-]+"?\s*(?:::|[,;|\t])/;

/**
 * Splits a table of text into its rows. Quoted separators, quoted line breaks and doubled quotation marks are read as RFC
 * 4180 says. A row with a stray quotation mark ends at its line, and its fields are taken as they stand, so that it
 * cannot hide the rows after it.
 */
export function tableRows(text: string): readonly (readonly string[])[] {
  const [, marked] = /^sep=(.)\r?\n/i.exec(text) ?? [];
  const table = marked === undefined ? text : text.slice(text.indexOf('\n') + 1);
  const separator = marked ?? separatorOf(table.split('\n', 1)[0] ?? '');
  const whole = parsed(table, separator);
  if (whole === null) return table.split('\n').flatMap((line) => rowsOfLine(line, separator));
  return whole.flatMap(({ record, raw }) => {
    const isDamaged = ROW_WITHIN.test(raw.trimEnd());
    return isDamaged ? raw.split('\n').flatMap((line) => rowsOfLine(line, separator)) : [record];
  });
}

/** The separator that the first line has most often; of several, the first in the list. */
function separatorOf(line: string): string {
  const counts = SEPARATORS.map((separator) => line.split(separator).length);
  const most = Math.max(...counts);
  const [dat = 0] = counts;
  return dat > 2 ? '::' : (SEPARATORS[counts.lastIndexOf(most)] ?? ',');
}

interface Parsed {
  readonly record: string[];
  readonly raw: string;
}

/** @returns null when a quotation is never closed. */
function parsed(text: string, separator: string, quote: '"' | false = '"'): readonly Parsed[] | null {
  try {
    return parse(text, {
      delimiter: separator,
      quote,
      bom: true,
      raw: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }) as unknown as readonly Parsed[];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'CSV_QUOTE_NOT_CLOSED') return null;
    throw error;
  }
}

const rowsOfLine = (line: string, separator: string): readonly (readonly string[])[] =>
  (parsed(line, separator) ?? parsed(line, separator, false) ?? []).map(({ record }) => record);
