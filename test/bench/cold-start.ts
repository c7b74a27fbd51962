/**
 * How well people are predicted whom a model has not seen, by the first few ratings they tell. A fifth of the users
 * is kept from training; each tells n of their ratings, drawn at random, and the rest from the fiftieth on are
 * predicted. `node test/bench/cold-start.ts PATH` on any file or folder of ratings.
 */

import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import type { GivenRating, Model } from '../../pipeline/model/model.ts';
import { filterRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { readDataset } from '../../pipeline/source/load-dataset.ts';
import { algorithmNamed } from '../../pipeline/train/algorithms.ts';
import { AS_STARS } from '../support/reading.ts';

const SEED = 1;
const NEW_SHARE = 0.2;
const TOLD = [1, 5, 10, 20, 50] as const;
const LONGEST = TOLD[TOLD.length - 1] as number;
/** Ratings beyond those told that a person must have to be measured. */
const LEAST_HELD_OUT = 10;
const ALGORITHMS = ['vb-mf', 'als', 'bias', 'popularity'] as const;

interface Person {
  readonly told: readonly GivenRating[];
  readonly heldOut: readonly GivenRating[];
}

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('Name a file or folder of ratings: node test/bench/cold-start.ts ml-latest-small');
  process.exit(2);
}
const { ratings } = await readDataset(path, {
  now: new Date(),
  reading: AS_STARS,
  onProgress: () => {},
});
const random = seededRandom(SEED);
const isNew = new Map(
  [...new Set(ratings.userIds)].sort((a, b) => a - b).map((id) => [id, random() < NEW_SHARE]),
);
const known = filterRatings(ratings, (row) => isNew.get(ratings.userIds[row] as number) === false);
const people = newPeople(ratings);
console.log(
  `${known.length} ratings to train on; ${people.length} people the model has not seen, ${people.reduce((sum, { heldOut }) => sum + heldOut.length, 0)} of their ratings predicted; RMSE by ratings told`,
);
console.log(['', ...TOLD.map((n) => `n = ${n}`)].map((text) => text.padStart(11)).join(''));
for (const name of ALGORITHMS) {
  const { fit: train } = algorithmNamed(name);
  const model = await train(known, { hyperParameters: {}, seed: SEED });
  const errors = TOLD.map((n) => rmseAfter(model, n).toFixed(4));
  console.log([name, ...errors].map((text) => text.padStart(11)).join(''));
}

function newPeople({ userIds, movieIds, halves }: Ratings): readonly Person[] {
  const byUser = new Map<number, GivenRating[]>();
  userIds.forEach((userId, row) => {
    if (isNew.get(userId) !== true) return;
    const given = byUser.get(userId) ?? [];
    given.push({ movieId: movieIds[row] as number, stars: (halves[row] as number) / 2 });
    byUser.set(userId, given);
  });
  return [...byUser]
    .sort(([a], [b]) => a - b)
    .map(([userId, given]) => shuffle(seededRandom(SEED, userId), given))
    .filter((given) => given.length >= LONGEST + LEAST_HELD_OUT)
    .map((given) => ({ told: given.slice(0, LONGEST), heldOut: given.slice(LONGEST) }));
}

function rmseAfter(model: Model, n: number): number {
  let squares = 0;
  let count = 0;
  for (const { told, heldOut } of people) {
    const person = model.foldIn(told.slice(0, n));
    for (const { movieId, stars } of heldOut) {
      squares += (person.predict(movieId).rating - stars) ** 2;
      count++;
    }
  }
  return Math.sqrt(squares / count);
}
