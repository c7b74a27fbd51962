create table api_keys (
  key_id integer not null generated always as identity,
  name text not null,
  sha256 text not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  window_began_at timestamp with time zone,
  window_ratings integer not null default 0,
  scopes text[] not null,
  users text,
  constraint api_keys_sha256_key UNIQUE (sha256),
  constraint api_keys_pkey PRIMARY KEY (key_id),
  constraint api_keys_scopes_check CHECK (((scopes <> '{}'::text[]) AND (scopes <@ '{read,write,admin}'::text[]))),
  constraint api_keys_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint api_keys_users_check CHECK ((users <> ''::text))
);
CREATE UNIQUE INDEX api_keys_one_living_name ON public.api_keys USING btree (name) WHERE (revoked_at IS NULL);

create table batch_performance (
  batch_id smallint not null,
  model_version integer not null,
  user_ids bytea not null storage e,
  counts bytea not null storage e,
  squared_errors bytea not null storage e,
  absolute_errors bytea not null storage e,
  bias_squared_errors bytea storage e,
  mean_squared_errors bytea storage e,
  bias_absolute_errors bytea storage e,
  ranked_lists bytea storage e,
  ndcg bytea storage e,
  popularity_ndcg bytea storage e,
  constraint batch_performance_pkey PRIMARY KEY (batch_id, model_version),
  constraint batch_performance_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES ingestion_ledger(batch_id),
  constraint batch_performance_model_version_fkey FOREIGN KEY (model_version) REFERENCES models(version)
);

create table batch_summaries (
  batch_id smallint not null,
  ratings integer not null,
  user_ids bytea not null storage e,
  user_levels bytea not null storage e,
  movie_ids bytea not null storage e,
  movie_counts bytea not null storage e,
  movie_levels bytea storage e,
  constraint batch_summaries_pkey PRIMARY KEY (batch_id),
  constraint batch_summaries_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES ingestion_ledger(batch_id)
);

create table drift_alerts (
  alert_id integer not null generated always as identity,
  check_id integer not null,
  model_version integer not null,
  newest_batch_id smallint not null,
  preset text not null,
  raised_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by_version integer,
  acknowledged_by text,
  constraint drift_alerts_model_version_newest_batch_id_preset_key UNIQUE (model_version, newest_batch_id, preset),
  constraint drift_alerts_pkey PRIMARY KEY (alert_id),
  constraint drift_alerts_acknowledged_by_version_fkey FOREIGN KEY (acknowledged_by_version) REFERENCES models(version),
  constraint drift_alerts_check_id_fkey FOREIGN KEY (check_id) REFERENCES drift_checks(check_id),
  constraint drift_alerts_model_version_fkey FOREIGN KEY (model_version) REFERENCES models(version),
  constraint drift_alerts_newest_batch_id_fkey FOREIGN KEY (newest_batch_id) REFERENCES ingestion_ledger(batch_id)
);

create table drift_checks (
  check_id integer not null generated always as identity,
  checked_at timestamp with time zone not null,
  model_version integer not null,
  preset text not null,
  verdict text not null,
  newest_batch_id smallint not null,
  buffer_batch_ids integer[] not null,
  buffer_ratings integer not null,
  windows jsonb not null,
  reference jsonb not null,
  contributors jsonb not null,
  inputs jsonb not null,
  findings jsonb not null default '[]'::jsonb,
  quality jsonb not null default '[]'::jsonb,
  explanations jsonb not null default '[]'::jsonb,
  constraint drift_checks_pkey PRIMARY KEY (check_id),
  constraint drift_checks_model_version_fkey FOREIGN KEY (model_version) REFERENCES models(version),
  constraint drift_checks_newest_batch_id_fkey FOREIGN KEY (newest_batch_id) REFERENCES ingestion_ledger(batch_id),
  constraint drift_checks_preset_check CHECK ((preset = ANY (ARRAY['robust'::text, 'classic'::text]))),
  constraint drift_checks_verdict_check CHECK ((verdict = ANY (ARRAY['ok'::text, 'watch'::text, 'drift'::text, 'insufficient'::text])))
);

create table drift_mutes (
  mute_id integer not null generated always as identity,
  muted_at timestamp with time zone not null,
  muted_until timestamp with time zone not null,
  muted_by text not null,
  ended_at timestamp with time zone,
  constraint drift_mutes_pkey PRIMARY KEY (mute_id),
  constraint drift_mutes_check CHECK ((muted_until > muted_at))
);

create table drift_signals (
  check_id integer not null,
  position smallint not null,
  name text not null,
  time_window text not null,
  value double precision,
  reference double precision,
  effect double precision,
  interval_low double precision,
  interval_high double precision,
  threshold double precision,
  p_value double precision,
  verdict text not null,
  note text not null,
  evidence jsonb,
  paired jsonb,
  constraint drift_signals_pkey PRIMARY KEY (check_id, name, time_window),
  constraint drift_signals_check_id_fkey FOREIGN KEY (check_id) REFERENCES drift_checks(check_id),
  constraint drift_signals_time_window_check CHECK ((time_window = ANY (ARRAY['newest'::text, 'buffer'::text]))),
  constraint drift_signals_verdict_check CHECK ((verdict = ANY (ARRAY['ok'::text, 'watch'::text, 'drift'::text, 'insufficient'::text])))
);

create table erasures (
  erasure_id integer not null generated always as identity,
  erased_at timestamp with time zone not null,
  erased_by text not null,
  batches integer[] not null,
  removed jsonb not null,
  allowed_at timestamp with time zone,
  allowed_by text,
  constraint erasures_pkey PRIMARY KEY (erasure_id),
  constraint erasures_check CHECK (((allowed_at IS NULL) = (allowed_by IS NULL)))
);

create table feedback (
  feedback_id bigint not null generated always as identity,
  user_id integer not null,
  movie_id integer not null,
  half smallint not null,
  rated_at integer not null,
  batch_id smallint,
  key_id integer,
  constraint feedback_pkey PRIMARY KEY (feedback_id),
  constraint feedback_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES ingestion_ledger(batch_id),
  constraint feedback_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(key_id),
  constraint feedback_half_check CHECK (((half >= 1) AND (half <= 10)))
);
CREATE INDEX feedback_by_user ON public.feedback USING btree (user_id, movie_id);
CREATE INDEX feedback_waiting ON public.feedback USING btree (feedback_id) WHERE (batch_id IS NULL);

create table feedback_requests (
  request_id bigint not null generated always as identity,
  key_id integer not null,
  idempotency_key text not null,
  sha256 text not null,
  ratings integer not null,
  received_at timestamp with time zone not null,
  constraint feedback_requests_key_id_idempotency_key_key UNIQUE (key_id, idempotency_key),
  constraint feedback_requests_pkey PRIMARY KEY (request_id),
  constraint feedback_requests_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(key_id),
  constraint feedback_requests_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255))),
  constraint feedback_requests_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX feedback_requests_by_age ON public.feedback_requests USING btree (key_id, received_at);

create table gate_decisions (
  decision_id integer not null generated always as identity,
  champion_version integer,
  challenger_version integer not null,
  outcome text not null,
  decided_at timestamp with time zone not null,
  decision jsonb not null,
  constraint gate_decisions_pkey PRIMARY KEY (decision_id),
  constraint gate_decisions_challenger_version_fkey FOREIGN KEY (challenger_version) REFERENCES models(version),
  constraint gate_decisions_champion_version_fkey FOREIGN KEY (champion_version) REFERENCES models(version),
  constraint gate_decisions_outcome_check CHECK ((outcome = ANY (ARRAY['promote'::text, 'refuse'::text])))
);

create table ingestion_ledger (
  batch_id smallint not null,
  sha256 text not null,
  source text not null,
  role text not null,
  rows_read integer not null,
  rows_new integer not null,
  rows_updated integer not null,
  rows_unchanged integer not null,
  rows_rejected integer not null,
  first_rated_at integer,
  last_rated_at integer,
  ingested_at timestamp with time zone not null,
  duration_ms integer not null,
  quality jsonb not null default '[]'::jsonb,
  packed integer not null default 0,
  scale text,
  rows_erased integer not null default 0,
  constraint ingestion_ledger_sha256_key UNIQUE (sha256),
  constraint ingestion_ledger_pkey PRIMARY KEY (batch_id),
  constraint every_row_accounted_for CHECK ((rows_read = ((((rows_new + rows_updated) + rows_unchanged) + rows_rejected) + rows_erased))),
  constraint ingestion_ledger_packed_check CHECK ((packed >= 0)),
  constraint ingestion_ledger_role_check CHECK ((role = ANY (ARRAY['train'::text, 'holdout'::text, 'buffer'::text, 'baseline'::text]))),
  constraint ingestion_ledger_rows_erased_check CHECK ((rows_erased >= 0)),
  constraint ingestion_ledger_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

create table interactions (
  user_id integer not null,
  movie_id integer not null,
  kind text not null,
  at integer not null,
  times real not null default 1,
  key_id integer,
  constraint interactions_pkey PRIMARY KEY (user_id, movie_id, kind),
  constraint interactions_key_id_fkey FOREIGN KEY (key_id) REFERENCES api_keys(key_id),
  constraint interactions_kind_check CHECK ((kind = ANY (ARRAY['watched'::text, 'wanted'::text, 'hidden'::text, 'shown'::text]))),
  constraint interactions_times_check CHECK ((times > (0)::double precision))
);

create table migrations (
  version integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migrations_pkey PRIMARY KEY (version)
);

create table model_metrics (
  model_version integer not null,
  segment text not null,
  metric text not null,
  value double precision,
  constraint model_metrics_pkey PRIMARY KEY (model_version, segment, metric),
  constraint model_metrics_model_version_fkey FOREIGN KEY (model_version) REFERENCES models(version),
  constraint model_metrics_segment_check CHECK ((segment = ANY (ARRAY['all'::text, 'warm'::text, 'cold'::text, 'strategy'::text])))
);

create table model_references (
  model_version integer not null,
  reference bytea not null storage e,
  constraint model_references_pkey PRIMARY KEY (model_version),
  constraint model_references_model_version_fkey FOREIGN KEY (model_version) REFERENCES models(version)
);

create table models (
  version integer not null,
  status text not null,
  algorithm text not null,
  trained_at timestamp with time zone not null,
  promoted_at timestamp with time zone,
  manifest jsonb not null,
  constraint models_pkey PRIMARY KEY (version),
  constraint models_status_check CHECK ((status = ANY (ARRAY['challenger'::text, 'champion'::text, 'retired'::text, 'refused'::text]))),
  constraint models_version_check CHECK ((version > 0))
);
CREATE UNIQUE INDEX models_one_champion ON public.models USING btree (status) WHERE (status = 'champion'::text);

create table movie_names (
  movie_id integer not null generated always as identity,
  name text not null,
  constraint movie_names_name_key UNIQUE (name),
  constraint movie_names_pkey PRIMARY KEY (movie_id),
  constraint movie_names_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);

create table movies (
  movie_id integer not null,
  title text not null,
  year smallint,
  genres text[] not null,
  imdb_id integer,
  tmdb_id integer,
  constraint movies_pkey PRIMARY KEY (movie_id),
  constraint movies_imdb_id_check CHECK ((imdb_id > 0)),
  constraint movies_tmdb_id_check CHECK ((tmdb_id > 0))
);

create table packed_histories (
  user_id integer not null,
  history bytea not null storage e,
  constraint packed_histories_pkey PRIMARY KEY (user_id)
);

create table quarantined_ratings (
  user_id integer not null,
  movie_id integer not null,
  rated_at integer not null,
  half smallint not null,
  batch_id smallint not null,
  constraint quarantined_ratings_pkey PRIMARY KEY (user_id, movie_id)
);

create table quarantines (
  quarantine_id integer not null generated always as identity,
  kind text not null,
  subject integer not null,
  reason text not null,
  quarantined_by text not null,
  quarantined_at timestamp with time zone not null,
  released_by text,
  released_at timestamp with time zone,
  constraint quarantines_kind_subject_quarantined_at_quarantined_by_key UNIQUE (kind, subject, quarantined_at, quarantined_by),
  constraint quarantines_pkey PRIMARY KEY (quarantine_id),
  constraint quarantines_check CHECK (((released_by IS NULL) = (released_at IS NULL))),
  constraint quarantines_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'batch'::text, 'movie'::text])))
);
CREATE UNIQUE INDEX quarantines_one_active ON public.quarantines USING btree (kind, subject) WHERE (released_at IS NULL);

create table rating_revisions (
  batch_id smallint not null,
  user_id integer not null,
  movie_id integer not null,
  previous_rated_at integer not null,
  previous_half smallint not null,
  previous_batch_id smallint not null,
  constraint rating_revisions_pkey PRIMARY KEY (batch_id, user_id, movie_id)
);

create table ratings (
  user_id integer not null,
  movie_id integer not null,
  rated_at integer not null,
  half smallint not null,
  batch_id smallint not null,
  constraint ratings_pkey PRIMARY KEY (user_id, movie_id)
);

create table rejected_ratings (
  batch_id smallint not null,
  row_number integer not null,
  reason text not null,
  content text not null,
  constraint rejected_ratings_pkey PRIMARY KEY (batch_id, row_number),
  constraint rejected_ratings_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES ingestion_ledger(batch_id)
);

create table retraining_decisions (
  decision_id integer not null generated always as identity,
  check_id integer not null,
  decided_at timestamp with time zone not null,
  decision text not null,
  reasons text[] not null,
  inputs jsonb not null,
  reason text,
  expected_gain double precision,
  constraint retraining_decisions_pkey PRIMARY KEY (decision_id),
  constraint retraining_decisions_check_id_fkey FOREIGN KEY (check_id) REFERENCES drift_checks(check_id),
  constraint retraining_decisions_decision_check CHECK ((decision = ANY (ARRAY['retrain'::text, 'wait'::text]))),
  constraint retraining_decisions_reason_check CHECK ((reason = ANY (ARRAY['gain'::text, 'drift'::text, 'age'::text, 'erasure'::text, 'manual'::text])))
);

create table retraining_gains (
  gain_id integer not null generated always as identity,
  kind text not null,
  model_version integer not null,
  batch_id smallint not null,
  time_window smallint not null default 0,
  new_share double precision not null,
  gain jsonb not null,
  measured_at timestamp with time zone not null,
  constraint retraining_gains_kind_model_version_batch_id_time_window_key UNIQUE (kind, model_version, batch_id, time_window),
  constraint retraining_gains_pkey PRIMARY KEY (gain_id),
  constraint retraining_gains_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES ingestion_ledger(batch_id),
  constraint retraining_gains_model_version_fkey FOREIGN KEY (model_version) REFERENCES models(version),
  constraint retraining_gains_kind_check CHECK ((kind = ANY (ARRAY['measured'::text, 'curve'::text, 'realised'::text])))
);

create table tombstone_key (
  key_id integer not null default 1,
  secret bytea not null,
  constraint tombstone_key_pkey PRIMARY KEY (key_id),
  constraint tombstone_key_key_id_check CHECK ((key_id = 1)),
  constraint tombstone_key_secret_check CHECK ((length(secret) = 32))
);

create table tombstones (
  hash text not null,
  erasure_id integer not null,
  constraint tombstones_pkey PRIMARY KEY (hash),
  constraint tombstones_erasure_id_fkey FOREIGN KEY (erasure_id) REFERENCES erasures(erasure_id),
  constraint tombstones_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

create table user_names (
  user_id integer not null generated always as identity,
  name text not null,
  constraint user_names_name_key UNIQUE (name),
  constraint user_names_pkey PRIMARY KEY (user_id),
  constraint user_names_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255)))
);
