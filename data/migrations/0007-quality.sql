-- What is wrong with a batch apart from drift, as pipeline/quality/finding.ts names it.
alter table ingestion_ledger add column quality jsonb not null default '[]';

-- The findings of the batches that a check compared.
alter table drift_checks add column quality jsonb not null default '[]';
