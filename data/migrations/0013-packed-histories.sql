-- One row a user: ratings that have become training data, packed as pipeline/store/history-codec.ts says.
-- A rating is in this table or in the table ratings, never in both.
create table packed_histories (
  user_id integer primary key,
  history bytea not null
);

-- The bytes are packed already: compression would only take time.
alter table packed_histories alter column history set storage external;

-- How many of the current ratings of a batch are in packed_histories. Of the others each is a row of ratings.
alter table ingestion_ledger add column packed integer not null default 0 check (packed >= 0);
