import { sha256 } from '../../pipeline/lib/digest.ts';
import type { FeedbackRequest } from '../../pipeline/store/accept-feedback.ts';

/** A request that sends one rating, with the parts that `parts` replaces. */
export function feedbackRequest(
  key: string,
  parts: Partial<FeedbackRequest> & Pick<FeedbackRequest, 'now'>,
): FeedbackRequest {
  return {
    keySha256: sha256(key),
    idempotencyKey: 'first',
    ratings: [{ userId: 1, movieId: 2, half: 7 }],
    limit: { ratings: 10, windowSeconds: 3600 },
    ...parts,
  };
}
