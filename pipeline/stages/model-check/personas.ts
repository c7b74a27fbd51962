import { median } from 'simple-statistics';
import { selectWhere } from '../../math/select-where.ts';
import type { Movie } from '../../ratings/movie.ts';
import { orderRows } from '../../ratings/order.ts';
import type { Ratings } from '../../ratings/ratings.ts';

/** A fixed user of the training data whose recommendations are compared. */
export interface Persona {
  readonly name: string;
  readonly description: string;
  /** A user of the training data; 0 for the newcomer. */
  readonly userId: number;
  /** Movies rated in training: not recommended again. */
  readonly rated: ReadonlySet<number>;
}

/** A movie with a rating of at least this many half stars is liked: 4★. */
const LIKED_HALVES = 8;
/** Users with fewer ratings, or fewer liked movies, are not picked. */
const MIN_RATINGS = 20;

/** The training ratings of a user. */
interface Profile {
  readonly userId: number;
  /** Number of ratings, and their sum in half stars. */
  readonly ratings: number;
  readonly halves: number;
  /** The liked movies, in the order of the ratings. */
  readonly liked: Int32Array;
}

/**
 * Picks the personas of a set of training ratings: the strongest preference for one genre, the fewest ratings, the
 * lowest mean rating, the least popular liked movies, and a newcomer. The same ratings give the same personas. Ties
 * go to the lower user id, no user is picked twice, and a persona without a matching user is left out.
 */
export function fixedPersonas(training: Ratings, movies: readonly Movie[]): readonly Persona[] {
  const profiles = profilesOf(training);
  const active = profiles.filter(({ ratings }) => ratings >= MIN_RATINGS);
  const liking = profiles.filter(({ liked }) => liked.length >= MIN_RATINGS);
  const picked = new Set<number>();
  const pick = (from: readonly Profile[], score: (profile: Profile) => number): Profile | null => {
    let best: { readonly profile: Profile; readonly points: number } | null = null;
    for (const profile of from) {
      if (picked.has(profile.userId)) continue;
      const points = score(profile);
      if (best === null || points > best.points) best = { profile, points };
    }
    if (best !== null) picked.add(best.profile.userId);
    return best?.profile ?? null;
  };
  const persona = (
    name: string,
    profile: Profile | null,
    describe: (profile: Profile) => string,
  ): readonly Persona[] =>
    profile === null
      ? []
      : [
          {
            name,
            description: describe(profile),
            userId: profile.userId,
            rated: moviesOf(training, profile.userId),
          },
        ];

  const favourite = favouriteGenre(profiles, movies);
  const popularity = ratingsByMovie(training);
  const seenBy = ({ liked }: Profile): number => median(Array.from(liked, (id) => popularity.get(id) ?? 0));
  return [
    ...persona(
      'Genre lover',
      favourite === null ? null : pick(liking, (profile) => favourite(profile).excess),
      (profile) => {
        const { genre, share, usual } = (favourite as NonNullable<typeof favourite>)(profile);
        return `${percent(share)} of ${profile.liked.length} liked movies are ${genre}, ${percent(usual)} for all users; ${counted(profile.ratings)}`;
      },
    ),
    ...persona(
      'Beginner',
      pick(profiles, ({ ratings }) => -ratings),
      (profile) => `has the fewest ratings: ${counted(profile.ratings)}`,
    ),
    ...persona(
      'Hard to please',
      pick(active, (profile) => -meanStars(profile)),
      (profile) => `gives ${meanStars(profile).toFixed(2)}★ on average; ${counted(profile.ratings)}`,
    ),
    ...persona(
      'Off the beaten track',
      pick(liking, (profile) => -seenBy(profile)),
      (profile) =>
        `half of the liked movies have at most ${counted(Math.round(seenBy(profile)))}; ${counted(profile.ratings)}`,
    ),
    {
      name: 'Newcomer',
      description: 'has not rated anything',
      userId: 0,
      rated: new Set(),
    },
  ];
}

/** Users in the order of their ids. The liked movies of all of them share one array. */
function profilesOf(ratings: Ratings): readonly Profile[] {
  const rows = orderRows([ratings.userIds]);
  const liked = new Int32Array(rows.length);
  const profiles: Profile[] = [];
  let likes = 0;
  for (let at = 0; at < rows.length; ) {
    const userId = ratings.userIds[rows[at] as number] as number;
    const [begin, firstLike] = [at, likes];
    let halves = 0;
    for (; at < rows.length && ratings.userIds[rows[at] as number] === userId; at++) {
      const row = rows[at] as number;
      halves += ratings.halves[row] as number;
      if ((ratings.halves[row] as number) >= LIKED_HALVES) liked[likes++] = ratings.movieIds[row] as number;
    }
    profiles.push({ userId, ratings: at - begin, halves, liked: liked.subarray(firstLike, likes) });
  }
  return profiles;
}

function moviesOf({ userIds, movieIds }: Ratings, userId: number): ReadonlySet<number> {
  return new Set(selectWhere(movieIds, (row) => userIds[row] === userId));
}

interface Favourite {
  readonly genre: string;
  /** Of the user's liked movies, and of everyone's: the share that has the genre, 0 to 1. */
  readonly share: number;
  readonly usual: number;
  readonly excess: number;
}

/** Returns the genre that a user likes most compared with all users; null where no genre is known. */
function favouriteGenre(
  profiles: readonly Profile[],
  movies: readonly Movie[],
): ((profile: Profile) => Favourite) | null {
  const genresOf = new Map(movies.map(({ id, genres }) => [id, genres]));
  const sharesOf = (lists: readonly Int32Array[]): ReadonlyMap<string, number> => {
    const total = lists.reduce((sum, { length }) => sum + length, 0);
    const shares = new Map<string, number>();
    for (const liked of lists) {
      for (const id of liked) {
        for (const genre of genresOf.get(id) ?? []) shares.set(genre, (shares.get(genre) ?? 0) + 1 / total);
      }
    }
    return shares;
  };
  const everyone = sharesOf(profiles.map(({ liked }) => liked));
  if (everyone.size === 0) return null;
  const genres = [...everyone.keys()].sort();
  return ({ liked }) => {
    const shares = sharesOf([liked]);
    const favourites = genres.map((genre): Favourite => {
      const share = shares.get(genre) ?? 0;
      const usual = everyone.get(genre) as number;
      return { genre, share, usual, excess: share - usual };
    });
    return favourites.reduce((best, each) => (each.excess > best.excess ? each : best));
  };
}

function ratingsByMovie({ movieIds }: Ratings): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const id of movieIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

const meanStars = ({ halves, ratings }: Profile): number => halves / 2 / ratings;
const counted = (count: number): string => `${count} ${count === 1 ? 'rating' : 'ratings'}`;
const percent = (share: number): string => `${Math.round(100 * share)}%`;
