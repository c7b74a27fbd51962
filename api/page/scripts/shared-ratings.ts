/** Ratings in the fragment of a URL, which browsers keep to themselves: `#rated=1:4.5,296:5`. */

export type StarsByMovie = ReadonlyMap<string, number>;

const PREFIX = '#rated=';
/** A longer link would not fit everywhere. */
const MOST = 200;

export function writeShared(ratings: StarsByMovie): string {
  if (ratings.size === 0) return '#';
  const pairs = Array.from(ratings, ([movie, stars]) => `${encodeURIComponent(movie)}:${stars}`);
  return PREFIX + pairs.slice(0, MOST).join(',');
}

/** Reads a fragment. What is no rating in half stars is left out. */
export function readShared(fragment: string): StarsByMovie {
  const ratings = new Map<string, number>();
  if (!fragment.startsWith(PREFIX)) return ratings;
  for (const pair of fragment.slice(PREFIX.length).split(',').slice(0, MOST)) {
    const [movie = '', value = ''] = pair.split(':');
    const stars = Number(value);
    if (movie === '' || !Number.isInteger(2 * stars) || stars < 0.5 || stars > 5) continue;
    try {
      ratings.set(decodeURIComponent(movie), stars);
    } catch {
      // A damaged escape sequence names no movie.
    }
  }
  return ratings;
}
