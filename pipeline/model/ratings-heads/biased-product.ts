import { once } from '../../lib/once.ts';
import { ScoreTable } from '../../math/score-table.ts';
import type { ProductView, RatingsView } from '../heads.ts';

/**
 * r̂ = μ + b_u + c_i + Σ p_uf q_if for a person x = [p, b] and movies y = [q, c].
 *
 * @param movieFactors y, movies × lanes, the bias in the last lane.
 */
export function biasedProduct(
  mean: number,
  movieFactors: Float32Array,
  lanes: number,
): (x: Float32Array) => Pick<RatingsView, 'rate' | 'addTo' | 'product'> {
  const bias = lanes - 1;
  const table = once(() => new ScoreTable(movieFactors, lanes));
  return (x) => {
    const start = mean + (x[bias] as number);
    const product = (): ProductView => {
      // With 1 in the place of the person's bias the movie's is part of the product.
      const vector = x.slice();
      vector[bias] = 1;
      return { vector, start };
    };
    return {
      product,
      rate(movieRow) {
        const movie = movieRow * lanes;
        let stars = start + (movieFactors[movie + bias] as number);
        for (let lane = 0; lane < bias; lane++) {
          stars += (x[lane] as number) * (movieFactors[movie + lane] as number);
        }
        return stars;
      },
      addTo(scores, weight) {
        table().addProducts(product().vector, start, weight, scores);
      },
    };
  };
}
