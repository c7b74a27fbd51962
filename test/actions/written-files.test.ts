import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { permissionsOf } from '../docs/permissions-page.ts';
import { writtenFiles } from '../docs/write-docs.ts';

describe('npm run docs has been run', () => {
  it.each([...writtenFiles()])('for %s', (path, text) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
  });
});

test('every permission of every job says why', () => {
  const page = writtenFiles().get('docs/permissions.md') ?? '';
  const rows = page.split('\n').filter((line) => line.startsWith('| `') && line.split('|').length === 6);
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => row.split('|')[4]?.trim() === '')).toEqual([]);
});

test('a permission is read with the reason behind it', () => {
  const workflow = 'jobs:\n  a:\n    permissions:\n      issues: write # the label\n      contents: read\n';
  expect(permissionsOf('x', workflow)).toEqual([
    { workflow: 'x', job: 'a', permission: 'issues', level: 'write', reason: 'the label' },
    { workflow: 'x', job: 'a', permission: 'contents', level: 'read', reason: '' },
  ]);
});
