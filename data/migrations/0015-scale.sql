-- How the source of a batch wrote its ratings, as a person stated it: 1-10, or like=4.5,dislike=1.5. The stored ratings are
-- stars in any case. Null: the source had stars.
alter table ingestion_ledger add column scale text;
