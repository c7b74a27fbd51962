import { expect, it } from 'vitest';
import { parsePairs } from './command-files.ts';
import { evaluate, expand } from './expressions.ts';
import { readLog } from './log.ts';

it('reads annotations with their titles and escapes', () => {
  const { annotations, text } = readLog(
    '::error title=publish-model%3A forge-denied,file=a.ts::100%25 sure%0Aand more\n::warning::Take care: this::once',
    [],
  );
  expect(annotations).toEqual([
    { level: 'error', title: 'publish-model: forge-denied', message: '100% sure\nand more' },
    { level: 'warning', title: '', message: 'Take care: this::once' },
  ]);
  expect(text).toBe('error: 100% sure\nand more\nwarning: Take care: this::once');
});

it('masks a secret in the log and in annotations, line by line where it has several', () => {
  const { text, annotations } = readLog(
    '::add-mask::first%0Asecond\nfirst\n::error title=second::third first',
    ['third'],
  );
  expect(text).toBe('***\nerror: *** ***');
  expect(annotations).toEqual([{ level: 'error', title: '***', message: '*** ***' }]);
});

it('masks the longer of two secrets first', () => {
  expect(readLog('abcdef abc', ['abc', 'abcdef']).text).toBe('*** ***');
});

it('takes no commands while they are stopped', () => {
  const { annotations } = readLog('::stop-commands::pause\n::error::no\n::pause::\n::error::yes', []);
  expect(annotations.map(({ message }) => message)).toEqual(['yes']);
});

it('refuses a command GitHub has retired', () => {
  expect(() => readLog('::set-output name=a::b', [])).toThrow('::set-output:: is no longer accepted');
});

it('reads lines and blocks that a step wrote', () => {
  expect(parsePairs('a=1=2\nb<<END\nx=1\n\ny\nEND\nc=\n')).toEqual({ a: '1=2', b: 'x=1\n\ny', c: '' });
});

it.each(['no pair', 'a<<END\nnever closed', 'a<<\n'])('refuses to read %j', (text) => {
  expect(() => parsePairs(text)).toThrow();
});

it('evaluates as GitHub does: missing properties are empty, text compares without case', () => {
  const contexts = { inputs: { threshold: null }, github: { event_name: 'Schedule', token: 'x' } };
  expect(expand(`a \${{ inputs.threshold || 0.2 }} b`, contexts)).toBe('a 0.2 b');
  expect(
    evaluate("github.event_name == 'schedule' && github.event.nothing.there == ''", contexts).number(),
  ).toBe(1);
});

it('finds the end of an expression behind braces in quotes', () => {
  expect(expand(`\${{ format('{0}}}', 'it''s') }}!`, { github: {} })).toBe("it's}!");
});
