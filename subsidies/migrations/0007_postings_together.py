"""Postings move the balances of their accounts once for each statement, not once for each row.

A thousand postings of one statement change two accounts. Row by row each of them made a new version of the account's row, and
the next had to walk past all of those: the thousandth was far dearer than the first.
"""

from django.db import migrations

TOGETHER = """
DROP TRIGGER subsidies_posting_applied ON subsidies_posting;
CREATE OR REPLACE FUNCTION subsidies_posting_applied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM 1 FROM fresh p LEFT JOIN subsidies_journalentry e ON e.id = p.entry_id
        LEFT JOIN subsidies_account a ON a.id = p.account_id WHERE e.book_id IS DISTINCT FROM a.book_id OR a.id IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'a posting stays in the book of its entry' USING ERRCODE = 'restrict_violation';
    END IF;
    UPDATE subsidies_account a SET balance_fen = a.balance_fen + s.fen
        FROM (SELECT account_id, sum(debit_fen - credit_fen)::bigint AS fen FROM fresh GROUP BY account_id) s
        WHERE a.id = s.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_posting_applied AFTER INSERT ON subsidies_posting REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION subsidies_posting_applied();
"""
ONE_BY_ONE = """
DROP TRIGGER subsidies_posting_applied ON subsidies_posting;
CREATE OR REPLACE FUNCTION subsidies_posting_applied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE subsidies_account a SET balance_fen = a.balance_fen + NEW.debit_fen - NEW.credit_fen
        FROM subsidies_journalentry e
        WHERE a.id = NEW.account_id AND e.id = NEW.entry_id AND e.book_id = a.book_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a posting stays in the book of its entry' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER subsidies_posting_applied AFTER INSERT ON subsidies_posting
    FOR EACH ROW EXECUTE FUNCTION subsidies_posting_applied();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0006_saved_views")]
    operations = [migrations.RunSQL(TOGETHER, ONE_BY_ONE)]
