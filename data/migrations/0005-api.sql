-- Who may give ratings to the API. Of a key only the SHA-256 is kept.
-- window_*: how many ratings were given with it since its last window of the rate limit began.
create table api_keys (
  key_id integer generated always as identity primary key,
  name text not null,
  sha256 text not null unique check (sha256 ~ '^[0-9a-f]{64}$'),
  created_at timestamptz not null,
  revoked_at timestamptz,
  window_began_at timestamptz,
  window_ratings integer not null default 0
);

create unique index api_keys_one_living_name on api_keys (name) where revoked_at is null;

-- Requests of the last day by the idempotency key their sender gave them, so that one that is sent again is
-- answered as the first and recorded once. sha256: of the ratings as they were sent.
create table feedback_requests (
  request_id bigint generated always as identity primary key,
  key_id integer not null references api_keys,
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  ratings integer not null,
  received_at timestamptz not null,
  unique (key_id, idempotency_key)
);

create index feedback_requests_by_age on feedback_requests (key_id, received_at);

-- With which key it was given, so that what came with a stolen one can be withdrawn.
alter table feedback add column key_id integer references api_keys;

-- What one user has told the API, by movie.
create index feedback_by_user on feedback (user_id, movie_id);
