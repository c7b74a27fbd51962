-- What a site calls its users and movies, where that is not a number of 32 bits: `u1`, a slug, a UUID. The ids are those
-- of every other table. A database has either no names at all, or one for every user and movie.
-- Compared by bytes, so that two databases order names alike.
create table user_names (
  user_id integer primary key generated always as identity,
  name text collate "C" not null unique check (length(name) between 1 and 255)
);

create table movie_names (
  movie_id integer primary key generated always as identity,
  name text collate "C" not null unique check (length(name) between 1 and 255)
);
