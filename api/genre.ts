import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import { ApiProblem } from './problem.ts';

/** The position of a genre in the catalogue, by its name in any case; null for no wish. */
export function genreRow({ genres }: Catalogue, wish: string | undefined): number | null {
  if (wish === undefined) return null;
  const wanted = wish.toLowerCase();
  const at = genres.findIndex((genre) => genre.toLowerCase() === wanted);
  if (at >= 0) return at;
  const problem = { at: 'genre', message: `there is no genre ${JSON.stringify(wish)}` };
  throw new ApiProblem(
    'invalid-request',
    `${problem.at}: ${problem.message}; there are ${genres.join(', ') || 'none'}.`,
    { errors: [problem] },
  );
}
