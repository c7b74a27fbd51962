import type { Movie } from '../../pipeline/ratings/movie.ts';
import { linksField } from '../../pipeline/ratings/movie-links.ts';
import { concatRatings, emptyRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';
import { type ServedParts, servingOf } from './serving.ts';

const GENRES = ['Action', 'Comedy', 'Drama', 'Film-Noir', 'Sci-Fi'];

/** With the defaults, all movies would be alike after so few ratings. */
const HYPER_PARAMETERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'vb-mf+ials': {
    'vb-mf.factors': 8,
    'ials.factors': 16,
    'ials.regularisation': 1,
    'ials.popularityWeight': 0.1,
  },
};
/** First rated after the training: in the ratings of the bundle, not in the model. */
export const NEWCOMER = 5;
/** In no ratings. */
export const UNKNOWN_USER = 9_999;
/** In the catalogue, with genres and without ratings. */
export const UNRATED_MOVIE = 1_001;
/** Rated, without a title. */
export const UNTITLED_MOVIE = 9;
/** Not in the catalogue, without ratings. */
export const UNKNOWN_MOVIE = 77_777;

/**
 * A model of 60 users and about 80 movies, with titles, genres and all ratings. There is a user who came after the
 * training, a movie without ratings and one without a title.
 */
export async function smallWorld(
  algorithm = 'vb-mf+ials',
): Promise<Required<Pick<ServedParts, 'model' | 'ratings' | 'movies'>>> {
  const { train, test } = plantedRatings(3, 60, 80, 25);
  const model = await learn(algorithm, train, { hyperParameters: HYPER_PARAMETERS[algorithm] ?? {} });
  const ratings = concatRatings([train, test, ratingsOfNewcomer(train)]);
  return { model, ratings, movies: moviesOf(ratings) };
}

/** The same as a bundle. */
export const smallServing = async (facts: ServedParts['facts'] = {}) =>
  servingOf({ ...(await smallWorld()), facts });

function ratingsOfNewcomer(train: Ratings): Ratings {
  const { ids } = vocabularyOf(train.movieIds);
  const given = emptyRatings(8);
  for (let at = 0; at < given.length; at++) {
    given.userIds[at] = NEWCOMER;
    given.movieIds[at] = ids[3 * at + 2] as number;
    given.halves[at] = 3 + at;
    given.ratedAt[at] = 1_700_000_000 + at;
  }
  return given;
}

function moviesOf({ movieIds }: Ratings): readonly Movie[] {
  const rated = [...vocabularyOf(movieIds).ids].map(
    (id, at): Movie =>
      id === UNTITLED_MOVIE
        ? { id, title: '', year: null, genres: [] }
        : {
            id,
            title: `${TITLES[at % TITLES.length]} ${Math.floor(at / TITLES.length) + 1}`,
            year: 1950 + at,
            genres: [GENRES[at % 5] as string, GENRES[(at + 1 + (at % 3)) % 5] as string].toSorted(),
            ...linksField(
              id === 7
                ? { imdb: 114_709, tmdb: 862 }
                : { imdb: at % 4 === 0 ? null : 100_000 + id, tmdb: at % 5 === 0 ? null : 800 + id },
            ),
          },
  );
  return [...rated, { id: UNRATED_MOVIE, title: 'Unseen', year: 1999, genres: ['Drama', 'Film-Noir'] }];
}

const TITLES = ['Matrix', 'Godfather', 'Amélie', 'Blade Runner', 'Star Wars', 'Heat', 'Alien', 'Psycho'];
