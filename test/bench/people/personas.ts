import type { GivenRating } from '../../../pipeline/model/model.ts';
import type { Movie } from '../../../pipeline/ratings/movie.ts';

/** A person who tells five ratings, and what a friend would and would not recommend. */
export interface Persona {
  readonly name: string;
  readonly told: readonly GivenRating[];
  /** Movies that belong into the list, at least `least` of ten. */
  readonly should: (movie: Movie) => boolean;
  readonly least: number;
  /** Movies that do not, at most `most` of ten. */
  readonly shouldNot: (movie: Movie) => boolean;
  readonly most: number;
}

const all = (stars: number, ...movieIds: readonly number[]): readonly GivenRating[] =>
  movieIds.map((movieId) => ({ movieId, stars }));
const of =
  (...genres: readonly string[]) =>
  (movie: Movie): boolean =>
    movie.genres.some((genre) => genres.includes(genre));
/** MovieLens has no language. A title with its original in brackets is of a movie that was not made in English. */
const isForeign = ({ title }: Movie): boolean => /\((?!a\.k\.a\.)[^)]*\)/.test(title);

/** The Exorcist, The Shining, Scream, Psycho, The Ring. */
const HORROR = [1997, 1258, 1407, 1219, 5679];

/** Ids of MovieLens. */
export const PERSONAS: readonly Persona[] = [
  {
    name: 'horror fan: horror, nothing for children',
    told: all(5, ...HORROR),
    should: of('Horror', 'Thriller', 'Mystery'),
    least: 7,
    shouldNot: of('Children'),
    most: 0,
  },
  {
    name: 'five horror films at 1★: no horror',
    told: all(1, ...HORROR),
    should: (movie) => !of('Horror')(movie),
    least: 9,
    shouldNot: of('Horror'),
    most: 1,
  },
  {
    // The 400 Blows, Breathless, Jules and Jim, Pierrot le fou, The Umbrellas of Cherbourg.
    name: 'French New Wave: not made in English, no blockbuster action',
    told: all(5, 2731, 4914, 2732, 7748, 199),
    should: isForeign,
    least: 6,
    shouldNot: of('Action'),
    most: 1,
  },
  {
    // Toy Story, Finding Nemo, Monsters, Inc., The Lion King, Shrek.
    name: 'parent: films for children, no horror and crime',
    told: all(5, 1, 6377, 4886, 364, 4306),
    should: of('Children', 'Animation'),
    least: 7,
    shouldNot: of('Horror', 'Crime'),
    most: 0,
  },
  {
    // Notting Hill, Pretty Woman, Sleepless in Seattle, You’ve Got Mail, Love Actually.
    name: 'romantic comedies: romance, no horror and war',
    told: all(5, 2671, 597, 539, 2424, 6942),
    should: of('Romance'),
    least: 7,
    shouldNot: of('Horror', 'War'),
    most: 0,
  },
];
