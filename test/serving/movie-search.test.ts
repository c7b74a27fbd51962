import { describe, expect, test } from 'vitest';
import { MOVIES, searchOf } from './some-movies.ts';

const search = searchOf(MOVIES);

function found(query: string): string[] {
  return [...search(query)].map((row) => `${MOVIES[row]?.title} ${MOVIES[row]?.year}`);
}

test.each<[what: string, query: string, first: string]>([
  [
    'a word with another letter, one with a letter less',
    'shawshenk redemtion',
    'Shawshank Redemption, The 1994',
  ],
  ['two typos in a long word', 'rademtion', 'Shawshank Redemption, The 1994'],
  ['letters swapped in a stop word', 'teh matrix', 'Matrix, The 1999'],
  ['letters swapped in a word', 'martix', 'Matrix, The 1999'],
  ['letters swapped in a short word', 'xmne', 'X-Men 2000'],
  ['a letter less', 'godfater', 'Godfather, The 1972'],
  ['a word not yet typed to its end', 'star wa', 'Star Wars: Episode IV - A New Hope 1977'],
  ['one with a typo not yet typed to its end', 'shwashan', 'Shawshank Redemption, The 1994'],
  ['another case', 'MATRIX', 'Matrix, The 1999'],
  ['no diacritics', 'fabuleux destin d amelie', "Amelie (Fabuleux destin d'Amélie Poulain, Le) 2001"],
  ['more diacritics', 'Amélïe', "Amelie (Fabuleux destin d'Amélie Poulain, Le) 2001"],
  ['another name', 'Leon', 'Léon: The Professional (a.k.a. The Professional) (Léon) 1994'],
  ['a hyphen left out', 'spiderman', 'Spider-Man 2002'],
  ['a space for a hyphen', 'spider man', 'Spider-Man 2002'],
  ['two words in one', 'starwars', 'Star Wars: Episode IV - A New Hope 1977'],
  ['an article in one with its word', 'thematrix', 'Matrix, The 1999'],
  ['an apostrophe left out', 'oceans eleven', "Ocean's Eleven 2001"],
  ['a number in digits', 'oceans 11 2001', "Ocean's Eleven 2001"],
  ['an episode in digits', 'star wars 4', 'Star Wars: Episode IV - A New Hope 1977'],
  ['an episode in a single numeral', 'star wars 5', 'Star Wars: Episode V - The Empire Strikes Back 1980'],
  ['the same numeral', 'star wars v', 'Star Wars: Episode V - The Empire Strikes Back 1980'],
  ['a numeral at the end', 'rocky 5', 'Rocky V 1990'],
  ['the first of a series', 'rocky 1', 'Rocky 1976'],
  ['a letter that looks like a numeral', 'malcolm x', 'Malcolm X 1992'],
  ['initials', 'lotr', 'Lord of the Rings: The Fellowship of the Ring, The 2001'],
  ['initials without those of the subtitle', 'bttf', 'Back to the Future 1985'],
  ['a part in digits', 'godfather 2', 'Godfather: Part II, The 1974'],
  ['a digit for a letter', 'se7en', 'Seven (a.k.a. Se7en) 1995'],
  ['an article in front', 'the matrix', 'Matrix, The 1999'],
  ['an article behind', 'Matrix, The', 'Matrix, The 1999'],
  ['an article of another language', 'il postino', 'Postman, The (Postino, Il) 1994'],
  ['no article', 'haine', 'Hate (Haine, La) 1995'],
  ['an article that an apostrophe ties', 'avventura', "Avventura, L' (Adventure, The) 1960"],
  ['the same with the article', "l'avventura", "Avventura, L' (Adventure, The) 1960"],
  ['a dot in the middle', 'wall-e', 'WALL·E 2008'],
  ['nothing in the middle', 'walle', 'WALL·E 2008'],
  ['stars', 'm*a*s*h', 'M*A*S*H (a.k.a. MASH) 1970'],
  ['no stars', 'mash', 'M*A*S*H (a.k.a. MASH) 1970'],
  ['and for &', 'dumb and dumber', 'Dumb & Dumber (Dumb and Dumber) 1994'],
  ['nothing but stop words', 'it', 'It 2017'],
  ['a stop word that the title lacks', 'redemption of shawshank', 'Shawshank Redemption, The 1994'],
  ['words in another order', 'lambs silence', 'Silence of the Lambs, The 1991'],
  ['a year in the name', '2001 a space odyssey', '2001: A Space Odyssey 1968'],
  ['a year in the name, behind', 'blade runner 2049', 'Blade Runner 2049 2017'],
  ['a year', 'blade runner 1982', 'Blade Runner 1982'],
  ['a year in brackets', 'heat (1986)', 'Heat 1986'],
  ['a year in front', '1986 heat', 'Heat 1986'],
  ['a year that is none of its', 'shawshank 1971', 'Shawshank Redemption, The 1994'],
  ['a number in brackets in front', '(500) days', '(500) Days of Summer 2009'],
  ['Cyrillic', 'ирония судьбы', 'Ирония судьбы, или С легким паром! (Ironiya sudby) 1975'],
  ['Cyrillic with a typo', 'ирония судбы', 'Ирония судьбы, или С легким паром! (Ironiya sudby) 1975'],
  ['the beginning of a title without spaces', '七人', '七人の侍 null'],
])('%s: %s finds %s', (_, query, first) => {
  expect(found(query)[0]).toBe(first);
});

describe('what comes first', () => {
  test('the name, names that begin so, words inside, longer words, typos, each by popularity', () => {
    expect(found('heat')).toEqual([
      'Heat 1995',
      'Heat, The 2013',
      'Heat 1986',
      'Body Heat 1981',
      'Heart and Souls 1993',
    ]);
    expect(found('star')).toEqual([
      'Star Wars: Episode IV - A New Hope 1977',
      'Star Wars: Episode V - The Empire Strikes Back 1980',
      'Star Trek: First Contact 1996',
      'Dark Star 1974',
    ]);
    expect(found('godfather')).toEqual([
      'Godfather, The 1972',
      'Godfather: Part II, The 1974',
      'Tokyo Godfathers 2003',
    ]);
  });

  test('a movie of the year before those of others, and these after all', () => {
    expect(found('heat 1986').slice(0, 4)).toEqual([
      'Heat 1986',
      'Heat 1995',
      'Heat, The 2013',
      'Body Heat 1981',
    ]);
  });

  test('a year alone is a name first, and then a year', () => {
    expect(found('1984')).toEqual(['1984 (Nineteen Eighty-Four) 1984', 'Amadeus 1984']);
  });

  test('die is no article', () => {
    expect(found('die hard')[0]).toBe('Die Hard 1988');
    expect(found('hard')).toEqual(['Hard Candy 2005', 'Die Hard 1988']);
  });
});

describe('what is not found', () => {
  test.each(['', ' ', '!!!', '()', '?! — «»', '🎬', '❤️', '\u0301', '\ud83c'])('nothing for %j', (query) => {
    expect(found(query)).toEqual([]);
  });

  test('a movie that has fewer words than another, or less than half', () => {
    expect(found('blade runner 2049 godfather')).toEqual(['Blade Runner 2049 2017', 'Blade Runner 1982']);
    expect(found('godfather zzzz')).toContain('Godfather, The 1972');
    expect(found('godfather zzzz qqqq')).toEqual([]);
  });

  test('a movie that has one word of two, and that with a typo', () => {
    expect(found('godfater zzzz')).toEqual([]);
  });

  test('another number for a number with a typo', () => {
    expect(found('2048')).toEqual([]);
  });
});

test.each([
  ['10,000 letters', 'x'.repeat(10_000)],
  ['10,000 pairs of letters', 'ab '.repeat(10_000)],
  ['1,000 words of titles', `${MOVIES.map(({ title }) => title).join(' ')} `.repeat(10)],
  ['1,000 brackets', '('.repeat(1000) + ')'.repeat(1000)],
  ['emoji', '🎬'.repeat(5000)],
  ['ligatures that are long when taken apart', 'ﷺ'.repeat(10_000)],
])('a query of %s has an answer', (_, query) => {
  expect(search(query)).toBeInstanceOf(Int32Array);
});

test('an answer is its own, and stays when more is asked', () => {
  const first = search('heat');
  const copy = first.slice();
  search('matrix');
  expect(first).toEqual(copy);
});

test('a catalogue without movies is searched in vain', () => {
  expect([...searchOf([])('heat')]).toEqual([]);
});
