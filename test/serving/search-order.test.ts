import { expect, test } from 'vitest';
import { searchOf } from './some-movies.ts';

/** What a query finds of these titles, the first the least popular. */
function found(query: string, ...titles: string[]): string[] {
  const movies = titles.map((title, popularity) => ({ title, popularity }));
  return [...searchOf(movies)(query)].map((row) => titles[row] as string);
}

test('of one word: the name, another name, names that begin so, then words inside', () => {
  expect(
    found('alien', 'Alien', 'Xenomorph (Alien)', 'Aliens', 'Alien Nation', 'My Alien', 'My Aliens'),
  ).toEqual(['Alien', 'Xenomorph (Alien)', 'Alien Nation', 'Aliens', 'My Alien', 'My Aliens']);
});

test('of more words: the name, another name, names that begin so, then words inside', () => {
  const titles = [
    'Star Trek',
    'Trekking (Star Trek)',
    'Star Trek: Nemesis',
    'Lone Star Trek',
    'Star Trekker Blues',
  ];
  expect(found('star trek', ...titles)).toEqual([
    'Star Trek',
    'Trekking (Star Trek)',
    'Star Trekker Blues',
    'Star Trek: Nemesis',
    'Lone Star Trek',
  ]);
});

test('words that the title joins are taken together, and its name is still its name', () => {
  expect(found('spider man', 'Spiderman', 'Amazing Spiderman', 'Man of Straw')).toEqual([
    'Spiderman',
    'Amazing Spiderman',
  ]);
  expect(found('m*a*s*h', 'MASH', 'Smash')).toEqual(['MASH']);
});

test('letters swapped in a word of three are a typo, other letters are another word', () => {
  expect(found('swa', 'Saw', 'Sea')).toEqual(['Saw']);
});

test('a typo in a whole word comes before one in the beginning of a longer word', () => {
  expect(found('marix', 'Matrix', 'Maritime Law')).toEqual(['Matrix', 'Maritime Law']);
});

test('a typo in the beginning of a longer word is found in the last word alone', () => {
  expect(found('tokyo godaft', 'Tokyo Godfathers')).toEqual(['Tokyo Godfathers']);
  expect(found('godaft tokyo drift', 'Godfathers of Tokyo')).toEqual([]);
});

test('a stop word with letters swapped need not be found, unless a title has it', () => {
  expect(found('teh godfater', 'Godfather, The')).toEqual(['Godfather, The']);
  expect(found('returns nad', 'Nad Returns', 'Returns')).toEqual(['Nad Returns']);
});

test('what an apostrophe ties to the article is a word of its own', () => {
  expect(found('avventura', "Avventura, L'", 'Avventure')).toEqual(["Avventura, L'", 'Avventure']);
});

test('more than 400 letters and 16 words are not looked at', () => {
  expect(found(`heat${' '.repeat(400)}zzzz qqqq xxxx`, 'Heat')).toEqual(['Heat']);
  const words = 'one of these days we shall see what comes';
  const others = Array.from({ length: 30 }, (_, at) => `z${at}`).join(' ');
  // Eight words that are wanted, and eight of the others: half.
  expect(found(`${words} ${others}`, words)).toEqual([words]);
});

test('of equal popularity the earlier row comes first', () => {
  const movies = ['Heat', 'Heat', 'Heat'].map((title) => ({ title, popularity: 5 }));
  expect([...searchOf(movies)('heat')]).toEqual([0, 1, 2]);
});
