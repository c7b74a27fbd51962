-- The evidence of all batches since the training, as pipeline/drift/signal.ts names it; null where there is none.
alter table drift_signals add column evidence jsonb;
