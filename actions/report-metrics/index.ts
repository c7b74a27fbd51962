import { runAction } from '../run-action.ts';
import { reportMetricsAction } from './action.ts';
import { commentOnPullRequest } from './comment-on-pull-request.ts';
import { compareCheckouts } from './compare-checkouts.ts';

await runAction(
  reportMetricsAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) =>
    context.inputs.step === 'compare' ? compareCheckouts(context) : commentOnPullRequest(context),
);
