import { expect, test } from 'vitest';
import { attributesOf, calibratedList, miscalibration, mixOf } from '../../pipeline/model/calibrated-list.ts';

test('half of a movie is its genres and half its decade, and all of it is what is known', () => {
  expect(Object.fromEntries(attributesOf(['Drama', 'War'], 1994))).toEqual({
    Drama: 0.25,
    War: 0.25,
    '1990s': 0.5,
  });
  expect(Object.fromEntries(attributesOf([], 2004))).toEqual({ '2000s': 1 });
  expect(Object.fromEntries(attributesOf(['Drama'], null))).toEqual({ Drama: 1 });
  expect(attributesOf([], null).size).toBe(0);
});

test('an equal mix is no distance, a mix without a genre costs what the formula says', () => {
  const wanted = mixOf([attributesOf(['Drama'], null), attributesOf(['Comedy'], null)]);
  expect(miscalibration(wanted, wanted, 1)).toBeCloseTo(0, 12);
  // 0.5 ln(0.5 / (0.99 + 0.005)) + 0.5 ln(0.5 / 0.005)
  const onlyDrama = new Map([['Drama', 1]]);
  expect(miscalibration(wanted, onlyDrama, 1)).toBeCloseTo(
    0.5 * Math.log(0.5 / 0.995) + 0.5 * Math.log(0.5 / 0.005),
    10,
  );
});

const drama = attributesOf(['Drama'], null);
const comedy = attributesOf(['Comedy'], null);

test('a list of a person with two tastes has both, in the order of the scores', () => {
  const candidates = [drama, drama, drama, comedy, comedy];
  const scores = [5, 4, 3, 2, 1];
  const chosen = (strength: number) => [
    ...calibratedList(candidates, scores, 2, mixOf([drama, comedy]), strength),
  ];
  expect(chosen(0)).toEqual([0, 1]);
  expect(chosen(0.5)).toEqual([0, 3]);
});

test('asking for more than there is gives all, and of nothing there is nothing', () => {
  expect([...calibratedList([drama, comedy], [1, 0], 9, drama, 0.5)]).toEqual([0, 1]);
  expect([...calibratedList([], [], 3, drama, 0.5)]).toEqual([]);
});
