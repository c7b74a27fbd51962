/** What the system says about files, from real calls. */
import { mkdtemp, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { fileFailure } from '../../pipeline/lib/file-failure.ts';

const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

test.each<[what: string, work: (folder: string) => Promise<unknown>, code: string, says: RegExp]>([
  [
    'a file in the place of a folder',
    (folder) => readdir(join(folder, 'file')),
    'file-failed',
    /file cannot be used: a part of the path is a file/,
  ],
  ['a folder in the place of a file', (folder) => readFile(folder), 'file-failed', /it is a folder/],
  [
    'a file that is gone',
    (folder) => readFile(join(folder, 'none')),
    'file-failed',
    /none cannot be used: it does not exist/,
  ],
  ['a folder that is not empty', (folder) => rmdir(folder), 'file-failed', /the folder is not empty/],
  [
    'a name that is too long',
    (folder) => writeFile(join(folder, 'a'.repeat(300)), ''),
    'file-failed',
    /the path is too long/,
  ],
])('%s has a code, its path and a remedy', async (_what, work, code, says) => {
  const folder = await mkdtemp(join(tmpdir(), 'cinematch-file-'));
  await writeFile(join(folder, 'file'), '');
  const failure = fileFailure(await failed(work(folder)));
  expect(failure).toMatchObject({
    code,
    message: expect.stringMatching(says),
    remedy: expect.stringMatching(/\.$/),
  });
});

test.runIf(process.platform === 'linux')('a full disk is told', async () => {
  expect(fileFailure(await failed(writeFile('/dev/full', 'x')))).toMatchObject({
    code: 'disk-full',
    message: expect.stringContaining('the disk is full'),
  });
});

test.each([
  ['EACCES', 'file-denied'],
  ['EPERM', 'file-denied'],
  ['EROFS', 'file-denied'],
  ['EDQUOT', 'disk-full'],
  ['EIO', 'file-failed'],
  ['EMFILE', 'file-failed'],
])('%s is %s', (code, expected) => {
  const error = Object.assign(new Error(code), { code, syscall: 'open', path: '/films/pg' });
  expect(fileFailure(error)).toMatchObject({ code: expected, message: expect.stringContaining('/films/pg') });
});

test('bugs, failures with a code of their own and connections stay what they are', async () => {
  const own = new OperatorError('usage', 'no', 'yes');
  const refused = new Promise((_, reject) => connect(1, '127.0.0.1').once('error', reject));
  for (const error of [new TypeError('x'), own, undefined, 'text', await failed(refused)]) {
    expect(fileFailure(error)).toBeNull();
  }
});
