import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DRIFT_SIGNALS } from '../../pipeline/drift/signals/list.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const sources = globSync(['pipeline/**/*.ts', 'actions/**/*.ts', 'api/**/*.ts'], { cwd: root }).map(
  (path) => ({ path, text: textOf(path) }),
);

/** Files that may name a signal besides its own file, and why. */
const NAMED_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  // The format of references from before each signal had its own tensor. It never changes.
  'pipeline/drift/past-tensors.ts': [
    'rating_distribution_ks',
    'rating_mean',
    'rating_std',
    'user_mean_shift',
    'genre_js',
    'new_movie_share',
    'new_user_share',
  ],
  // The table of weeks has three columns with effects.
  'pipeline/cli/print/demo-report.ts': ['rating_distribution_ks', 'rating_mean', 'rating_std'],
};

test.each(DRIFT_SIGNALS)('only one source file defines $name', ({ name }) => {
  const naming = sources
    .filter(({ text }) => text.includes(`'${name}'`) || text.includes(`${name}:`))
    .filter(({ path }) => !NAMED_ELSEWHERE[path]?.includes(name))
    .map(({ path }) => path);
  expect(naming).toEqual([expect.stringMatching(/^pipeline\/drift\/signals\/[a-z-]+\.ts$/)]);
});

test('only the list of signals imports all signals', () => {
  const files = globSync('pipeline/drift/signals/*.ts', { cwd: root })
    .filter((path) => /satisfies DriftSignal;/.test(textOf(path)))
    .map((path) => path.split('/').at(-1) as string);
  expect(files).toHaveLength(DRIFT_SIGNALS.length);
  const importing = sources
    .filter(({ text }) => files.filter((file) => text.includes(`/${file}'`)).length > 1)
    .map(({ path }) => path);
  expect(importing).toEqual(['pipeline/drift/signals/list.ts']);
});

test('names and labels of signals are unique', () => {
  expect(new Set(DRIFT_SIGNALS.map(({ name }) => name)).size).toBe(DRIFT_SIGNALS.length);
  expect(new Set(DRIFT_SIGNALS.map(({ label }) => label)).size).toBe(DRIFT_SIGNALS.length);
});

test('the settings have a threshold for each signal that has one', () => {
  const { robust, classic } = parseConfig({}, 'test').drift;
  const defaults = (preset: 'robust' | 'classic') =>
    Object.fromEntries(
      DRIFT_SIGNALS.filter(({ thresholds }) => thresholds[preset] !== null).map(({ name, thresholds }) => [
        name,
        thresholds[preset],
      ]),
    );
  expect(robust.thresholds).toEqual(defaults('robust'));
  expect(classic.thresholds).toEqual(defaults('classic'));
});

test.each(['docs/concepts.md', 'docs/cli.md'])('%s names every signal', (path) => {
  const text = textOf(path);
  expect(DRIFT_SIGNALS.filter(({ name }) => !text.includes(`\`${name}\``))).toEqual([]);
});
