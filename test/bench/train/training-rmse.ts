import type { TrainedModel } from '../../../pipeline/model/compose-model.ts';
import type { RatingMatrix } from '../../../pipeline/ratings/matrix.ts';

/** RMSE on the training ratings. Contestants that do the same work have about the same RMSE. */
export function trainingRmse(
  { rowCount, pointers, columns, halves }: RatingMatrix,
  raterOf: (user: number) => (movie: number) => number,
): number {
  let squares = 0;
  for (let user = 0; user < rowCount; user++) {
    const rate = raterOf(user);
    for (let at = pointers[user] as number; at < (pointers[user + 1] as number); at++) {
      squares += ((halves[at] as number) / 2 - rate(columns[at] as number)) ** 2;
    }
  }
  return Math.sqrt(squares / columns.length);
}

/** The RMSE of a model whose rows are those of the matrix. */
export function rmseOfModel(byUser: RatingMatrix, { heads }: TrainedModel): number {
  return trainingRmse(byUser, (user) => {
    const view = heads.ratings.user(user);
    return (movie) => view.rate(movie);
  });
}
