import { describe, expect, test } from 'vitest';
import { concatRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';
import { type NamedPlant, PLANTS } from '../../../pipeline/stages/calibrate/plants.ts';
import { quietWeeks } from '../../support/pipeline.ts';

const { prepared, movies } = quietWeeks();
const genres = new Map(movies.map((movie) => [movie.id, movie.genres]));
const genresOf = (id: number): readonly string[] => genres.get(id) ?? [];
const batch = prepared.batches[0] as Ratings;
const before = concatRatings([prepared.train, prepared.test]);
const planted = (name: string): Ratings =>
  (PLANTS[name] as NamedPlant).plant({ batch, before, genresOf, seed: 1 });
const mean = ({ halves }: Ratings): number => halves.reduce((sum, half) => sum + half / 2, 0) / halves.length;
const added = (ratings: Ratings): number => ratings.length - batch.length;

describe('planted changes', () => {
  test.each(Object.keys(PLANTS))('%s is the same each time and has only possible ratings', (name) => {
    const one = planted(name);
    expect(planted(name)).toEqual(one);
    expect(one).not.toEqual(batch);
    expect(one.halves.every((half) => half >= 1 && half <= 10)).toBe(true);
    expect(new Set([one.userIds, one.movieIds, one.halves, one.ratedAt].map(({ length }) => length))).toEqual(
      new Set([one.length]),
    );
  });

  test('change what their names say', () => {
    expect(mean(planted('+0.25★')) - mean(batch)).toBeGreaterThan(0.2);
    expect(mean(planted('+0.25★')) - mean(batch)).toBeLessThanOrEqual(0.25);
    expect(Math.max(...planted('halved scale').halves)).toBeLessThanOrEqual(5);
    expect(planted('whole stars only').halves.every((half) => half % 2 === 0)).toBe(true);
    const gone = planted('a vanished genre');
    expect(new Set([...batch.movieIds].flatMap(genresOf)).size).toBe(
      new Set([...gone.movieIds].flatMap(genresOf)).size + 1,
    );
    const known = new Set(before.movieIds);
    const fresh = planted('20% on new movies').movieIds.filter((id) => !known.has(id)).length;
    expect(fresh / batch.length).toBeCloseTo(0.2, 1);
    expect(new Set(planted('permuted movie numbers').movieIds).size).toBe(new Set(batch.movieIds).size);
    expect(added(planted('flood by one user'))).toBe(Math.min(2300, known.size));
    expect(new Set(planted('20 new bots (5★)').userIds).size).toBe(new Set(batch.userIds).size + 20);
    expect(added(planted('bomb on one movie'))).toBe(300);
    const bots = planted('10% of users are bots (5★)');
    const changed = new Set(bots.userIds.filter((_, row) => bots.halves[row] !== batch.halves[row]));
    expect(changed.size).toBe(Math.round(new Set(batch.userIds).size / 10));
  });
});
