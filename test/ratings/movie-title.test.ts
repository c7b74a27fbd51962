import { describe, expect, test } from 'vitest';
import { titleNames } from '../../pipeline/ratings/movie-title.ts';

test.each([
  ['Heat', 'Heat'],
  ['Matrix, The', 'The Matrix'],
  ['American in Paris, An', 'An American in Paris'],
  ['Bug’s Life, A', 'A Bug’s Life'],
  ['Good, the Bad and the Ugly, The', 'The Good, the Bad and the Ugly'],
  ['Fast and the Furious: Tokyo Drift, The', 'The Fast and the Furious: Tokyo Drift'],
  ["Avventura, L'", "L'Avventura"],
  ['Avventura, L’', 'L’Avventura'],
  ['Boot, Das', 'Das Boot'],
  ['Cercle Rouge, Le', 'Le Cercle Rouge'],
  ['Dolce Vita, La', 'La Dolce Vita'],
  ['Vitelloni, I', 'I Vitelloni'],
  ['Hip Hop Witch, Da', 'Da Hip Hop Witch'],
  ['Paris, Texas', 'Paris, Texas'],
  ['Crouching Tiger, Hidden Dragon', 'Crouching Tiger, Hidden Dragon'],
  ['Die Hard', 'Die Hard'],
  ['Life, Animated', 'Life, Animated'],
  ['(500) Days of Summer', '(500) Days of Summer'],
  ['[REC]', '[REC]'],
  ['Frontière(s)', 'Frontière(s)'],
  ['Evangelion: 3.0 You Can (Not) Redo', 'Evangelion: 3.0 You Can (Not) Redo'],
  ['Birdman: Or (The Unexpected Virtue of Ignorance)', 'Birdman: Or (The Unexpected Virtue of Ignorance)'],
  [', The', ', The'],
  ['', ''],
])('%s is said %s', (title, display) => {
  expect(titleNames(title)).toEqual({ display, alternatives: [] });
});

describe('names in brackets', () => {
  test.each<[title: string, display: string, alternatives: readonly string[]]>([
    [
      'City of Lost Children, The (Cité des enfants perdus, La)',
      'The City of Lost Children',
      ['La Cité des enfants perdus'],
    ],
    ['City of God (Cidade de Deus)', 'City of God', ['Cidade de Deus']],
    ['Seven (a.k.a. Se7en)', 'Seven', ['Se7en']],
    [
      "European Vacation (aka National Lampoon's European Vacation)",
      'European Vacation',
      ["National Lampoon's European Vacation"],
    ],
    [
      'Léon: The Professional (a.k.a. The Professional) (Léon)',
      'Léon: The Professional',
      ['The Professional', 'Léon'],
    ],
    [
      'City of the Living Dead (a.k.a. Gates of Hell, The) (Paura nella città dei morti viventi)',
      'City of the Living Dead',
      ['The Gates of Hell', 'Paura nella città dei morti viventi'],
    ],
    ['Boot, Das (Boat, The)', 'Das Boot', ['The Boat']],
    ["Besieged (a.k.a. L' Assedio)", 'Besieged', ["L'Assedio"]],
    ['Woman Is a Woman, A (femme est une femme, Une)', 'A Woman Is a Woman', ['Une femme est une femme']],
    [
      'Evangelion: 1.0 You Are (Not) Alone (Evangerion shin gekijôban: Jo)',
      'Evangelion: 1.0 You Are (Not) Alone',
      ['Evangerion shin gekijôban: Jo'],
    ],
    ['Man Escaped, A (Un  condamné à mort)', 'A Man Escaped', ['Un condamné à mort']],
    ['Dreams (Dreams)', 'Dreams', []],
    ['A (B (C) D)', 'A', ['B (C) D']],
  ])('%s', (title, display, alternatives) => {
    expect(titleNames(title)).toEqual({ display, alternatives });
  });

  test('a thousand brackets are split in no time to speak of', () => {
    expect(titleNames(`${'a ('.repeat(1000)}${')'.repeat(1000)}`).display).toBe('a');
    expect(titleNames(`a${' (b)'.repeat(1000)}`).alternatives).toEqual(['b']);
  });
});
