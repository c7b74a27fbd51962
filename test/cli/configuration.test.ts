/** With a wrong configuration every command fails before it starts. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { START } from '../support/cli.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-config-'));
  const config = "export default { train: { algorithm: 'vb-fm+ials' }, retrain: {} };\n";
  await writeFile(join(folder, 'cinematch.config.ts'), config);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// A command that uses the database, one that reads files, one that runs until it is stopped, one that needs no setting.
test.each(['status', 'evaluate --train a.csv --test b.csv', 'serve', 'data synth --out .'])(
  'cinematch %s',
  async (command) => {
    const home = join(folder, 'home');
    const options = { cwd: folder, env: { PATH: process.env['PATH'], CINEMATCH_HOME: home, NO_COLOR: '1' } };
    const run = promisify(execFile)(process.execPath, [START, ...command.split(' ')], options);
    const { code, stdout, stderr } = await run.then(
      (done) => ({ ...done, code: 0 }),
      (failed) => failed,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${join(folder, 'cinematch.config.ts')} has 2 problems:`);
    expect(stderr).toContain('- train.algorithm is "vb-fm+ials". Did you mean "vb-mf+ials"?');
    expect(stderr).toContain('- retrain is not a setting. Did you mean retraining?');
    expect(stderr).toContain('[config-invalid]');
    expect(stderr).not.toContain('    at ');
    expect(existsSync(home)).toBe(false);
  },
);
