create table drift_checks (
  check_id integer generated always as identity primary key,
  checked_at timestamptz not null,
  model_version integer not null references models,
  preset text not null check (preset in ('robust', 'classic')),
  verdict text not null check (verdict in ('ok', 'watch', 'drift', 'insufficient')),
  newest_batch_id smallint not null references ingestion_ledger,
  buffer_batch_ids integer[] not null,
  buffer_ratings integer not null,
  -- How large the compared sets were and which parts stood out, as pipeline/drift/signal.ts names them.
  windows jsonb not null,
  reference jsonb not null,
  contributors jsonb not null,
  inputs jsonb not null
);

create table drift_signals (
  check_id integer not null references drift_checks,
  position smallint not null,
  name text not null,
  time_window text not null check (time_window in ('newest', 'buffer')),
  value double precision,
  reference double precision,
  effect double precision,
  interval_low double precision,
  interval_high double precision,
  threshold double precision,
  p_value double precision,
  verdict text not null check (verdict in ('ok', 'watch', 'drift', 'insufficient')),
  note text not null,
  primary key (check_id, name, time_window)
);

-- One alert at most for the same newest batch under the same champion and preset.
create table drift_alerts (
  alert_id integer generated always as identity primary key,
  check_id integer not null references drift_checks,
  model_version integer not null references models,
  newest_batch_id smallint not null references ingestion_ledger,
  preset text not null,
  raised_at timestamptz not null,
  acknowledged_at timestamptz,
  acknowledged_by_version integer references models,
  unique (model_version, newest_batch_id, preset)
);

create table retraining_decisions (
  decision_id integer generated always as identity primary key,
  check_id integer not null references drift_checks,
  decided_at timestamptz not null,
  decision text not null check (decision in ('retrain', 'wait')),
  reasons text[] not null,
  inputs jsonb not null
);
