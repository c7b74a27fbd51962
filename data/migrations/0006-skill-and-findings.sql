-- Ratings by movie and level, packed as the other counts. Null in summaries of earlier releases, which are counted
-- again when they are read.
alter table batch_summaries
  add column movie_levels bytea;
alter table batch_summaries
  alter column movie_levels set storage external;

-- Squared errors by user of the bias baseline and of the overall mean, beside those of the model. Null when an earlier
-- release scored the batch.
alter table batch_performance
  add column bias_squared_errors bytea,
  add column mean_squared_errors bytea;
alter table batch_performance
  alter column bias_squared_errors set storage external,
  alter column mean_squared_errors set storage external;

-- What a check recognised by name, as pipeline/drift/signal.ts defines it.
alter table drift_checks
  add column findings jsonb not null default '[]';
