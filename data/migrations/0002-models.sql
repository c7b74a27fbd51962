create table models (
  version integer primary key check (version > 0),
  status text not null check (status in ('challenger', 'champion', 'retired', 'refused')),
  algorithm text not null,
  trained_at timestamptz not null,
  promoted_at timestamptz,
  manifest jsonb not null
);

create unique index models_one_champion on models (status) where status = 'champion';

-- On the holdout of the model's own training. segment: all users, those the training data knows (warm), those
-- it does not (cold); under strategy, how many held-out ratings each way to predict answered.
create table model_metrics (
  model_version integer not null references models,
  segment text not null check (segment in ('all', 'warm', 'cold', 'strategy')),
  metric text not null,
  value double precision,
  primary key (model_version, segment, metric)
);

-- What a drift check compares new ratings with, as the drift room packs it.
create table model_references (
  model_version integer primary key references models,
  reference bytea not null
);

alter table model_references alter column reference set storage external;

create table gate_decisions (
  decision_id integer generated always as identity primary key,
  champion_version integer references models,
  challenger_version integer not null references models,
  outcome text not null check (outcome in ('promote', 'refuse')),
  decided_at timestamptz not null,
  decision jsonb not null
);

-- A model's errors on the current ratings of a batch, by user. Packed as in batch_summaries, errors
-- as doubles; deleted when the batch loses a rating, so that what stands here is always exact.
create table batch_performance (
  batch_id smallint not null references ingestion_ledger,
  model_version integer not null references models,
  user_ids bytea not null,
  counts bytea not null,
  squared_errors bytea not null,
  absolute_errors bytea not null,
  primary key (batch_id, model_version)
);

alter table batch_performance
  alter column user_ids set storage external,
  alter column counts set storage external,
  alter column squared_errors set storage external,
  alter column absolute_errors set storage external;
