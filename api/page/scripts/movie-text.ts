import type { Movie } from '../../client/cinematch.mjs';
import { element } from './elements.ts';

/** Stars with one decimal. */
export const starText = (value: number): string => value.toFixed(1);

/** The title as one says it, else as the source has it, else the id. */
export const titleOf = (movie: {
  readonly movie: number | string;
  readonly title: string | null;
  readonly displayTitle?: string | null;
}): string => movie.displayTitle ?? movie.title ?? String(movie.movie);

/** Title, year and genres in one line. */
export const movieLine = (movie: Movie): readonly (Node | string)[] => [
  `${titleOf(movie)}${movie.year === null ? '' : ` (${movie.year})`} `,
  element('span', { class: 'soft' }, [movie.genres.join(', ')]),
];
