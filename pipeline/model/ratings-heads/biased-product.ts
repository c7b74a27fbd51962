import { once } from '../../lib/once.ts';
import { ScoreTable } from '../../math/score-table.ts';
import type { ProductView, RatingsView } from '../heads.ts';

/**
 * r̂ = μ + b_u + c_i + Σ p_uf q_if for a person x = [p, b] and movies y = [q, c].
 *
 * @param movieFactors y, movies × factorCount, the bias as the last factor.
 */
export function biasedProduct(
  mean: number,
  movieFactors: Float32Array,
  factorCount: number,
): (x: Float32Array) => Pick<RatingsView, 'rate' | 'addTo' | 'product'> {
  const bias = factorCount - 1;
  const table = once(() => new ScoreTable(movieFactors, factorCount));
  return (x) => {
    const start = mean + (x[bias] as number);
    const product = (): ProductView => {
      // A 1 in the place of the person's bias adds the movie's bias.
      const vector = x.slice();
      vector[bias] = 1;
      return { vector, start };
    };
    return {
      product,
      rate(movieRow) {
        const movie = movieRow * factorCount;
        let stars = start + (movieFactors[movie + bias] as number);
        for (let f = 0; f < bias; f++) {
          stars += (x[f] as number) * (movieFactors[movie + f] as number);
        }
        return stars;
      },
      addTo(scores, weight) {
        table().addProducts(product().vector, start, weight, scores);
      },
    };
  };
}
