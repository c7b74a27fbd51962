import { scaleText } from '../../lib/rating-scale.ts';
import { rejectedText } from '../../ratings/reading-report.ts';
import { formatCount } from '../../reports/numbers.ts';
import type { RatedSource } from '../../source/read-rated-source.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What of a source is not as usual, a sentence each. */
export function readingNotes(read: RatedSource): readonly string[] {
  const { name, report, scale, times, hasTimes, notes } = read;
  const [first] = report.examples;
  return [
    ...notes.map((note) => `${name}: ${note}`),
    ...(scale === null ? [] : [`${name}: ratings on a scale of ${scaleText(scale)}`]),
    ...(times === 'text' ? [`${name}: times are dates as text; those without a time zone are UTC`] : []),
    ...(['milliseconds', 'microseconds', 'nanoseconds'].includes(times)
      ? [`${name}: times are ${times} since 1970, by their size`]
      : []),
    ...(hasTimes ? [] : [`${name}: there is no column of times that is read`]),
    ...(report.read === report.kept
      ? []
      : [
          `${name}: ${formatCount(report.read - report.kept)} of ${formatCount(report.read)} rows left out: ${rejectedText(report)}${first === undefined ? '' : `; the first damaged one is row ${first.rowNumber} (${first.reason}: ${first.content})`}`,
        ]),
  ];
}

/** Prints what of a source is not as usual. */
export function noteReading(terminal: Terminal, read: RatedSource): void {
  for (const note of readingNotes(read)) terminal.note(note);
}
