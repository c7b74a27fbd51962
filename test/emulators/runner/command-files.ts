import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VARIABLES = {
  GITHUB_OUTPUT: 'output',
  GITHUB_STATE: 'state',
  GITHUB_ENV: 'env',
  GITHUB_PATH: 'path',
  GITHUB_STEP_SUMMARY: 'summary',
} as const;
/** A larger summary is not shown. */
const SUMMARY_LIMIT = 1024 * 1024;

export interface CommandFiles {
  /** The variables that tell a step where its files are. */
  readonly environment: Readonly<Record<keyof typeof VARIABLES, string>>;
  read(): WrittenFiles;
}

/** What a step has written for the runner. */
export interface WrittenFiles {
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary: string;
  /** As it stands on disk, masks not applied. */
  readonly raw: string;
  /** Files the runner would not accept; the step fails. */
  readonly problems: readonly string[];
}

/** Empty files for one step, under names of their own. */
export function createCommandFiles(temp: string): CommandFiles {
  const folder = join(temp, '_runner_file_commands');
  mkdirSync(folder, { recursive: true });
  const id = randomUUID();
  const environment = Object.fromEntries(
    Object.entries(VARIABLES).map(([variable, name]) => [variable, join(folder, `${name}_${id}`)]),
  ) as Record<keyof typeof VARIABLES, string>;
  for (const file of Object.values(environment)) writeFileSync(file, '');
  return { environment, read: () => readWritten(environment) };
}

function readWritten(environment: CommandFiles['environment']): WrittenFiles {
  const text = (variable: keyof typeof VARIABLES): string => readFileSync(environment[variable], 'utf8');
  const problems: string[] = [];
  const pairs = (variable: keyof typeof VARIABLES): Readonly<Record<string, string>> => {
    try {
      return parsePairs(text(variable));
    } catch (error) {
      problems.push(`${variable}: ${(error as Error).message}`);
      return {};
    }
  };
  const summary = text('GITHUB_STEP_SUMMARY');
  if (Buffer.byteLength(summary) > SUMMARY_LIMIT) {
    problems.push(
      `GITHUB_STEP_SUMMARY: ${Buffer.byteLength(summary)} bytes, at most ${SUMMARY_LIMIT} are shown`,
    );
  }
  return {
    outputs: pairs('GITHUB_OUTPUT'),
    env: pairs('GITHUB_ENV'),
    path: text('GITHUB_PATH').split(/\r?\n/).filter(Boolean),
    summary,
    raw: Object.keys(VARIABLES)
      .map((variable) => text(variable as keyof typeof VARIABLES))
      .join('\n'),
    problems,
  };
}

/**
 * Reads `name=value` lines and blocks `name<<DELIMITER … DELIMITER`.
 *
 * @throws Error for a line that is neither and for a block without an end.
 */
export function parsePairs(text: string): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const block = line.indexOf('<<');
    if (equals > 0 && (block < 0 || equals < block)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
    } else if (block > 0) {
      const delimiter = line.slice(block + 2);
      const end = delimiter === '' ? -1 : lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`the value of "${line.slice(0, block)}" has no closing delimiter`);
      pairs[line.slice(0, block)] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else throw new Error(`invalid format "${line}"`);
  }
  return pairs;
}
