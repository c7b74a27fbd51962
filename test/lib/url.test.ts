import { expect, test } from 'vitest';
import { linkUrl, shownUrl, webUrl } from '../../pipeline/lib/url.ts';

test.each([
  'https://example.org',
  'http://127.0.0.1:3000/a?b=c#d',
  'https://user:pass@example.org/',
  'HTTPS://example.org/(a)',
])('%s is a web URL', (text) => {
  expect(webUrl(text)?.href.toLowerCase()).toContain(text.toLowerCase());
});

test.each([
  null,
  undefined,
  '',
  'example.org',
  '/srv/films',
  'C:\\films',
  'https:',
  'https://',
  'http://[',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'https://example.org/a b',
  'https://example.org\\@evil.org',
  ' https://example.org',
])('%j is not a web URL', (text) => {
  expect(webUrl(text)).toBeNull();
  expect(linkUrl(text)).toBeNull();
});

test('a URL is safe in a link when no character ends the link', () => {
  const url = 'https://example.org/a?b=c&d=%20#e';
  expect(linkUrl(url)).toBe(url);
  for (const character of '<>()[]"\'`|') expect(linkUrl(`https://example.org/${character}`)).toBeNull();
});

test('a URL is shown without user, password, query and fragment', () => {
  expect(shownUrl(new URL('https://mia:s3cret@example.org:8443/a.csv?token=s3cret#s3cret'))).toBe(
    'https://example.org:8443/a.csv',
  );
});
