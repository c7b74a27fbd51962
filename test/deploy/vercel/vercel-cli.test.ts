import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { maskSecrets } from '../../../pipeline/deploy/vercel/secret-mask.ts';
import { openVercelCli } from '../../../pipeline/deploy/vercel/vercel-cli.ts';

const SECRET = 'a-token-of-vercel';

function cliOf(script: string, timeoutMs?: number) {
  const masked = maskSecrets(() => {});
  masked.add(SECRET);
  return openVercelCli({
    command: ['sh', '-c', script],
    directory: tmpdir(),
    environment: process.env,
    masked,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

test('a command is stopped after the timeout, even if its child processes continue', async () => {
  await expect(cliOf('echo uploading; sleep 60 & wait', 3_000).build()).rejects.toThrow(
    'vercel build was stopped after 3 s\nuploading',
  );
});

test('the error of a failed command has its last lines without secrets', async () => {
  await expect(cliOf(`echo with ${SECRET} >&2; exit 3`).build()).rejects.toThrow(
    'vercel build failed with exit code 3\nwith ***',
  );
});

test('the error of a missing program has its name', async () => {
  const masked = maskSecrets(() => {});
  const cli = openVercelCli({
    command: ['no-such-program'],
    directory: tmpdir(),
    environment: process.env,
    masked,
  });
  await expect(cli.build()).rejects.toThrow(
    'no-such-program could not be started, spawn no-such-program ENOENT',
  );
});

test('it hears of the registry, and of no secret and nothing that an npx around it was told to run', async () => {
  const cli = openVercelCli({
    command: ['sh', '-c', 'env >&2; exit 1'],
    directory: tmpdir(),
    environment: {
      PATH: process.env['PATH'],
      HTTPS_PROXY: 'http://proxy.example:8080',
      npm_config_registry: 'https://registry.example/',
      npm_config_call: 'npm test',
      npm_config_package: 'node@24',
      npm_config_allow_scripts: '',
      DATABASE_URL: 'postgres://somebody:secret@db.example/films',
      INPUT_VERCEL_TOKEN: SECRET,
    },
    masked: maskSecrets(() => {}),
  });
  const { message } = await cli.build().then(
    () => expect.unreachable(),
    (error: Error) => error,
  );
  const names = [...message.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(['PATH', 'HTTPS_PROXY', 'npm_config_registry']));
  for (const name of ['npm_config_call', 'npm_config_package', 'DATABASE_URL', 'INPUT_VERCEL_TOKEN']) {
    expect(names).not.toContain(name);
  }
  expect(message).not.toContain('secret');
});
