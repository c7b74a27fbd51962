import { expect, test } from 'vitest';
import { nearestWord } from '../../pipeline/lib/nearest-word.ts';

const WORDS = ['dataset', 'drift', 'retraining', 'train', 'vb-mf+ials', 'vb-mf', 'als'];

test.each([
  ['exchanged letters', 'vb-fm+ials', 'vb-mf+ials'],
  ['a letter less', 'dataet', 'dataset'],
  ['a letter more', 'driftt', 'drift'],
  ['another letter', 'trein', 'train'],
  ['capital letters', 'DataSet', 'dataset'],
  ['the beginning of a longer word', 'retrain', 'retraining'],
  ['a word with nothing in common', 'webhook', null],
  ['an empty word', '', null],
])('%s', (_, word, nearest) => {
  expect(nearestWord(word, WORDS)).toBe(nearest);
});
