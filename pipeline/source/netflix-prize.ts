import { Transform } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const BLOCK = /^(\d+):\s*$/;
const ROW = /^\d+,\s*\d+(\.\d+)?,\s*\d{4}-\d\d-\d\d\s*$/;

/** Whether a text begins as a file of the Netflix Prize: `1:`, then lines of user, rating and date of movie 1. */
export function isNetflixPrize(start: string): boolean {
  const [block = '', row = ''] = start.split('\n', 2);
  return BLOCK.test(block) && ROW.test(row);
}

/**
 * Turns the blocks of the Netflix Prize into CSV with a line for each rating. A line that is no rating becomes a row with
 * its movie only, so that it is counted as damaged.
 */
export function netflixToCsv(): Transform {
  const decoder = new StringDecoder('utf8');
  let header = 'userId,movieId,rating,timestamp\n';
  let rest = '';
  let movie = '';
  const converted = (text: string): string => {
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    const rows: string[] = [];
    for (const line of lines) rows.push(rowOf(line));
    return rows.join('');
  };
  const rowOf = (line: string): string => {
    const comma = line.indexOf(',');
    const block = comma < 0 ? BLOCK.exec(line)?.[1] : undefined;
    if (block !== undefined) movie = block;
    if (block !== undefined || line.trim() === '') return '';
    if (comma < 0) return `,${movie},,\n`;
    return `${line.slice(0, comma)},${movie}${line.slice(comma).trimEnd()}\n`;
  };
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      const rows = header + converted(rest + decoder.write(chunk));
      header = '';
      done(null, rows);
    },
    flush: (done) => done(null, rowOf(rest)),
  });
}
