import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { formatCount, formatInstant } from '../reports/numbers.ts';
import {
  API_KEY_BYTES,
  apiKeyOf,
  createApiKey,
  DEFAULT_RIGHTS,
  type KeyRights,
  listApiKeys,
  revokeApiKey,
  SCOPES,
  type Scope,
} from '../store/api-keys.ts';
import { withEnvironmentPipeline } from './terminal/open-pipeline.ts';
import { type CommonOptions, subcommand } from './terminal/options.ts';
import type { Terminal } from './terminal/terminal.ts';

/** `cinematch keys`: the keys of apps that send ratings to the API. */
export function keysCommand(terminal: Terminal): Command {
  return new Command('keys')
    .description(
      'create, list and revoke API keys, for apps that ask the API about users and send what they do',
    )
    .addCommand(createCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(revokeCommand(terminal));
}

function keyName(text: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Use 1 to 64 lower-case letters, digits, dots, dashes and underscores, with a letter or digit first.',
  );
}

interface CreateOptions extends CommonOptions {
  readonly scope?: readonly Scope[];
  readonly users?: string;
}

/** Adds the value of one option to those before. */
function oneMoreScope(text: string, before: readonly Scope[] | undefined): readonly Scope[] {
  const scope = SCOPES.find((known) => known === text);
  if (scope === undefined) throw new InvalidArgumentError(`It must be one of ${SCOPES.join(', ')}.`);
  return [...(before ?? []), scope];
}

const usersText = ({ users }: Pick<KeyRights, 'users'>): string => users ?? 'all users';

function createCommand(terminal: Terminal): Command {
  return subcommand('create', 'create a key and print it; it is not shown again')
    .argument('<name>', 'the app or person that will use the key', keyName)
    .addOption(
      new Option(
        '--scope <scope>',
        'what it may do; several with several options: read what concerns a user, write what users do, admin for both and for erasing users (default: read and write)',
      )
        .choices(SCOPES)
        .argParser(oneMoreScope),
    )
    .option(
      '--users <users>',
      'for these users only: ids (7,9), ranges of numbers (1000-1999), or how text ids begin ("app1:*"); default: all',
    )
    .action(async (name: string, options: CreateOptions) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async ({ store, clock }) => {
        const key = apiKeyOf(randomBytes(API_KEY_BYTES));
        const { scope: scopes = DEFAULT_RIGHTS.scopes, users = null } = options;
        const created = await createApiKey(store, { name, key, scopes, users }, clock());
        if (options.json === true) {
          const { createdAt, ...rights } = created;
          terminal.printJson({ name, key, scopes: rights.scopes, users: rights.users, createdAt });
          return;
        }
        terminal.print(key);
        terminal.note(`The key ${name} is not shown again: ${store.description} stores only its digest.`);
        terminal.note(`It may ${created.scopes.join(' and ')}, for ${usersText(created)}.`);
        terminal.note('Send it as "Authorization: Bearer KEY".');
      });
    });
}

function listCommand(terminal: Terminal): Command {
  return subcommand('list', 'list all keys, revoked ones too').action(async (options: CommonOptions) => {
    await withEnvironmentPipeline(terminal, options.config, 'read', async ({ store }) => {
      const keys = await listApiKeys(store);
      if (options.json === true) {
        terminal.printJson(keys);
        return;
      }
      if (keys.length === 0) {
        terminal.print('There are no keys yet. Next: cinematch keys create NAME');
        return;
      }
      terminal.printTable(
        ['Key', 'Scopes', 'Users', 'Created', 'Revoked'],
        keys.map(({ name, scopes, users, createdAt, revokedAt }) => [
          name,
          scopes.join(', '),
          usersText({ users }),
          formatInstant(createdAt),
          revokedAt === null ? '' : formatInstant(revokedAt),
        ]),
      );
    });
  });
}

function revokeCommand(terminal: Terminal): Command {
  return subcommand('revoke', 'revoke a key; the ratings that were sent with it stay')
    .argument('<name>', 'name of the key', keyName)
    .option('--withdraw', 'also delete what was sent with it and no batch has ingested yet')
    .action(async (name: string, options: CommonOptions & { readonly withdraw?: boolean }) => {
      await withEnvironmentPipeline(terminal, options.config, 'write', async ({ store, clock }) => {
        const { withdraw = false } = options;
        const revoked = await revokeApiKey(store, name, clock(), { withdraw });
        if (options.json === true) terminal.printJson(revoked);
        else terminal.print(`The key ${name} is revoked.`);
        if (options.json !== true && withdraw) {
          terminal.print(`${formatCount(revoked.withdrawn)} ratings and interactions were deleted.`);
        }
      });
    });
}
