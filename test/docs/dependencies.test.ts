import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const { dependencies, devDependencies } = JSON.parse(read('package.json'));
/** The lines of the table: the packages, and where each is used. */
const lines = [...read('docs/decisions/dependencies.md').matchAll(/^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)]
  .filter(([, packages]) => !/^(Package|-+)$/.test(packages!))
  .map(([, packages, where]) => ({ packages: packages!.split(', '), where: where! }));
const sources = globSync('{pipeline,actions,api}/**/*.ts', { cwd: ROOT }).map((path) => ({
  room: /^(?:pipeline\/)?(\w+)/.exec(path)![1]!,
  text: read(path),
}));

it('has a line for every package, except for types', () => {
  const packages = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !name.startsWith('@types/'),
  );
  expect(lines.flatMap((line) => line.packages).sort()).toEqual(packages.sort());
});

it.each(lines.filter(({ packages }) => packages.some((name) => name in dependencies)))(
  'names the rooms that import $packages',
  ({ packages, where }) => {
    const imported = packages.map(
      (name) => new RegExp(`(from |import |import\\(|require\\()'${name}(/[^']*)?'`),
    );
    const rooms = sources
      .filter(({ text }) => imported.some((pattern) => pattern.test(text)))
      .map(({ room }) => room);
    const named = [...where.matchAll(/`(\w+)`/g)].map(([, room]) => room);
    expect(named.sort()).toEqual([...new Set(rooms)].sort());
  },
);
