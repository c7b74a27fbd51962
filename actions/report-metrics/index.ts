import { runAction } from '../run-action.ts';
import { reportMetrics } from './action.ts';
import { commentOnPullRequest } from './comment-on-pull-request.ts';
import { compareCheckouts } from './compare-checkouts.ts';

await runAction(reportMetrics, { env: process.env, clock: () => new Date() }, (context) =>
  context.inputs.step === 'compare' ? compareCheckouts(context) : commentOnPullRequest(context),
);
