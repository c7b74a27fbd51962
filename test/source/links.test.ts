import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { firstLines } from '../../pipeline/cli/print/inspection.ts';
import { foundIn } from '../../pipeline/source/inspect.ts';
import { readDataset } from '../../pipeline/source/load-dataset.ts';
import { prepareDataset, writePrepared } from '../../pipeline/source/prepare.ts';
import { readRatedSource } from '../../pipeline/source/read-rated-source.ts';
import { digestSource, readSource } from '../../pipeline/source/read-source.ts';
import { folderWith } from './folder.ts';
import { zipArchive } from './zip-archive.ts';

const RATINGS = 'userId,movieId,rating,timestamp\n1,1,4,1112486027\n1,2,3,1112486028\n2,7,5,1112486029\n';
const MOVIES = 'movieId,title,genres\n1,Toy Story (1995),Animation\n2,Jumanji (1995),Adventure\n';
const LINKS = 'movieId,imdbId,tmdbId\n1,0114709,862\n2,0113497,\n7,,11860\n9,0113228,15602\n';

async function linksIn(path: string) {
  const { movies, notes } = await readSource(path);
  return {
    links: Object.fromEntries(movies.map(({ id, links }) => [id, links ?? null])),
    notes: notes.filter((note) => !note.startsWith('not used')),
  };
}

const EXPECTED = {
  1: { imdb: 114_709, tmdb: 862 },
  2: { imdb: 113_497, tmdb: null },
  7: { imdb: null, tmdb: 11_860 },
};

test.each([
  ['links.csv', LINKS],
  ['Links.csv', LINKS],
  ['link.csv', LINKS],
  ['links.csv.gz', gzipSync(LINKS)],
  ['links.tsv', LINKS.replaceAll(',', '\t')],
  ['links.csv', 'tmdbId;IMDB ID;movie_id\n862;tt0114709;1\n;tt0113497;2\n11860;;7\n'],
  ['links.csv', '1,0114709,862\n2,0113497,\n7,,11860\n'],
  ['links.csv', 'movieId,imdbId,tmdbId\n1,114709.0,862.0\n2,113497.0,\n7,,11860.0\n'],
])('%s beside the ratings', async (name, content) => {
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES, [name]: content });
  expect(await linksIn(folder)).toEqual({ links: EXPECTED, notes: [] });
  expect(await linksIn(join(folder, 'ratings.csv'))).toEqual({ links: EXPECTED, notes: [] });
});

test('in an archive, in a folder of it, and beside an archive', async () => {
  const files = { 'ml/ratings.csv': RATINGS, 'ml/movies.csv': MOVIES };
  const folder = await folderWith({
    'whole.zip': zipArchive({ ...files, 'ml/links.csv': LINKS }),
  });
  expect((await linksIn(join(folder, 'whole.zip'))).links).toEqual(EXPECTED);
  const other = await folderWith({ 'ratings.zip': zipArchive(files), 'links.csv': LINKS });
  expect((await linksIn(other)).links).toEqual(EXPECTED);
});

test('damaged values are counted and shown, and what is sound beside them counts', async () => {
  const links =
    'movieId,imdbId,tmdbId\n1,0114709,eight\nx,0113497,1\n2,-5,8844\n7,tt0113228,99999999999\n7,nm000,0\n"9,1,2\n';
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES, 'links.csv': links });
  expect(await linksIn(folder)).toEqual({
    links: {
      1: { imdb: 114_709, tmdb: null },
      2: { imdb: null, tmdb: 8_844 },
      7: { imdb: 113_228, tmdb: null },
    },
    notes: [
      'links.csv has 6 of 6 rows with a damaged id: row 1 (1,0114709,eight), row 2 (x,0113497,1), row 3 (2,-5,8844)',
    ],
  });
});

test.each([
  ['no table of links', 'url\nhttps://example.org\n', /^movies have no links: links.csv has the columns url/],
  ['no Parquet, as it says it is', 'PAR1 and nothing', /^movies have no links: /],
])('a file that is %s is left out with a note', async (_, content, note) => {
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES, 'links.csv': content });
  const { links, notes } = await linksIn(folder);
  expect(links).toEqual({ 1: null, 2: null });
  expect(notes).toEqual([expect.stringMatching(note)]);
});

test('an empty file has no links', async () => {
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES, 'links.csv': '' });
  expect(await linksIn(folder)).toEqual({ links: { 1: null, 2: null }, notes: [] });
});

test('without a file of movies the rated movies have links', async () => {
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'links.csv': LINKS });
  expect((await linksIn(folder)).links).toEqual(EXPECTED);
});

test('ids that are texts, and links in a file of movies', async () => {
  const folder = await folderWith({
    'ratings.csv': 'user,movie,rating,timestamp\nann,toy,4,1112486027\nbob,jumanji,5,1112486027\n',
    'movies.csv': 'movieId,title,imdb_id\ntoy,Toy Story (1995),tt0114709\n',
    'links.csv': 'movieId,tmdbId\ntoy,862\njumanji,8844\nother,1\n',
  });
  const { raw, movies } = await readSource(folder);
  const named = movies.map(({ id, links }) => [raw.names?.movies[id], links]);
  expect(Object.fromEntries(named)).toEqual({
    toy: { imdb: 114_709, tmdb: 862 },
    jumanji: { imdb: null, tmdb: 8_844 },
  });
  expect(raw.names?.movies).not.toContain('other');
});

test('what was found says how many movies have links, and how many rows are damaged', async () => {
  const links = `${LINKS}8,not an id,1\n`;
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES, 'links.csv': links });
  const found = foundIn(await readRatedSource(folder, { now: new Date(), maxRejectShare: 0 }));
  expect(found.links).toEqual({ file: 'links.csv', movies: 3, damaged: 1 });
  expect(firstLines(found)).toContain(
    'links      links.csv has ids of IMDb or TMDB for 3 movies; 1 row with a damaged id',
  );
});

test('links are part of the content of a source', async () => {
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES });
  const before = await digestSource(folder);
  await writeFile(join(folder, 'links.csv'), LINKS);
  const withLinks = await digestSource(folder);
  expect(withLinks).not.toBe(before);
  await writeFile(join(folder, 'links.csv'), LINKS.replace('862', '863'));
  expect(await digestSource(folder)).not.toBe(withLinks);
});

test('a prepared data set keeps the links, and one without links has the bytes of before', async () => {
  const folder = await folderWith({ 'ratings.csv': RATINGS, 'movies.csv': MOVIES, 'links.csv': LINKS });
  const reading = { ids: 'auto', scale: null, columns: {}, maxRejectShare: 0 } as const;
  const { ratings, movies } = await readDataset(folder, { now: new Date(), onProgress: () => {}, reading });
  const out = join(folder, 'prepared');
  await mkdir(out);
  const { batches } = await writePrepared(out, prepareDataset(ratings, { weeks: 1 }), movies);
  expect((await linksIn(batches[0] as string)).links).toEqual(EXPECTED);
});
