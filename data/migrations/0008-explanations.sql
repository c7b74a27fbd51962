-- Where the effects of a check come from, as pipeline/drift/signal.ts defines it.
alter table drift_checks
  add column explanations jsonb not null default '[]';
