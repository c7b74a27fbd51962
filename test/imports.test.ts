import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { brokenRules } from './support/house-rules.ts';

const root = join(import.meta.dirname, '..');
const paths = globSync(['pipeline/**/*.ts', 'actions/**/*.ts', 'api/**/*.ts', 'cinematch.config.ts'], {
  cwd: root,
});

it('keeps the rules of the house everywhere', () => {
  expect(paths.length).toBeGreaterThan(20);
  const sources = Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  expect(brokenRules(sources)).toEqual([]);
});

it.each([
  ['pipeline/lib/a.ts', "import { x } from '../ratings/ratings.ts';", 'lib may not use ratings'],
  ['pipeline/lib/a.ts', "import type { X } from '../config.ts';", 'lib may not use config'],
  ['pipeline/ratings/a.ts', "export { x } from '../model/model.ts';", 'ratings may not use model'],
  ['pipeline/drift/a.ts', "import { x } from '../model/model.ts';", 'drift may not use model'],
  ['pipeline/model/a.ts', "import { x } from '../train/als.ts';", 'model may not use train'],
  ['pipeline/store/a.ts', "type X = import('../forge/forge.ts').Forge;", 'store may not use forge'],
  [
    'pipeline/reports/a.ts',
    "await import('../stages/training/train-model.ts');",
    'reports may not use stages/training',
  ],
  [
    'pipeline/stages/drift/a.ts',
    "import { x } from '../../cli/terminal.ts';",
    'stages/drift may not use cli',
  ],
  ['pipeline/stages/a.ts', "import { x } from './drift/episode.ts';", 'stages may not use stages/drift'],
  [
    'pipeline/stages/drift/a.ts',
    "import { x } from '../training/plan-training.ts';",
    'may not use stages/training',
  ],
  ['pipeline/forge/local/a.ts', "import { x } from '../../store/connect.ts';", 'forge may not use store'],
  ['api/routes/a.ts', "import { x } from '../../pipeline/source/read-source.ts';", 'api may not use source'],
  [
    'cinematch.config.ts',
    "import { x } from './pipeline/stages/pipeline.ts';",
    'settings may not use stages',
  ],
  ['pipeline/lib/a.ts', "import { x } from '../../test/support/x.ts';", 'is in no room of the house'],
  ['pipeline/stages/week/a.ts', "import pl from 'nodejs-polars';", 'only source may'],
  ['pipeline/stages/week/a.ts', "import postgres from 'postgres';", 'only store may'],
  ['pipeline/cli/a.ts', "import { x } from '@electric-sql/pglite/live';", 'only store may'],
  ['pipeline/store/a.ts', "import yauzl from 'yauzl';", 'only source may'],
  ['pipeline/stages/week/a.ts', 'const rows = await sql`select 1`;', 'asks the database'],
  ['pipeline/stages/week/a.ts', "const query = 'select id from movies where id = 1';", 'holds SQL'],
  ['pipeline/drift/a.ts', `const query = \`insert into movies values (\${id})\`;`, 'holds SQL'],
  ['pipeline/stages/week/a.ts', 'const url = process.env.DATABASE_URL;', 'reads process.env'],
  ['pipeline/stages/week/a.ts', "const { DATABASE_URL } = process['env'];", 'reads process.env'],
  ['pipeline/stages/week/a.ts', 'const { env } = process;', 'reads process as a value'],
  ['pipeline/stages/week/a.ts', 'open({ process });', 'reads process as a value'],
  ['pipeline/stages/week/a.ts', "const env = globalThis.process['env'];", 'reads globalThis.process'],
  ['pipeline/stages/week/a.ts', 'const all = globalThis;', 'reads globalThis as a value'],
  ['pipeline/stages/week/a.ts', 'const part = process[name];', 'reads process.…'],
  ['pipeline/stages/week/a.ts', "import { env } from 'node:process';", 'reads node:process'],
  ['pipeline/forge/a.ts', 'const now = Date.now();', 'reads Date.now'],
  ['pipeline/forge/a.ts', 'const now = new Date();', 'reads the clock'],
  ['pipeline/store/a.ts', 'const started = performance.now();', 'reads performance.now'],
  ['pipeline/store/a.ts', 'const born = performance.timeOrigin;', 'reads performance.timeOrigin'],
  ['pipeline/store/a.ts', 'const started = process.hrtime.bigint();', 'reads process.hrtime'],
  ['pipeline/store/a.ts', "import { performance } from 'node:perf_hooks';", 'reads node:perf_hooks'],
  ['pipeline/train/a.ts', 'const start = Math.random();', 'reads Math.random'],
  ['pipeline/train/a.ts', "import { randomInt } from 'node:crypto';", 'reads randomInt of crypto'],
  ['pipeline/train/a.ts', "import { randomUUID as id } from 'crypto';", 'reads randomUUID of crypto'],
  ['pipeline/drift/index.ts', "export * from './check.ts';", 'is a barrel'],
  ['pipeline/lib/utils/a.ts', 'export const a = 1;', 'a folder without a subject'],
  ['pipeline/stray.ts', 'export const a = 1;', 'in no room of the house'],
])('sees in %s that %j breaks a rule', (path, text, problem) => {
  const broken = brokenRules({ [path]: `// One comment.\n${text}` });
  expect(broken.join('\n')).toContain(problem);
  expect(broken).toHaveLength(1);
});

it('sees files that import each other, by way of others and by their types alone', () => {
  expect(
    brokenRules({
      'pipeline/lib/a.ts': "import type { B } from './b.ts';\nexport type A = B;",
      'pipeline/lib/b.ts': "export { type C as B } from './c.ts';",
      'pipeline/lib/c.ts': "export type C = import('./a.ts').A;",
      'pipeline/lib/d.ts': "import type { A } from './a.ts';\nexport type D = A;",
    }),
  ).toEqual(['pipeline/lib/a.ts, pipeline/lib/b.ts, pipeline/lib/c.ts import each other in a circle']);
});

it('sees a name that two files export', () => {
  expect(
    brokenRules({
      'pipeline/lib/a.ts':
        'export const [one, two] = [1, 2];\nexport interface Row {}\nexport const Row = 1;',
      'pipeline/store/b.ts': 'type Row = number;\nexport type { Row };',
      'actions/c.ts': 'export function two(): void {}\nconst one = 1;\nexport default one;',
    }),
  ).toEqual([
    'two is exported by pipeline/lib/a.ts and actions/c.ts',
    'Row is exported by pipeline/lib/a.ts and pipeline/store/b.ts',
  ]);
});

it('sees no rule broken where there is none', () => {
  expect(
    brokenRules({
      'pipeline/lib/a.ts':
        "// import { x } from '../stages/a.ts'; Math.random()\nexport const day = new Date(0);",
      'pipeline/drift/a.ts':
        'export const rmse = (performance: { now: number }) => [performance.now, performance];',
      'pipeline/evaluate/a.ts':
        "import type { X } from '../model/model.ts';\nconst text = 'update: movies are selected from the list';",
      'pipeline/cli/a.ts':
        "import { x } from '../stages/a.ts';\nconst home = process.env['HOME'];\nnew Date();",
      'pipeline/store/a.ts': "import postgres from 'postgres';\nconst rows = sql`select id from movies`;",
      'pipeline/source/a.ts': "import pl from 'nodejs-polars';",
      'cinematch.config.ts': "import type { ConfigInput } from './pipeline/config.ts';",
    }),
  ).toEqual([]);
});
