import { userInfo } from 'node:os';
import { Command } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { isId, MAX_ID } from '../ratings/validate.ts';
import { changeQuarantine } from '../stages/quarantine/change-quarantine.ts';
import { openSiteIds } from '../stages/site-ids.ts';
import { withDriftLock } from '../store/drift-lock.ts';
import {
  listQuarantines,
  QUARANTINE_KINDS,
  type Quarantine,
  type QuarantineSubject,
} from '../store/quarantine.ts';
import type { Store } from '../store/store.ts';
import { printQuarantines } from './print/quarantines.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, integer } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

type SubjectOptions = CommonOptions & { readonly [K in QuarantineSubject['kind']]?: readonly string[] };

/** A subject as a person names it. */
interface WrittenSubject {
  readonly kind: QuarantineSubject['kind'];
  readonly id: string;
}

/** `cinematch quarantine`: keeps ratings out of checks, trainings and serving, reversibly. */
export function quarantineCommand(terminal: Terminal): Command {
  const command = new Command('quarantine')
    .description('keep ratings of users, batches or movies out of checks, trainings and serving')
    .enablePositionalOptions()
    .option('--reason <text>', 'why, for the list');
  return withSubjects(command)
    .addHelpText('after', '\nNothing is deleted: cinematch quarantine release takes the ratings back.')
    .addCommand(listCommand(terminal))
    .addCommand(releaseCommand(terminal))
    .action(async (options: SubjectOptions & { readonly reason?: string }) => {
      const subjects = subjectsOf(options);
      await change(terminal, options, { action: 'quarantine', subjects, reason: options.reason ?? '' });
    });
}

function releaseCommand(terminal: Terminal): Command {
  return withSubjects(
    new Command('release').description('take ratings back; everything is then as if they had never been out'),
  ).action(async (options: SubjectOptions) => {
    await change(terminal, options, { action: 'release', subjects: subjectsOf(options) });
  });
}

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('list what is in quarantine, and what was released')
    .option('--config <file>', 'configuration file')
    .option('--json', 'print JSON')
    .action(async (options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'read', async ({ store }) => {
        print(terminal, options, await listQuarantines(store));
      });
    });
}

function withSubjects(command: Command): Command {
  for (const kind of QUARANTINE_KINDS) {
    command.option(
      `--${kind} <ids...>`,
      kind === 'batch' ? 'numbers of batches' : `ids of ${kind}s`,
      kind === 'batch' ? collectBatches : collectIds,
    );
  }
  return command.option('--config <file>', 'configuration file').option('--json', 'print JSON');
}

const collectBatches = (text: string, ids?: readonly string[]): readonly string[] =>
  collectIds(String(integer(0, MAX_ID)(text)), ids);

const collectIds = (text: string, ids: readonly string[] = []): readonly string[] => [...ids, text];

/** The ids of subjects in the database. A number that is nobody's name is the number of the database, as in reports. */
function readSubjects(
  store: Store,
  subjects: readonly WrittenSubject[],
): Promise<readonly QuarantineSubject[]> {
  return Promise.all(
    subjects.map(async ({ kind, id }) => {
      if (kind === 'batch') return { kind, id: Number(id) };
      const [found = -1] = await (await openSiteIds(store)).idsOf(kind, [id]);
      const number = found === -1 && /^\d+$/.test(id) ? Number(id) : found;
      if (isId(number)) return { kind, id: number };
      throw new OperatorError(
        'quarantine-unknown',
        `The database has no ${kind} "${id}", so nothing was changed.`,
        `Give the ${kind} as the ratings name it.`,
      );
    }),
  );
}

/** @throws OperatorError `usage` unless exactly one kind of subject is given. */
function subjectsOf(options: SubjectOptions): readonly WrittenSubject[] {
  const given = QUARANTINE_KINDS.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind !== undefined && given.length === 1) return (options[kind] ?? []).map((id) => ({ kind, id }));
  const names = QUARANTINE_KINDS.map((name) => `--${name}`);
  throw new OperatorError(
    'usage',
    given.length === 0
      ? 'It is not said whose ratings.'
      : `Only one of ${names.join(', ')} can be given at a time.`,
    'Name them: cinematch quarantine --user 12, --batch 7 or --movie 260.',
  );
}

type Change =
  | {
      readonly action: 'quarantine';
      readonly subjects: readonly WrittenSubject[];
      readonly reason: string;
    }
  | { readonly action: 'release'; readonly subjects: readonly WrittenSubject[] };

async function change(terminal: Terminal, options: CommonOptions, what: Change): Promise<void> {
  await withEnvironmentPipeline(terminal, options.config, 'write', async (pipeline) => {
    const who = { by: userInfo().username, at: pipeline.clock() };
    const subjects = await readSubjects(pipeline.store, what.subjects);
    const quarantines = await withDriftLock(pipeline.store, (lock) =>
      changeQuarantine(lock, pipeline, { ...what, subjects, ...who }),
    );
    print(terminal, options, quarantines);
    if (options.json !== true) terminal.print('Next: cinematch drift');
  });
}

function print(terminal: Terminal, options: CommonOptions, quarantines: readonly Quarantine[]): void {
  if (options.json === true) terminal.printJson(quarantines);
  else printQuarantines(terminal, quarantines);
}
