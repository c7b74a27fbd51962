import type { GivenRating, Model } from '../model/model.ts';
import { servedPerson } from '../model/served-person.ts';
import type { Ranker, RankingTask } from './ranking.ts';

/**
 * A model that ranks for the users of a task as the API would before their held-out ratings: from all that they had rated
 * before. With their ratings in the vocabulary of the task it knows everyone.
 *
 * @param isLearned whether the model has learned so many ratings of a user.
 */
export function servedRanker(
  model: Pick<Model, 'movies' | 'users' | 'person' | 'foldIn'>,
  task: RankingTask,
  isLearned: (userId: number, ratings: number) => boolean,
): Ranker {
  return {
    movies: model.movies,
    scoreMovies(userId, scores) {
      const given = ratedBefore(task, userId);
      return servedPerson(model, userId, given, isLearned(userId, given.length)).scoreMovies(scores);
    },
  };
}

function ratedBefore({ users, catalogue, rated }: RankingTask, userId: number): readonly GivenRating[] {
  const row = users.rowOf(userId);
  const given: GivenRating[] = [];
  for (let at = rated.pointers[row] as number; at < (rated.pointers[row + 1] as number); at++) {
    given.push({
      movieId: catalogue.ids[rated.columns[at] as number] as number,
      stars: (rated.halves[at] as number) / 2,
    });
  }
  return given;
}
