import { expect, test } from 'vitest';
import {
  parseScale,
  type RatingScale,
  scaleText,
  starsOfWord,
  starsOnRange,
} from '../../pipeline/lib/rating-scale.ts';

const range = (text: string) => parseScale(text) as Extract<RatingScale, { kind: 'range' }>;

/** By hand: the share of the top times 5, to the nearest half, at least a half. */
test.each([
  ['1-10', [1, 2, 5, 7.4, 10], [0.5, 1, 2.5, 3.5, 5]],
  ['0-10', [0, 1, 10], [0.5, 0.5, 5]],
  ['0-100', [0, 4, 55, 96, 100], [0.5, 0.5, 3, 5, 5]],
  ['0-1', [0, 0.5, 0.73, 1], [0.5, 2.5, 3.5, 5]],
  ['0.25-5', [0.25, 0.75, 3.25, 5], [0.5, 1, 3.5, 5]],
  ['1-5', [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]],
  ['-10..10', [-10, 0, 10], [0.5, 2.5, 5]],
])('ratings on the scale %s become half stars', (text, values, stars) => {
  const scale = range(text);
  expect(values.map((value) => starsOnRange(value, scale))).toEqual(stars);
  expect(starsOnRange(scale.high + 1, scale)).toBeNaN();
  expect(starsOnRange(scale.low - 1, scale)).toBeNaN();
  expect(starsOnRange(Number.NaN, scale)).toBeNaN();
});

test('words mean the stars that were stated, without case; numbers can be words', () => {
  expect(parseScale('like=4.5, Dislike=1.5')).toEqual({ kind: 'words', stars: { like: 4.5, dislike: 1.5 } });
  const { stars } = parseScale('1=4.5,0=1.5') as Extract<RatingScale, { kind: 'words' }>;
  expect(['1', '1.0', '0', ' 0 '].map((text) => starsOfWord(stars, text))).toEqual([4.5, 4.5, 1.5, 1.5]);
  expect(starsOfWord(stars, 'maybe')).toBeNaN();
  expect(starsOfWord(stars, 'constructor')).toBeNaN();
});

test.each([
  '',
  '10',
  '10-1',
  'like',
  'like=4.5',
  'like=4.3,dislike=1',
  'like=9,dislike=1',
  'a=1,A=2',
  '-5--1',
])('"%s" is no scale', (text) => {
  expect(parseScale(text)).toBeNull();
});

test('a scale says what it does to the step', () => {
  expect(scaleText(range('1-10'))).toBe(
    '1 to 10: 1 more is half a star more, rounded to half stars; 1 is 0.5★ and 10 is 5★',
  );
  expect(scaleText(range('0-100'))).toContain('10 more is half a star more');
});
