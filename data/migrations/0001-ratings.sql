-- One row a batch that was taken in, known by the digest of its content.
-- role: train and holdout are the two parts of the initial load; buffer has arrived since;
-- baseline was holdout or buffer when a newer model became champion.
create table ingestion_ledger (
  batch_id smallint primary key,
  sha256 text not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
  source text not null,
  role text not null check (role in ('train', 'holdout', 'buffer', 'baseline')),
  rows_read integer not null,
  rows_new integer not null,
  rows_updated integer not null,
  rows_unchanged integer not null,
  rows_rejected integer not null,
  first_rated_at integer,
  last_rated_at integer,
  ingested_at timestamptz not null,
  duration_ms integer not null,
  constraint every_row_accounted_for
    check (rows_read = rows_new + rows_updated + rows_unchanged + rows_rejected)
);

-- Sixteen bytes of data a row. No foreign key and no second index: either would cost more than the table.
-- half: half stars, 1 to 10. rated_at: seconds since 1970. batch_id: the batch that gave the current value.
create table ratings (
  user_id integer not null,
  movie_id integer not null,
  rated_at integer not null,
  half smallint not null,
  batch_id smallint not null,
  primary key (user_id, movie_id)
);

-- What a later rating of the same movie by the same user replaced. batch_id is the batch that replaced it.
create table rating_revisions (
  batch_id smallint not null,
  user_id integer not null,
  movie_id integer not null,
  previous_rated_at integer not null,
  previous_half smallint not null,
  previous_batch_id smallint not null,
  primary key (batch_id, user_id, movie_id)
);

create table movies (
  movie_id integer primary key,
  title text not null,
  year smallint,
  genres text[] not null
);

create table rejected_ratings (
  batch_id smallint not null references ingestion_ledger,
  row_number integer not null,
  reason text not null,
  content text not null,
  primary key (batch_id, row_number)
);

-- Counts by user and level, and by movie, over the ratings a batch gave and still stands for.
-- Packed little-endian: ids in four bytes, counts in as few as they need (the first byte says how many).
-- A batch that lost a rating to a later one is brought up to date in the transaction that replaced it.
create table batch_summaries (
  batch_id smallint primary key references ingestion_ledger,
  ratings integer not null,
  user_ids bytea not null,
  user_levels bytea not null,
  movie_ids bytea not null,
  movie_counts bytea not null
);

-- Packed numbers gain little from compression, and every check would pay for undoing it.
alter table batch_summaries
  alter column user_ids set storage external,
  alter column user_levels set storage external,
  alter column movie_ids set storage external,
  alter column movie_counts set storage external;
