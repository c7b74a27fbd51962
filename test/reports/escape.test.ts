import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, oneLine } from '../../pipeline/lib/escape.ts';

const BREAK = '\u200b';

describe('text from outside', () => {
  it.each([
    ['@everyone', `@${BREAK}everyone`],
    ['see #12 and owner/repo#3', `see #${BREAK}12 and owner/repo#${BREAK}3`],
    ['GH-12', `GH-${BREAK}12`],
    ['</details><script>', '&lt;/details&gt;&lt;script&gt;'],
    ['<!-- cinematch:drift:ratings -->', '&lt;!-- cinematch:drift:ratings --&gt;'],
    ['a | b', 'a \\| b'],
    ['`code`', '\\`code\\`'],
    ['*bold* _it_ ~~gone~~', '\\*bold\\* \\_it\\_ \\~\\~gone\\~\\~'],
    ['[link](https://example.org)', `\\[link\\](https:${BREAK}//example.org)`],
    ['www.example.org', `www${BREAK}.example.org`],
    ['$5 a Day, $9.99', '&dollar;5 a Day, &dollar;9.99'],
    ['Q&amp;A', 'Q&amp;amp;A'],
    ['back\\slash|', 'back\\\\slash\\|'],
    ['two\nlines\r\n\ttabbed', 'two lines tabbed'],
    ['\u202egnp.exe', 'gnp.exe'],
    [
      'Amélie (Fabuleux destin d\u2019Amélie Poulain, Le)',
      'Amélie (Fabuleux destin d\u2019Amélie Poulain, Le)',
    ],
    ['', ''],
  ])('shows %j as it is and lets it do nothing', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it('never ends a table cell, a line or a comment, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const escaped = escapeMarkdown(text);
        expect(escaped).not.toMatch(/[\n\r<>]/);
        // Every bar, backtick and bracket is preceded by an odd number of backslashes.
        expect(escaped).not.toMatch(/(?<!\\)(\\\\)*[|`[\]*_~]/);
        expect(escaped).not.toMatch(/[@#](?!\u200b)/);
      }),
    );
  });

  it('is cut to its limit by characters, not inside one', () => {
    expect(oneLine('🎬'.repeat(10), 5)).toBe('🎬🎬🎬🎬…');
    expect(oneLine('12345', 5)).toBe('12345');
    expect(Array.from(oneLine('x'.repeat(5000)))).toHaveLength(120);
  });
});
