-- What users do with movies besides rating them, as they tell the API: a row for each user, movie and kind.
-- No batch has them, and no training and no drift check reads them.
-- times: of shown, how often, at the time `at`; each showing is halved with every half-life since. Otherwise 1.
-- key_id: with which key it was given last, so that what came with a stolen one can be withdrawn.
create table interactions (
  user_id integer not null,
  movie_id integer not null,
  kind text not null check (kind in ('watched', 'wanted', 'hidden', 'shown')),
  at integer not null,
  times real not null default 1 check (times > 0),
  key_id integer references api_keys,
  primary key (user_id, movie_id, kind)
);
