import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { OperatorError } from '../lib/errors.ts';
import { formatCount, formatInstant } from '../reports/numbers.ts';
import { erasePerson, type PersonErasure } from '../stages/privacy/erase-person.ts';
import { openSiteIds } from '../stages/site-ids.ts';
import { allowUser } from '../store/allow-user.ts';
import { type Erasure, listErasures, type RemovedRows } from '../store/erasures.ts';
import { readIdKind } from '../store/id-names.ts';
import type { Store } from '../store/store.ts';
import { readUserData, type UserData } from '../store/user-data.ts';
import { clock, erasuresFile, withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, subcommand } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch users`: what is kept of a user, and its erasure. */
export function usersCommand(terminal: Terminal): Command {
  return new Command('users')
    .description('show what is kept of a user, erase it, and keep the user out of later batches')
    .addCommand(dataCommandOf(terminal))
    .addCommand(eraseCommand(terminal))
    .addCommand(allowCommand(terminal))
    .addCommand(erasuresCommand(terminal));
}

/**
 * A server on the same home knows users from its bundle, and asks the database when this file changes. Call it when the
 * database is closed, because only one process can have it open.
 */
const tellServer = (): Promise<void> => writeFile(erasuresFile(), `${clock().toISOString()}\n`);

/** What a user is called: as the ratings write it. */
async function sentUser(store: Store, text: string): Promise<number | string> {
  if ((await readIdKind(store.sql)) === 'text') return text;
  const [id = -1] = await (await openSiteIds(store)).idsOf('user', [text]);
  return id;
}

function dataCommandOf(terminal: Terminal): Command {
  return subcommand('data', 'show everything that is kept of a user')
    .argument('<user>', 'the user, as the ratings write it')
    .action(async (user: string, options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'read', async ({ store }) => {
        const data = await readUserData(store, await sentUser(store, user));
        if (options.json === true) terminal.printJson({ user, ...data });
        else printData(terminal, user, data);
      });
    });
}

function printData(terminal: Terminal, user: string, data: UserData): void {
  const { erasure, isKnown } = data;
  if (!isKnown) terminal.print(`Nothing is kept of user ${user}.`);
  if (erasure !== null) {
    terminal.print(
      `Erased ${formatInstant(erasure.at)}; ${erasure.isKeptOut ? 'later rows are dropped' : 'allowed to come back since then'}.`,
    );
  }
  if (!isKnown) return;
  const { ratings, revisions, feedback, interactions, rejectedRows, quarantines, models, sources } = data;
  terminal.printTable(
    ['What', 'Rows'],
    (
      [
        ['ratings', ratings],
        ['former values of ratings', revisions],
        ['ratings sent to the API', feedback],
        ['interactions', interactions],
        ['rejected rows', rejectedRows],
        ['quarantines', quarantines],
      ] as const
    ).map(([what, rows]) => [what, formatCount(rows.length)]),
  );
  for (const { version, status, ratings: trained } of models) {
    terminal.print(
      `model v${version} (${status}) was trained on ${formatCount(trained)} ratings of the user`,
    );
  }
  for (const { batch, source } of sources) terminal.print(`batch ${batch} came from ${source}`);
  terminal.print();
  terminal.print(`All of it: cinematch users data ${user} --json`);
}

interface EraseOptions extends CommonOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

function eraseCommand(terminal: Terminal): Command {
  return subcommand('erase', 'erase a user for good, and drop later rows of the user')
    .argument('<user>', 'the user, as the ratings write it')
    .option('--yes', 'confirm that it cannot be undone')
    .option('--dry-run', 'only say what would be removed')
    .action(async (user: string, options: EraseOptions) => {
      const { yes = false, dryRun: isDryRun = false } = options;
      if (!yes && !isDryRun) {
        throw new OperatorError(
          'usage',
          `The erasure of user ${user} cannot be undone, and nothing was removed yet.`,
          `See what would be removed: cinematch users erase ${user} --dry-run. Then confirm it: cinematch users erase ${user} --yes.`,
        );
      }
      await withEnvironmentPipeline(terminal, options.config, 'write', async (pipeline) => {
        const { store, config } = pipeline;
        const request = { userId: await sentUser(store, user), by: userInfo().username, at: clock() };
        const erasure = await erasePerson(pipeline, request, { isDryRun });
        if (options.json === true) terminal.printJson({ user, isDryRun, ...withoutIds(erasure) });
        else
          printErasure(terminal, user, erasure, { isDryRun, retrains: config.privacy.retrainAfterErasure });
      });
      if (!isDryRun) await tellServer();
    });
}

const withoutIds = ({ userId: _, erasureId: __, ...erasure }: PersonErasure) => erasure;

const REMOVED: Readonly<Record<keyof RemovedRows, string>> = {
  ratings: 'ratings',
  revisions: 'former values of ratings',
  feedback: 'ratings sent to the API',
  interactions: 'interactions',
  rejectedRows: 'rejected rows',
  reports: 'reports that named the user',
};

const removedRows = (removed: RemovedRows): readonly (readonly [string, string])[] =>
  Object.entries(REMOVED).map(([key, what]) => [what, formatCount(removed[key as keyof RemovedRows])]);

function printErasure(
  terminal: Terminal,
  user: string,
  { at, removedNow, held }: PersonErasure,
  { isDryRun, retrains }: { readonly isDryRun: boolean; readonly retrains: boolean },
): void {
  terminal.print(
    isDryRun
      ? `This would be removed of user ${user}; nothing was changed:`
      : `User ${user} is erased since ${formatInstant(at)}. Removed now:`,
  );
  terminal.printTable(['What', 'Rows'], removedRows(removedNow));
  for (const { version, status } of held.models) {
    terminal.print(`model v${version} (${status}) learned from the user`);
  }
  for (const { tag, location } of held.releases) {
    terminal.print(`release ${tag} stays until you delete it: ${location}`);
  }
  for (const folder of held.folders)
    terminal.print(`the model on this machine stays until you delete it: ${folder}`);
  for (const { name, until } of held.artifacts) {
    terminal.print(`artifacts ${name} of earlier runs are deleted by ${formatInstant(until)}`);
  }
  for (const { batch, source } of held.sources) {
    terminal.print(`batch ${batch} came from ${source}, which may still have rows of the user`);
  }
  for (const { number, location } of held.issues) {
    terminal.print(`issue ${number} names the user; edit it by hand: ${location}`);
  }
  if (isDryRun || !held.models.some(({ status }) => status === 'champion')) return;
  terminal.print();
  terminal.print(
    retrains
      ? 'Next: cinematch train, or the next drift check dispatches a training without the user.'
      : 'Next: cinematch train. The champion knows the user until then.',
  );
}

function allowCommand(terminal: Terminal): Command {
  return subcommand('allow', 'let an erased user come back, when the person signs up again')
    .argument('<user>', 'the user, as the ratings write it')
    .action(async (user: string, options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async ({ store }) => {
        const request = { userId: await sentUser(store, user), by: userInfo().username, at: clock() };
        const { status, at } = await allowUser(store, request);
        if (options.json === true) {
          terminal.printJson({ user, status, at });
          return;
        }
        terminal.print(
          status === 'never-erased'
            ? `User ${user} was never erased: rows of the user are taken as always.`
            : `Rows of user ${user} are taken again since ${formatInstant(at)}. What was erased does not come back.`,
        );
      });
      await tellServer();
    });
}

function erasuresCommand(terminal: Terminal): Command {
  return subcommand('erasures', 'list the erasures; they do not say who was erased').action(
    async (options: CommonOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'read', async ({ store }) => {
        const erasures = await listErasures(store);
        if (options.json === true) terminal.printJson(erasures);
        else printErasures(terminal, erasures);
      });
    },
  );
}

function printErasures(terminal: Terminal, erasures: readonly Erasure[]): void {
  if (erasures.length === 0) {
    terminal.print('Nobody was erased.');
    return;
  }
  terminal.printTable(
    ['Erasure', 'At', 'By', 'Ratings', 'Other rows', 'In models', 'Allowed again'],
    erasures.map(({ erasureId, at, by, removed, models, allowedAt, allowedBy }) => {
      const { ratings, ...others } = removed;
      return [
        String(erasureId),
        formatInstant(at),
        by,
        formatCount(ratings),
        formatCount(Object.values(others).reduce((sum, rows) => sum + rows, 0)),
        models.map(({ version }) => `v${version}`).join(' '),
        allowedAt === null ? '' : `${formatInstant(allowedAt)}, by ${allowedBy}`,
      ];
    }),
  );
}
