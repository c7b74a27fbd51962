import { readdirSync, readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { anchorsOf, brokenLinks, type Pages, repositoryPages } from './broken-links.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'data/README.md',
  'test/emulators/github/README.md',
  'test/emulators/runner/README.md',
  'test/emulators/vercel/README.md',
  ...readdirSync(new URL('../../docs/', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
];

/** The codes as the source lists them. */
function errorCodes(): readonly string[] {
  const source = readFileSync(new URL('../../pipeline/lib/errors.ts', import.meta.url), 'utf8');
  const [, union = ''] = /type ErrorCode =([^;]*);/.exec(source) ?? [];
  return [...union.matchAll(/'([a-z-]+)'/g)].map(([, code = '']) => code);
}

test('the operations page has a row and an anchor for every error code, and for no other', () => {
  const page = repositoryPages.read('docs/operations.md');
  const rows = [...page.matchAll(/^\| <a id="([^"]+)"><\/a>`([^`]+)` \| [^|]+ \| [^|]+ \|$/gm)];
  expect(rows.map(([, anchor]) => anchor)).toEqual(rows.map(([, , code]) => code));
  expect(rows.map(([, , code]) => code)).toEqual(errorCodes());
  expect([...anchorsOf(page)]).toEqual(expect.arrayContaining([...errorCodes()]));
});

it.each(PAGES)('%s has no broken link', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test('a link to a missing file, a missing heading or a place outside is found', () => {
  const texts: Readonly<Record<string, string>> = {
    'docs/a.md': [
      '# One `code`, [two](b.md) & three',
      '[itself](#one-code-two--three) [gone](#four)',
      '[file](c.md) [up](../../x.md) [folder](.) [site](https://example.org/#x)',
      '`[code](none.md)`',
      '```\n[code](none.md)\n```',
      '[second](b.md#same-1) [third](b.md#same-2) [anchor](b.md#by-hand)',
    ].join('\n\n'),
    'docs/b.md': '## Same\n\n## Same\n\n<a id="by-hand"></a>here\n',
  };
  const pages: Pages = {
    exists: (path) => path in texts || path === 'docs' || path === 'docs/',
    read: (path) => texts[path] ?? '',
  };
  expect(brokenLinks('docs/a.md', pages)).toEqual([
    'docs/a.md links to #four: docs/a.md has no such anchor',
    'docs/a.md links to c.md: there is no docs/c.md',
    'docs/a.md links to ../../x.md: there is no ../x.md',
    'docs/a.md links to b.md#same-2: docs/b.md has no such anchor',
  ]);
});
