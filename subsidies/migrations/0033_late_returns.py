"""The ledger's part of a payment that the bank sends back days later (退票): its event, and the way back of a right."""

from django.db import migrations, models

MOVES = """
CREATE OR REPLACE FUNCTION subsidies_entitlement_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' THEN
            RAISE EXCEPTION '% begins as reserved, not as %', TG_TABLE_NAME, NEW.state
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
        RAISE EXCEPTION '% does not go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = "('reserved', 'sent'), ('sent', 'paid'), ('sent', 'reserved'), ('reserved', 'released')"


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0032_payment_guards")]
    operations = [
        migrations.RemoveConstraint(
            model_name="journalentry",
            name="journal_event_is_known",
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="event",
            field=models.CharField(
                choices=[
                    ("issued", "Budget issued"),
                    ("reserved", "Claim approved"),
                    ("released", "Reservation released"),
                    ("sent", "Batch released"),
                    ("settled", "Bank paid"),
                    ("returned", "Bank returned"),
                    ("returned_late", "Bank returned what it had paid"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "event__in",
                        ["issued", "reserved", "released", "sent", "settled", "returned", "returned_late"],
                    )
                ),
                name="journal_event_is_known",
            ),
        ),
        migrations.RunSQL(
            MOVES.replace("{pairs}", BEFORE + ", ('paid', 'reserved')"), MOVES.replace("{pairs}", BEFORE)
        ),
    ]
