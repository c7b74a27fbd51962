import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../config.ts';
import { nearestWord } from '../../lib/nearest-word.ts';
import { parseScale, SCALE_SPELLINGS } from '../../lib/rating-scale.ts';
import {
  COLUMN_MEANINGS,
  type ColumnMeaning,
  type NamedColumns,
  NO_TIME,
} from '../../source/column-names.ts';
import { ID_READINGS, type IdReading } from '../../source/text-ids.ts';
import type { SearchRange } from '../../train/search-space.ts';

/** Parses an option that takes a whole number of at least `least`, and at most `most`. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`;
      throw new InvalidArgumentError(`It must be a whole number of at least ${least}${upTo}.`);
    }
    return value;
  };
}

/** Parses an option that takes a number from `least` to `most`. */
export function numberBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** What every command that opens the pipeline accepts. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly config?: string;
}

/** `--ids` of the commands that read files of ratings. */
export const idsOption = (): Option =>
  new Option('--ids <kind>', 'what the ids in files are (default: texts where most are no numbers)').choices(
    ID_READINGS,
  );

/** The options of every command that reads files of ratings. */
export interface FileReadingOptions {
  readonly ids?: IdReading;
  readonly columns?: NamedColumns;
  readonly scale?: string;
}

/** Adds `--columns` and `--scale` to a command that reads files of ratings. */
export function withReadingOptions(command: Command): Command {
  return command
    .option(
      '--columns <columns>',
      `columns of the files: user=NAME,movie=NAME,rating=NAME,time=NAME; positions from 1 without a header; time=${NO_TIME} ignores times`,
      collectColumns,
    )
    .option(
      '--scale <scale>',
      'how the files write ratings: 1-10, 0-100, … or like=4.5,dislike=1.5 (default: stars from 0.5 to 5)',
      scale,
    );
}

/** The configuration under `--ids`, `--columns` and `--scale`. */
export function withReading<C extends Pick<Config, 'source'>>(config: C, options: FileReadingOptions): C {
  const { ids, columns, scale: stated } = options;
  const source = {
    ...config.source,
    ...(ids && { ids }),
    ...(columns && { columns }),
    ...(stated !== undefined && { scale: stated }),
  };
  return { ...config, source };
}

function scale(text: string): string {
  if (parseScale(text) === null) throw new InvalidArgumentError(`It must be ${SCALE_SPELLINGS}.`);
  return text.trim();
}

/** `--all-users` of the commands that rank movies for users. */
export const allUsersOption = (): Option =>
  new Option('--all-users', 'rank every user, not a sample of evaluate.rankingUsers');

/** The configuration under `--all-users`. */
export function withRankingUsers(config: Config, { allUsers }: { readonly allUsers?: boolean }): Config {
  return allUsers === true ? { ...config, evaluate: { ...config.evaluate, rankingUsers: null } } : config;
}

/** A subcommand that opens the pipeline. */
export function subcommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON');
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(String.raw`^([^=]+)=(${NUMBER})\.\.(${NUMBER})(?::(linear|log))?$`, 'i');
const VALUE = new RegExp(`^([^=]+)=(${NUMBER})$`, 'i');

/** Collects the values of `--search NAME=FROM..TO[:SCALE]`. */
export function collectRange(
  text: string,
  collected: Record<string, SearchRange>,
): Readonly<Record<string, SearchRange>> {
  const [, name, from, to, scale] = RANGE.exec(text) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError(
      'It must be a name and a range, such as userDamping=0.5..50, or userDamping=0.5..50:log for a log scale.',
    );
  }
  const range = { from: Number(from), to: Number(to), scale: scale?.toLowerCase() ?? 'linear' };
  return { ...collected, [name]: range as SearchRange };
}

/** Collects the values of `--set NAME=VALUE`. */
export function collectValue(
  text: string,
  collected: Record<string, number>,
): Readonly<Record<string, number>> {
  const [, name, value] = VALUE.exec(text) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError('It must be a name, an equals sign and a number, such as sweeps=30.');
  }
  return { ...collected, [name]: Number(value) };
}

/** Collects the values of `--columns user=NAME,movie=NAME,…`. */
function collectColumns(text: string, collected: NamedColumns = {}): NamedColumns {
  const columns: Partial<Record<ColumnMeaning, string>> = { ...collected };
  for (const part of text.split(',')) {
    const [, key = '', name = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const meaning = COLUMN_MEANINGS.find((each) => each === key);
    if (meaning !== undefined && name !== '') {
      columns[meaning] = name;
      continue;
    }
    const nearest = meaning === undefined ? nearestWord(key, COLUMN_MEANINGS) : null;
    throw new InvalidArgumentError(
      `${part.trim() === '' ? 'A part is empty' : `"${part.trim()}" names no column`}${nearest === null ? '' : `; did you mean ${nearest}?`} It must be such as user=customer_id,movie=film_id,rating=stars,time=seen_at.`,
    );
  }
  return columns;
}
