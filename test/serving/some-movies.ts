import { type MovieSearch, movieSearch } from '../../pipeline/serving/movie-search.ts';

/** Titles as MovieLens writes them, with their years and made-up popularity. */
export const MOVIES = [
  { title: 'Shawshank Redemption, The', year: 1994, popularity: 317 },
  { title: 'Matrix, The', year: 1999, popularity: 278 },
  { title: 'Matrix Reloaded, The', year: 2003, popularity: 96 },
  { title: 'Godfather, The', year: 1972, popularity: 192 },
  { title: 'Godfather: Part II, The', year: 1974, popularity: 129 },
  { title: 'Tokyo Godfathers', year: 2003, popularity: 7 },
  { title: 'Star Wars: Episode IV - A New Hope', year: 1977, popularity: 251 },
  { title: 'Star Trek: First Contact', year: 1996, popularity: 108 },
  { title: 'Dark Star', year: 1974, popularity: 300 },
  { title: "Amelie (Fabuleux destin d'Amélie Poulain, Le)", year: 2001, popularity: 120 },
  { title: 'Léon: The Professional (a.k.a. The Professional) (Léon)', year: 1994, popularity: 133 },
  { title: 'Spider-Man', year: 2002, popularity: 122 },
  { title: 'Spider-Man 2', year: 2004, popularity: 79 },
  { title: "Ocean's Eleven", year: 2001, popularity: 119 },
  { title: "Ocean's Eleven (a.k.a. Ocean's 11)", year: 1960, popularity: 10 },
  { title: 'Seven (a.k.a. Se7en)', year: 1995, popularity: 203 },
  { title: 'Seven Samurai (Shichinin no samurai)', year: 1954, popularity: 48 },
  { title: 'Heat', year: 1995, popularity: 102 },
  { title: 'Heat', year: 1986, popularity: 3 },
  { title: 'Heat, The', year: 2013, popularity: 16 },
  { title: 'Body Heat', year: 1981, popularity: 250 },
  { title: 'Heart and Souls', year: 1993, popularity: 400 },
  { title: '2001: A Space Odyssey', year: 1968, popularity: 109 },
  { title: 'Blade Runner', year: 1982, popularity: 124 },
  { title: 'Blade Runner 2049', year: 2017, popularity: 18 },
  { title: '1984 (Nineteen Eighty-Four)', year: 1984, popularity: 5 },
  { title: 'Amadeus', year: 1984, popularity: 77 },
  { title: 'Postman, The (Postino, Il)', year: 1994, popularity: 38 },
  { title: 'Hate (Haine, La)', year: 1995, popularity: 17 },
  { title: "Avventura, L' (Adventure, The)", year: 1960, popularity: 4 },
  { title: 'WALL·E', year: 2008, popularity: 104 },
  { title: 'M*A*S*H (a.k.a. MASH)', year: 1970, popularity: 44 },
  { title: 'X-Men', year: 2000, popularity: 133 },
  { title: 'Dumb & Dumber (Dumb and Dumber)', year: 1994, popularity: 133 },
  { title: 'It', year: 2017, popularity: 8 },
  { title: 'Back to the Future', year: 1985, popularity: 171 },
  { title: 'Die Hard', year: 1988, popularity: 145 },
  { title: 'Hard Candy', year: 2005, popularity: 150 },
  { title: '(500) Days of Summer', year: 2009, popularity: 45 },
  { title: 'Silence of the Lambs, The', year: 1991, popularity: 279 },
  { title: 'Ирония судьбы, или С легким паром! (Ironiya sudby)', year: 1975, popularity: 6 },
  { title: '七人の侍', year: null, popularity: 1 },
] as const;

export function searchOf(
  movies: readonly { title: string; year?: number | null; popularity?: number }[],
): MovieSearch {
  return movieSearch({
    movies: { size: movies.length },
    titleOf: (row) => movies[row]?.title ?? '',
    yearOf: (row) => movies[row]?.year ?? null,
    totalsOf: (row) => ({ ratings: movies[row]?.popularity ?? 0, halves: 0 }),
  });
}
