-- What retraining gains, measured at drift checks on the newest batch: champion against challenger (`measured`), one batch
-- more against one less (`curve`; window 0 is the newest batch, 1 and up are older ratings of the same number), and a
-- promoted model against the one it replaced (`realised`).
create table retraining_gains (
  gain_id integer generated always as identity primary key,
  kind text not null check (kind in ('measured', 'curve', 'realised')),
  model_version integer not null references models,
  batch_id smallint not null references ingestion_ledger,
  time_window smallint not null default 0,
  -- Ratings that the newer model had learned in addition, as a share of those of the older one.
  new_share double precision not null,
  -- As pipeline/drift/gain.ts names it.
  gain jsonb not null,
  measured_at timestamptz not null,
  unique (kind, model_version, batch_id, time_window)
);

-- Why a training was requested, and the gain in RMSE that was expected of it.
alter table retraining_decisions
  add column reason text check (reason in ('gain', 'drift', 'age', 'manual')),
  add column expected_gain double precision;
