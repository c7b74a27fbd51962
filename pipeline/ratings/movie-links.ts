import { MAX_ID } from './validate.ts';

/** The numbers of a movie in other catalogues. Null where a source has none. */
export interface MovieLinks {
  /** The title on IMDb: 114709 of `tt0114709`. */
  readonly imdb: number | null;
  /** The movie on The Movie Database. */
  readonly tmdb: number | null;
}

/** A text that names no movie of the catalogue. */
export type NoLink = 'damaged';

const IMDB = /^(?:tt)?(\d{1,10})$/i;
/** Tables of floating-point numbers write 862 as `862.0`. */
const NUMBER = /^(\d{1,10})(?:\.0+)?$/;

/** The number of an IMDb id: digits, or digits behind `tt`. Null for an empty text. */
export const readImdbId = (text: string): number | null | NoLink =>
  linkNumber(text, IMDB.exec(text.trim())?.[1] ?? NUMBER.exec(text.trim())?.[1]);

/** The number of a TMDB id. Null for an empty text. */
export const readTmdbId = (text: string): number | null | NoLink =>
  linkNumber(text, NUMBER.exec(text.trim())?.[1]);

function linkNumber(text: string, digits: string | undefined): number | null | NoLink {
  if (text.trim() === '') return null;
  const number = Number(digits);
  return number >= 1 && number <= MAX_ID ? number : 'damaged';
}

/** As IMDb writes it: `tt0114709`. */
export const imdbText = (imdb: number): string => `tt${String(imdb).padStart(7, '0')}`;

/** The links of a movie as its field, which is left out when there are none. */
export const linksField = ({ imdb, tmdb }: MovieLinks): { readonly links?: MovieLinks } =>
  imdb === null && tmdb === null ? {} : { links: { imdb, tmdb } };

/** Newer links, with those of before in place of the unknown. */
export const completedLinks = (links: MovieLinks | undefined, before: MovieLinks | undefined) =>
  linksField({
    imdb: links?.imdb ?? before?.imdb ?? null,
    tmdb: links?.tmdb ?? before?.tmdb ?? null,
  });
