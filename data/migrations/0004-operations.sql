-- Who looked at an alert and said so; null when a promoted model answered it.
alter table drift_alerts add column acknowledged_by text;

-- While a mute lasts, drift is measured and written down, but opens no issue, says nothing and trains nothing.
create table drift_mutes (
  mute_id integer generated always as identity primary key,
  muted_at timestamptz not null,
  muted_until timestamptz not null,
  muted_by text not null,
  ended_at timestamptz,
  check (muted_until > muted_at)
);

-- Ratings people gave to the API that no batch has taken in yet. batch_id: the batch that has.
create table feedback (
  feedback_id bigint generated always as identity primary key,
  user_id integer not null,
  movie_id integer not null,
  half smallint not null check (half between 1 and 10),
  rated_at integer not null,
  batch_id smallint references ingestion_ledger
);

create index feedback_waiting on feedback (feedback_id) where batch_id is null;
