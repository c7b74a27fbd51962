import { z } from 'zod';
import { parseScale } from '../lib/rating-scale.ts';
import { about, setting } from './setting.ts';

/** How a source writes ratings. */
export const scaleSetting = z
  .string()
  .refine((text) => parseScale(text) !== null)
  .meta({ accepts: 'two ends such as 1-10, or words with their stars such as like=4.5,dislike=1.5' });

/** The scale of one source of batches. */
const ownScale = () =>
  setting(
    scaleSetting.nullable(),
    null,
    'How the files of this source write ratings. `null`: as `source.scale` says.',
    '1-10',
  );

const simulation = z
  .strictObject({
    kind: z.literal('simulation'),
    dataset: setting(
      z.enum(['synthetic', 'ml-latest-small', 'ml-100k', 'ml-1m', 'ml-10m', 'ml-20m', 'ml-25m', 'ml-32m']),
      'synthetic',
      'The data set: synthetic ratings, or MovieLens.',
      'ml-latest-small',
    ),
    weeks: setting(z.int().min(1).max(520), 3, 'Number of weekly batches.', 12),
    seed: setting(z.int(), 1, 'Seed of the synthetic ratings.', 7),
  })
  .meta({ description: 'A data set that is split into weeks. Each run ingests one week.' });

const folder = z
  .strictObject({
    kind: z.literal('folder'),
    path: setting(
      z.string().min(1),
      'data/batches',
      'The folder, relative to the repository.',
      'data/weekly',
    ),
    scale: ownScale(),
  })
  .meta({ description: 'Files of the repository, in the order of their names.' });

const releases = z
  .strictObject({
    kind: z.literal('releases'),
    prefix: setting(
      z.string().regex(/^[a-z0-9][a-z0-9._-]*$/),
      'data-',
      'Releases whose tags begin with this text are read.',
      'ratings-',
      'lower-case letters, digits, dot, dash and underscore; a letter or digit first',
    ),
    scale: ownScale(),
  })
  .meta({ description: 'Assets of GitHub releases. Do not mark such a release as the latest.' });

const url = z
  .strictObject({
    kind: z.literal('url'),
    template: z
      .string()
      .regex(/^https:\/\/[^\s/?#@]+\/[^\s?#]*\{n{1,3}\}[^\s?#]*$/)
      .meta(
        about(
          'The URL of the files. {n} becomes 1, 2, …; {nn} and {nnn} are padded with zeros. No number may be missing.',
          'https://example.org/ratings/week-{nn}.csv',
          'an https URL with {n}, {nn} or {nnn} in its path, without user, password, ? and #',
        ),
      ),
    scale: ownScale(),
  })
  .meta({ description: 'Numbered files on a web server.' });

const feedback = z
  .strictObject({ kind: z.literal('feedback') })
  .meta({ description: 'Ratings that users gave through the API.' });

/** A source of new batches. A run ingests its batches that are not in the ledger. */
export const batchSource = z.discriminatedUnion('kind', [simulation, folder, releases, url, feedback]);
