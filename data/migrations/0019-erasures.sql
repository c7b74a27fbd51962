-- Each erasure of a user: when, by whom, what was removed. It does not say who the user is.
-- erased_by: the name of the API key, or who ran the command. removed: numbers of rows.
-- batches: those that had rows of the user. Models that learned them before the erasure still know the user.
-- allowed_at: when the user was allowed to come back; then no row of the user is dropped any more.
create table erasures (
  erasure_id integer generated always as identity primary key,
  erased_at timestamptz not null,
  erased_by text not null,
  batches integer[] not null,
  removed jsonb not null,
  allowed_at timestamptz,
  allowed_by text,
  check ((allowed_at is null) = (allowed_by is null))
);

-- The erased users, as HMAC-SHA-256 of `id ID` and, where ids are names, of `name NAME`: 64 lower-case hex digits.
create table tombstones (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  erasure_id integer not null references erasures
);

-- The key of the hashes, made with the first erasure.
create table tombstone_key (
  key_id integer primary key default 1 check (key_id = 1),
  secret bytea not null check (length(secret) = 32)
);

-- Rows of a batch that were dropped because their users had been erased. They are in no other number.
alter table ingestion_ledger add column rows_erased integer not null default 0 check (rows_erased >= 0);
alter table ingestion_ledger drop constraint every_row_accounted_for;
alter table ingestion_ledger add constraint every_row_accounted_for
  check (rows_read = rows_new + rows_updated + rows_unchanged + rows_rejected + rows_erased);

alter table retraining_decisions drop constraint retraining_decisions_reason_check;
alter table retraining_decisions add constraint retraining_decisions_reason_check
  check (reason = any (array['gain', 'drift', 'age', 'erasure', 'manual']));
