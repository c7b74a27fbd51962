-- Where else a movie is found: tt0114709 on IMDb is 114709 here. Null: no source has said it.
alter table movies
  add column imdb_id integer check (imdb_id > 0),
  add column tmdb_id integer check (tmdb_id > 0);
