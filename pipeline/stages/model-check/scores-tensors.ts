import { LIST_LENGTH } from '../../evaluate/metric-catalogue.ts';
import { coverage } from '../../evaluate/metrics/coverage.ts';
import type { RankedList } from '../../evaluate/ranked-list.ts';
import type { Tensor, TensorData } from '../../lib/safetensors.ts';
import { tensorReader } from '../../model/tensor-reader.ts';
import type { CheckedData, Scores } from './scores.ts';

/** Ratings and predictions are 0.5 to 5 stars; a base may have predicted a little beyond. */
const LARGEST_ERROR = 10;

/** In the place of a movie where a list is shorter. */
const NO_MOVIE = -1;

type NumericScores = Pick<Scores, 'userIds' | 'warm' | 'errors' | 'lists'>;

/** The tensors of a scores file: n held-out ratings, m ranked users, lists of ten with −1 for no movie. */
export const SCORES_TENSORS: readonly string[] = [
  'user_ids',
  'warm',
  'errors',
  'list_user_ids',
  'list_relevant',
  'list_movie_ids',
  'list_hits',
];

/** The scores of a model as tensors. */
export function tensorsOf({ userIds, warm, errors, lists }: NumericScores): Readonly<Record<string, Tensor>> {
  const movieIds = new Int32Array(lists.length * LIST_LENGTH).fill(NO_MOVIE);
  const hits = new Uint8Array(lists.length * LIST_LENGTH);
  lists.forEach((list, at) => {
    movieIds.set(list.movieIds, at * LIST_LENGTH);
    hits.set(list.hits, at * LIST_LENGTH);
  });
  const rows = userIds.length;
  const users = lists.length;
  return {
    user_ids: { shape: [rows], data: userIds },
    warm: { shape: [rows], data: warm },
    errors: { shape: [rows], data: errors },
    list_user_ids: { shape: [users], data: Int32Array.from(lists, ({ userId }) => userId) },
    list_relevant: { shape: [users], data: Int32Array.from(lists, ({ relevant }) => relevant) },
    list_movie_ids: { shape: [users, LIST_LENGTH], data: movieIds },
    list_hits: { shape: [users, LIST_LENGTH], data: hits },
  };
}

/** Throws an error that names the wrong tensor and the problem. */
export type Refuse = (problem: string) => never;

/**
 * The scores in the tensors. Every number is checked.
 *
 * @param data the counts in the JSON file, which the shapes must match.
 */
export function scoresOf(
  tensors: ReadonlyMap<string, Tensor>,
  { holdout, candidates }: Pick<CheckedData, 'holdout' | 'candidates'>,
  refuse: Refuse,
): NumericScores {
  const rows = holdout.ratings;
  const { integers, bytes, doubles } = tensorReader(tensors, refuse);
  const read = <T extends TensorData>(
    name: string,
    take: (name: string, shape: readonly number[]) => T,
    shape: readonly number[],
    isFine: (value: number) => boolean,
  ): T => {
    const data = take(name, shape);
    const wrong = data.findIndex((value) => !isFine(value));
    if (wrong >= 0) refuse(`tensor ${name} holds ${data[wrong]} at position ${wrong}`);
    return data;
  };
  const isId = (value: number): boolean => value >= 0;
  const isFlag = (value: number): boolean => value <= 1;
  const userIds = read('user_ids', integers, [rows], isId);
  const warm = read('warm', bytes, [rows], isFlag);
  const errors = read('errors', doubles, [rows], (error) => Math.abs(error) <= LARGEST_ERROR);
  const users = usersOf(userIds, warm, holdout.users, refuse);
  const ranked = holdout.rankedUsers;
  const listUserIds = read('list_user_ids', integers, [ranked], (id) => users.has(id));
  const relevant = read('list_relevant', integers, [ranked], (found) => found >= 1 && found <= candidates);
  const movieIds = read('list_movie_ids', integers, [ranked, LIST_LENGTH], (id) => id >= NO_MOVIE);
  const hits = read('list_hits', bytes, [ranked, LIST_LENGTH], isFlag);
  const lists = Array.from(listUserIds, (userId, at): RankedList => {
    if (at > 0 && userId <= (listUserIds[at - 1] as number)) {
      refuse(`tensor list_user_ids does not ascend at position ${at}`);
    }
    const slot = {
      movieIds: movieIds.subarray(at * LIST_LENGTH, (at + 1) * LIST_LENGTH),
      hits: hits.subarray(at * LIST_LENGTH, (at + 1) * LIST_LENGTH),
    };
    return { userId, relevant: relevant[at] as number, ...listOf(slot, relevant[at] as number, at, refuse) };
  });
  const shown = coverage(candidates, lists);
  if (shown !== null && shown > 1) {
    refuse(`tensor list_movie_ids shows ${Math.round(shown * candidates)} of ${candidates} movies`);
  }
  return { userIds, warm, errors, lists };
}

/** The users of the held-out ratings; a user is known in all of them or in none. */
function usersOf(
  userIds: Int32Array,
  warm: Uint8Array,
  expected: number,
  refuse: Refuse,
): ReadonlyMap<number, number> {
  const users = new Map<number, number>();
  for (let row = 0; row < userIds.length; row++) {
    const userId = userIds[row] as number;
    const isWarm = warm[row] as number;
    if ((users.get(userId) ?? isWarm) !== isWarm) refuse(`tensor warm has two values for user ${userId}`);
    users.set(userId, isWarm);
  }
  if (users.size !== expected) refuse(`tensor user_ids has ${users.size} users, not ${expected}`);
  return users;
}

/** A list without its empty places, which come last. */
function listOf(
  { movieIds, hits }: { readonly movieIds: Int32Array; readonly hits: Uint8Array },
  relevant: number,
  at: number,
  refuse: Refuse,
): Pick<RankedList, 'movieIds' | 'hits'> {
  const empty = movieIds.indexOf(NO_MOVIE);
  const length = empty < 0 ? LIST_LENGTH : empty;
  const isBeyond = (empty: number) => (value: number, place: number) => place >= length && value !== empty;
  if (movieIds.some(isBeyond(NO_MOVIE)) || hits.some(isBeyond(0)))
    refuse(`tensor list_movie_ids has a gap in list ${at}`);
  const shown = movieIds.slice(0, length);
  if (new Set(shown).size !== length) refuse(`tensor list_movie_ids shows a movie twice in list ${at}`);
  const found = hits.reduce((sum, hit) => sum + hit, 0);
  if (found > relevant)
    refuse(`tensor list_hits finds ${found} of ${relevant} relevant movies in list ${at}`);
  return { movieIds: shown, hits: hits.slice(0, length) };
}
