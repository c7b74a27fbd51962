import { basename } from 'node:path';
import { rejectedText } from '../../ratings/reading-report.ts';
import { plural } from '../../reports/markdown.ts';
import { formatBytes, formatCount } from '../../reports/numbers.ts';
import type { FoundSource, Inspection } from '../../source/inspect.ts';

const SEPARATOR_NAMES: Readonly<Record<string, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '|': 'vertical bars',
  '\t': 'tabs',
  '::': 'double colons',
  ' ': 'spaces',
};
const STEPS = { whole: 'steps of 1', half: 'steps of 0.5', finer: 'finer steps' } as const;
const ID_KINDS = { numbers: 'numbers', text: 'texts' } as const;
const SHOWN_COLUMNS = 8;

const day = (seconds: number | null): string =>
  seconds === null ? '' : new Date(1000 * seconds).toISOString().slice(0, 10);

/** How a source is read, a line each. Other commands print them before their results. */
export function firstLines(found: FoundSource): readonly string[] {
  const { columns, otherColumns, ratings, reading } = found;
  const separated =
    found.separator === null ? '' : ` separated by ${SEPARATOR_NAMES[found.separator] ?? found.separator}`;
  const more = otherColumns.length - SHOWN_COLUMNS;
  const others =
    otherColumns.length === 0
      ? ''
      : `; not used: ${otherColumns.slice(0, SHOWN_COLUMNS).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
  const named = Object.entries(columns)
    .map(([meaning, column]) => `${meaning} = ${column ?? 'none'}`)
    .join(', ');
  return [
    `layout     ${found.layout}${separated}${found.header ? '' : ', no header'}${found.converted === '' ? '' : `, read as ${found.converted}`}, ${formatBytes(found.bytes)}`,
    `columns    ${named}${found.header ? '' : ' (positions)'}${others}`,
    `rows       ${formatCount(reading.read)} read, ${formatCount(reading.kept)} usable${reading.read === reading.kept ? '' : `; rejected: ${rejectedText(reading)}`}`,
    `ratings    ${ratings.smallest === null ? 'none' : rangeText(ratings)}${ratings.scale === null ? '' : `; scale ${ratings.scale}`}`,
    ...(found.links === null ? [] : [`links      ${linksText(found.links)}`]),
  ];
}

/** What would be read, a line each: how it is read first. */
export function inspectionLines(found: Inspection): readonly string[] {
  const { reading, times } = found;
  return [
    ...firstLines(found),
    `ids        ${counted(found.users, 'user')} and ${counted(found.movies, 'movie')}, ids are ${ID_KINDS[found.ids]}`,
    `times      ${timesText(times)}`,
    `duplicates ${counted(reading.rejected.superseded ?? 0, 'rating')} with a later one of the same user and movie`,
    `movies     ${found.moviesFile === null ? 'no titles' : `${basename(found.moviesFile)} has ${formatCount(found.titles)}; titles of ${formatCount(found.ratedWithTitle)} of ${counted(found.movies, 'rated movie')}`}`,
    ...found.suspected.map((text) => `suspected  ${text}`),
    ...found.notes.map((note) => `note       ${note}`),
  ];
}

function linksText({ file, movies, damaged }: NonNullable<FoundSource['links']>): string {
  const links = `${file} has ids of IMDb or TMDB for ${counted(movies, 'movie')}`;
  return damaged === 0 ? links : `${links}; ${counted(damaged, 'row')} with a damaged id`;
}

function timesText({ written, from, to }: Inspection['times']): string {
  if (written === 'none') return 'there is no column of times';
  const span = from === null ? 'none is usable' : `${day(from)} to ${day(to)}`;
  const how =
    written === 'text'
      ? 'dates as text, UTC where no time zone is named'
      : written === 'dates'
        ? 'dates'
        : `${written} since 1970`;
  return `${span}, written as ${how}`;
}

const counted = (count: number, noun: string): string => `${formatCount(count)} ${plural(count, noun)}`;

const rangeText = ({ smallest, largest, step }: Inspection['ratings']): string =>
  smallest === largest ? `all are ${smallest}` : `${smallest} to ${largest}, ${STEPS[step]}`;
