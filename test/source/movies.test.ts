import { join } from 'node:path';
import pl from 'nodejs-polars';
import { expect, test } from 'vitest';
import { readMovies } from '../../pipeline/source/read-movies.ts';
import { readSource } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';

async function moviesOf(content: string | Uint8Array) {
  const folder = await folderWith({ movies: content });
  return readMovies(join(folder, 'movies'));
}

test('movies.csv: quoted commas, articles, years, genres', async () => {
  const csv = [
    '\uFEFFmovieId,title,genres',
    '1,Toy Story (1995),Adventure|Animation',
    '2571,"Matrix, The (1999)",Action|Sci-Fi',
    '7,"Say ""Ah"" (2001)",(no genres listed)',
    '8,Babylon 5,Sci-Fi',
    '9,Death Note (2006–2007),Crime',
    'x,Not a movie,Drama',
  ].join('\r\n');
  expect(await moviesOf(csv)).toEqual([
    { id: 1, title: 'Toy Story', year: 1995, genres: ['Adventure', 'Animation'] },
    { id: 2571, title: 'Matrix, The', year: 1999, genres: ['Action', 'Sci-Fi'] },
    { id: 7, title: 'Say "Ah"', year: 2001, genres: [] },
    { id: 8, title: 'Babylon 5', year: null, genres: ['Sci-Fi'] },
    { id: 9, title: 'Death Note', year: 2006, genres: ['Crime'] },
  ]);
});

test('movies.dat in UTF-8, as in 10M', async () => {
  const movies = await moviesOf(
    "1::Cité des enfants perdus, La (1995)::Drama|Children's\n2::Jumanji (1995)::Adventure\n",
  );
  expect(movies).toEqual([
    { id: 1, title: 'Cité des enfants perdus, La', year: 1995, genres: ['Drama', "Children's"] },
    { id: 2, title: 'Jumanji', year: 1995, genres: ['Adventure'] },
  ]);
});

test('movies.dat in Latin-1, as in 1M', async () => {
  const [movie] = await moviesOf(Buffer.from('1::Misérables, Les (1995)::Drama\n', 'latin1'));
  expect(movie?.title).toBe('Misérables, Les');
});

test('u.item in Latin-1: the flags are genres in the order of u.genre', async () => {
  // Lines 1 and 267 of u.item of MovieLens 100K, and its first title beyond ASCII.
  const lines = [
    '1|Toy Story (1995)|01-Jan-1995||http://us.imdb.com/M/title-exact?Toy%20Story%20(1995)|0|0|0|1|1|1|0|0|0|0|0|0|0|0|0|0|0|0|0',
    '267|unknown||||1|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0|0',
    '543|Misérables, Les (1995)|01-Jan-1995||http://us.imdb.com/M|0|0|0|0|0|0|0|0|1|0|0|0|1|0|0|0|0|0|0',
  ];
  expect(await moviesOf(Buffer.from(`${lines.join('\n')}\n\n`, 'latin1'))).toEqual([
    { id: 1, title: 'Toy Story', year: 1995, genres: ['Animation', "Children's", 'Comedy'] },
    { id: 267, title: 'unknown', year: null, genres: [] },
    { id: 543, title: 'Misérables, Les', year: 1995, genres: ['Drama', 'Musical'] },
  ]);
});

test('the last of two rows with the same id counts', async () => {
  const movies = await moviesOf('movieId,title,genres\n1,Old (1990),Drama\n1,New (1991),Drama\n');
  expect(movies).toEqual([{ id: 1, title: 'New', year: 1991, genres: ['Drama'] }]);
});

test('a movies file with an unknown layout is refused, and the message names it', async () => {
  const folder = await folderWith({ 'u.data': '1\t2\t3\t900000000\n', 'movies.csv': 'a,b\n1,2\n' });
  await expect(readSource(folder)).rejects.toMatchObject({
    code: 'source-unknown-layout',
    message: expect.stringContaining('movies.csv is not a known layout of movies'),
  });
});

test('a source without a movies file has no movies', async () => {
  const folder = await folderWith({ 'u.data': '1\t2\t3\t900000000\n' });
  expect((await readSource(join(folder, 'u.data'))).movies).toEqual([]);
});

test.each([
  ['a stray quotation mark', '1,"Great Performances" Cats (1998),Musical\n', '"Great Performances" Cats'],
  ['a quotation that is not closed', '1,"Cats (1998),Musical\n', '"Cats'],
  ['a line break in a title', '1,"Cats\r\n(1998)",Musical\n', 'Cats'],
  ['an inch', '1,5" Cats (1998),Musical\n', '5" Cats'],
])('%s hides no other movie', async (_, row, title) => {
  const movies = await moviesOf(
    `movieId,title,genres\n${row}2,"Bar, The (2000)",Drama\n3,Jumanji (1995),Adventure\n`,
  );
  expect(movies.map((movie) => movie.title)).toEqual([title, 'Bar, The', 'Jumanji']);
});

test.each([
  ['a number of the table itself', 'id,movieId,title,genres\n9,1,Heat (1995),Crime|Drama\n'],
  ['release_year and commas', 'movie_id;movie_title;release_year;genre\n1;Heat;1995;Crime, Drama\n'],
  ['a year twice', 'movieId,title,year,genres\n1,Heat (1995),1995,Crime|Drama\n'],
  ['a list of Python', `movieId\ttitle\tyear\tgenres\n1\tHeat\t1995\t['Crime', 'Drama']\n`],
  [
    'objects of JSON',
    `id,title,release_date,genres\n1,Heat,1995-12-15,"[{""id"": 80, ""name"": ""Crime""}, {""id"": 18, ""name"": ""Drama""}]"\n`,
  ],
  ['sep=', 'sep=;\nmovieId;title;genres\n1;Heat (1995);Crime|Drama\n'],
  [
    'types in the names',
    'item_id:token\tmovie_title:token_seq\trelease_year:token\tgenres:token_seq\n1\tHeat\t1995\tCrime|Drama\n',
  ],
])('columns are understood: %s', async (_, content) => {
  expect(await moviesOf(content)).toEqual([{ id: 1, title: 'Heat', year: 1995, genres: ['Crime', 'Drama'] }]);
});

test('the titles of the Netflix Prize have commas without quotation marks', async () => {
  const movies = await moviesOf(
    Buffer.from('1,2003,Dinosaur Planet\n72,NULL,Seventh Moon, The \xe9\n', 'latin1'),
  );
  expect(movies).toEqual([
    { id: 1, title: 'Dinosaur Planet', year: 2003, genres: [] },
    { id: 72, title: 'Seventh Moon, The é', year: null, genres: [] },
  ]);
});

test('Windows-1252 punctuation is read', async () => {
  const [movie] = await moviesOf(
    Buffer.from('movieId,title,genres\n1,Schindler\x92s List (1993),Drama\n', 'latin1'),
  );
  expect(movie?.title).toBe('Schindler’s List');
});

test('a later row without a title wipes none', async () => {
  expect(await moviesOf('movieId,title,genres\n1,Heat (1995),Crime\n1,,\n')).toEqual([
    { id: 1, title: 'Heat', year: 1995, genres: ['Crime'] },
  ]);
});

test('genres are a list in Parquet', async () => {
  const file = join(await folderWith(), 'movies.parquet');
  pl.DataFrame({ movie_id: [1, 2], title: ['Heat', 'Solo'], genres: [['Crime', 'Drama'], []] }).writeParquet(
    file,
  );
  expect((await readMovies(file)).map(({ genres }) => genres)).toEqual([['Crime', 'Drama'], []]);
});
