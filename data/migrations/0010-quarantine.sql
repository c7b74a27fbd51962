-- Whose ratings nothing uses until they are released. subject: the number of the user, the batch or the movie.
create table quarantines (
  quarantine_id integer generated always as identity primary key,
  kind text not null check (kind in ('user', 'batch', 'movie')),
  subject integer not null,
  reason text not null,
  quarantined_by text not null,
  quarantined_at timestamptz not null,
  released_by text,
  released_at timestamptz,
  check ((released_by is null) = (released_at is null)),
  -- A request that is repeated is the same quarantine, also after its release.
  unique (kind, subject, quarantined_at, quarantined_by)
);

create unique index quarantines_one_active on quarantines (kind, subject) where released_at is null;

-- The ratings of all active quarantines. They are not in the table ratings, so that nothing that reads it can use them.
create table quarantined_ratings (
  user_id integer not null,
  movie_id integer not null,
  rated_at integer not null,
  half smallint not null,
  batch_id smallint not null,
  primary key (user_id, movie_id)
);
