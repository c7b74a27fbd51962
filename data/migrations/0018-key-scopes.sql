-- What a key may do (read, write, admin), and for which users: ids, ranges of ids and beginnings of ids with commas
-- between them; null for all users. Keys from before could send for every user, and reading needed no key: they keep
-- both, for all users.
alter table api_keys
  add column scopes text[] not null default '{read,write}'
    check (scopes <> '{}' and scopes <@ '{read,write,admin}'),
  add column users text check (users <> '');
alter table api_keys alter column scopes drop default;
