/** What a movie has of each attribute: genres and decade. The shares of a movie add up to 1. */
export type Attributes = ReadonlyMap<string, number>;

/** Mixed into the distribution of a list, so that an attribute that the list lacks has a finite cost: α of Steck. */
const SMOOTHING = 0.01;

/** Half of a movie is its genres, in equal parts, and half its decade. */
export function attributesOf(genres: readonly string[], year: number | null): Attributes {
  const attributes = new Map(genres.map((genre) => [genre, 0.5 / genres.length]));
  if (year !== null) attributes.set(`${Math.floor(year / 10)}0s`, 0.5);
  const sum = [...attributes.values()].reduce((total, share) => total + share, 0);
  return new Map(Array.from(attributes, ([name, share]) => [name, share / sum]));
}

/** The mean of the attributes of movies. */
export function mixOf(movies: readonly Attributes[]): Attributes {
  const mix = new Map<string, number>();
  for (const movie of movies) {
    for (const [name, share] of movie) mix.set(name, (mix.get(name) ?? 0) + share / movies.length);
  }
  return mix;
}

/**
 * How far the mix of a list is from that of a person: Σ p log(p / q̃), q̃ = (1 − α) q + α p. 0 when they are equal.
 *
 * @param listed sums of the attributes of `count` movies.
 */
export function miscalibration(wanted: Attributes, listed: Attributes, count: number): number {
  let divergence = 0;
  for (const [name, p] of wanted) divergence += costOf(p, (listed.get(name) ?? 0) / Math.max(1, count));
  return divergence;
}

/** The part of one attribute, which a person has in share p and a list in share q. */
const costOf = (p: number, q: number): number => p * Math.log(p / ((1 - SMOOTHING) * q + SMOOTHING * p));

/**
 * Chooses `k` of the candidates so that the list keeps a person's mix of genres and decades. The next movie is the one
 * with the largest
 *
 *     (1 − λ) · (sum of the relevances) − λ · miscalibration of the list
 *
 * where relevance is the score, scaled so that the candidates span 0 to 1. Steck, Calibrated Recommendations, RecSys
 * 2018.
 *
 * @param candidates attributes of each, best first. @param scores of each of them. @param strength λ, 0 to 1.
 * @returns positions in the list of candidates, in the order of their scores.
 */
export function calibratedList(
  candidates: readonly Attributes[],
  scores: ArrayLike<number>,
  k: number,
  wanted: Attributes,
  strength: number,
): Int32Array {
  const count = candidates.length;
  const highest = scores[0] as number;
  const span = highest - (scores[count - 1] as number) || 1;
  const places = new Map([...wanted.keys()].map((name, place) => [name, place]));
  const shares = Float64Array.from(wanted.values());
  // Of each candidate what counts: the attributes that the person has.
  const counted = candidates.map((movie) =>
    Array.from(movie, ([name, share]) => ({ place: places.get(name) ?? -1, share })).filter(
      ({ place }) => place >= 0,
    ),
  );
  const listed = new Float64Array(shares.length);
  const costs = new Float64Array(shares.length);
  const isChosen = new Uint8Array(count);
  const chosen: number[] = [];
  while (chosen.length < Math.min(k, count)) {
    const length = chosen.length + 1;
    const costWith = (place: number, share: number): number =>
      costOf(shares[place] as number, ((listed[place] as number) + share) / length);
    for (let place = 0; place < costs.length; place++) costs[place] = costWith(place, 0);
    let [best, bestValue] = [-1, Number.NEGATIVE_INFINITY];
    for (let at = 0; at < count; at++) {
      if (isChosen[at] === 1) continue;
      // The miscalibration of the list with this movie, less what is the same for all of them.
      let cost = 0;
      for (const { place, share } of counted[at] as (typeof counted)[number]) {
        cost += costWith(place, share) - (costs[place] as number);
      }
      const relevance = 1 - (highest - (scores[at] as number)) / span;
      const value = (1 - strength) * relevance - strength * cost;
      if (value > bestValue) [best, bestValue] = [at, value];
    }
    isChosen[best] = 1;
    chosen.push(best);
    for (const { place, share } of counted[best] as (typeof counted)[number]) {
      listed[place] = (listed[place] as number) + share;
    }
  }
  return Int32Array.from(chosen).sort();
}
