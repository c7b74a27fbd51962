-- Beside the errors by user: absolute errors of the bias baseline, lists by user, and their NDCG@10 for the model and for
-- the most rated movies. Null when an earlier release scored the batch.
alter table batch_performance
  add column bias_absolute_errors bytea,
  add column ranked_lists bytea,
  add column ndcg bytea,
  add column popularity_ndcg bytea;
alter table batch_performance
  alter column bias_absolute_errors set storage external,
  alter column ranked_lists set storage external,
  alter column ndcg set storage external,
  alter column popularity_ndcg set storage external;

-- The change of an error beyond that of the bias baseline, as pipeline/drift/signal.ts names it; null where there is none.
alter table drift_signals add column paired jsonb;
