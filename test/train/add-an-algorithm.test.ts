/** The recipe "Add an algorithm" of CONTRIBUTING.md: a trainer and its place in the list are all it takes. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { algorithmNamed } from '../../pipeline/train/algorithms.ts';

const root = join(import.meta.dirname, '../..');
const sources = globSync(['pipeline/**/*.ts', 'api/**/*.ts', 'actions/**/*.ts'], { cwd: root });

test.each([
  ['als', 'pipeline/train/ratings-heads/als.ts'],
  ['ease', 'pipeline/train/ranking-heads/ease.ts'],
])('only the file of %s says its name, and only the list of algorithms imports it', (name, file) => {
  const matching = (pattern: RegExp): readonly string[] =>
    sources.filter((path) => pattern.test(readFileSync(join(root, path), 'utf8')));
  expect(matching(new RegExp(`'${name}'`))).toEqual([file]);
  expect(matching(new RegExp(`from '.*/${name}\\.ts'`))).toEqual(['pipeline/train/algorithms.ts']);
  expect(algorithmNamed(name).name).toBe(name);
});
