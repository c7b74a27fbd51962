import { expect, test } from 'vitest';
import { titleSeries } from '../../pipeline/ratings/title-series.ts';

/** The titles that look like parts of one series with the first. */
function partsOf(...titles: string[]): readonly string[] {
  const { pointers, others } = titleSeries(titles);
  return Array.from(others.subarray(pointers[0], pointers[1]), (row) => titles[row] as string);
}

test.each([
  ['numbers', 'Toy Story', ['Toy Story 2', 'Toy Story 3']],
  ['parts with Roman numbers', 'Godfather, The', ['Godfather: Part II, The', 'Godfather: Part III, The']],
  ['subtitles', 'Pirates of the Caribbean: At World’s End', ['Pirates of the Caribbean: Dead Man’s Chest']],
  ['names in brackets', 'Mad Max', ['Road Warrior, The (Mad Max 2)']],
  ['a plural', 'Alien', ['Aliens', 'Alien: Resurrection']],
  ['a stem inside of a title', 'Die Hard', ['Live Free or Die Hard']],
  ['the first two words', 'Harry Potter and the Chamber of Secrets', ['Harry Potter and the Goblet of Fire']],
  ['a rare first word', 'Bourne Identity, The', ['Bourne Supremacy, The']],
])('a series is found by %s', (_, first, parts) => {
  expect(partsOf(first, 'Heat', ...parts, 'Casablanca')).toEqual(parts);
});

test('a first word that many titles have says nothing', () => {
  const titles = Array.from({ length: 8 }, (_, at) => `Love ${'ABCDEFGH'[at]}lpha${at}x`);
  expect(partsOf(...titles)).toEqual([]);
});

test('the same title says more than a shared first word, and empty titles say nothing', () => {
  const { others, pointers, strengths } = titleSeries(['Rocky', 'Rocky II', 'Rocky Balboa', '', '']);
  expect([...others.subarray(0, pointers[1])]).toEqual([1, 2]);
  expect(strengths[0]).toBe(1);
  expect(strengths[1]).toBeLessThan(1);
  expect(pointers[5]).toBe(pointers[3]);
});
