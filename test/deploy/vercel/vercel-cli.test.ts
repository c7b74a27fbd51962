import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { maskSecrets } from '../../../pipeline/deploy/vercel/masked.ts';
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

test('a command that takes too long is given up, also when what it has started goes on', async () => {
  await expect(cliOf('echo uploading; sleep 10 & wait', 1_000).build()).rejects.toThrow(
    'vercel build was given up after 1 s\nuploading',
  );
});

test('a command that fails is told by its last lines, without the secrets in them', async () => {
  await expect(cliOf(`echo with ${SECRET} >&2; exit 3`).build()).rejects.toThrow(
    'vercel build ended with code 3\nwith ***',
  );
});

test('a program that is not there is told by its name', async () => {
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
