import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { dispatchFindings } from './dispatch-rules.ts';
import { languageFindings } from './language-service.ts';
import { actionSurface, workflowFindings } from './workflow-rules.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const workflowPaths = globSync('.github/workflows/*.yml', { cwd: root }).sort();
const actionPaths = globSync('actions/*/action.yml', { cwd: root }).sort();
const actions = new Map(
  actionPaths.map((path) => [`./${dirname(path)}`, actionSurface(read(path))] as const),
);

it('finds the workflows and actions', () => {
  expect(workflowPaths.length).toBeGreaterThanOrEqual(10);
  expect(actionPaths.length).toBeGreaterThanOrEqual(7);
});

describe.each(workflowPaths)('%s', (path) => {
  it('is accepted by GitHub', async () => {
    expect(await languageFindings(path, read(path))).toEqual([]);
  });
  it('follows the rules of this repository', () => {
    expect(workflowFindings(read(path), actions)).toEqual([]);
  });
});

it.each(actionPaths)('%s is accepted by GitHub', async (path) => {
  expect(await languageFindings(path, read(path))).toEqual([]);
});

it('the code dispatches only workflows that exist, with inputs that they have', () => {
  const paths = globSync(['pipeline/**/*.ts', 'actions/**/*.ts'], { cwd: root });
  const { calls, findings } = dispatchFindings(
    Object.fromEntries(paths.map((path) => [path, read(path)])),
    Object.fromEntries(workflowPaths.map((path) => [basename(path, '.yml'), read(path)])),
  );
  expect(new Set(calls.map(({ workflow }) => workflow))).toEqual(new Set(['drift', 'train', 'deploy']));
  expect(findings).toEqual([]);
});

it('keeps npm packages and actions up to date by Dependabot', () => {
  const { version, updates } = parse(read('.github/dependabot.yml')) as {
    version: number;
    updates: { 'package-ecosystem': string; directory: string; schedule: { interval: string } }[];
  };
  expect(version).toBe(2);
  expect(updates.map((update) => update['package-ecosystem']).sort()).toEqual(['github-actions', 'npm']);
  for (const update of updates) {
    expect(update.directory).toBe('/');
    expect(['daily', 'weekly', 'monthly']).toContain(update.schedule.interval);
  }
});
