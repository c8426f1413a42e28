"""Adding up ledger and claims for the reports, in one statement: so all figures are of one moment.

Grouping millions of claims and postings takes minutes; a page may not. See docs/decisions/0058.
"""

import datetime as dt
import time
from typing import Final

from django.db import connection, transaction

from portal import clock
from subsidies.models import FiguresRun
from subsidies.workflow.claims import GRANTED

KEPT: Final = 2
"""Runs that stay: the newest, and the one before it for whoever reads on from an earlier page."""


class FiguresDisagree(Exception):  # noqa: N818 - it says what is wrong
    """The figures of these books do not add up to the balances of their accounts; nothing was kept."""


@transaction.atomic
def take_figures(*, at: dt.datetime) -> FiguresRun | None:
    """The figures of this day, once: None where they are there. Raises FiguresDisagree."""
    began = time.monotonic()
    run, new = FiguresRun.objects.get_or_create(day=clock.today(at), defaults={"taken_at": at})
    if not new:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"run": run.pk, "approved": sorted(GRANTED)})
        if wrong := cursor.fetchall():
            raise FiguresDisagree(", ".join(f"book {book} {kind}" for book, kind in wrong))
        _forget(cursor)
    run.milliseconds = int((time.monotonic() - began) * 1000)
    run.save(update_fields=["milliseconds"])
    return run


def _forget(cursor: object) -> None:
    """Earlier runs with all their figures: by statements, for there may be millions."""
    old = list(FiguresRun.objects.order_by("-day").values_list("pk", flat=True)[KEPT:])
    for table in ("moneyfigure", "claimfigure", "tallyfigure"):
        cursor.execute(f"DELETE FROM subsidies_{table} WHERE run_id = ANY(%s)", [old])  # noqa: S608 - names of ours
    cursor.execute("DELETE FROM subsidies_figuresrun WHERE id = ANY(%s)", [old])


_MONTH = "date_trunc('month', {0} AT TIME ZONE 'Asia/Shanghai')::date"
_YEAR = "extract(year FROM {0} AT TIME ZONE 'Asia/Shanghai')::int"
_KINDS = ("available", "reserved", "in_transit", "paid", "receivable", "remitted", "written_off")
_BACK = "('repaid', 'remitted', 'offset_repaid', 'offset_remitted')"
_SUMS = ", ".join(
    [
        "coalesce(-sum(fen) FILTER (WHERE kind = 'appropriation'), 0)",
        *(f"coalesce(sum(fen) FILTER (WHERE kind = '{kind}'), 0)" for kind in _KINDS),
        f"coalesce(-sum(fen) FILTER (WHERE kind = 'receivable' AND event IN {_BACK}), 0)",
    ]
)
_COLUMNS = ", ".join(f"{kind}_fen" for kind in ("issued", *_KINDS, "recovered"))

# `flow`: what each posting changed, with the claim it was for. An entry of a released batch is for many claims: there the lines
# say for which, and their sums are the entry's. A settlement by offset pays the claim of its right and settles that of its order.
_STATEMENT: Final = f"""
WITH posted AS (
    SELECT e.id AS entry_id, e.book_id, e.event, e.at, split_part(e.cause, ':', 1) AS thing,
           split_part(e.cause, ':', 2)::bigint AS thing_id, a.kind, p.debit_fen - p.credit_fen AS fen
    FROM subsidies_posting p
    JOIN subsidies_account a ON a.id = p.account_id
    JOIN subsidies_journalentry e ON e.id = p.entry_id
), flow AS MATERIALIZED (
    SELECT o.book_id, o.event, o.at, o.kind, o.fen,
           CASE o.thing
               WHEN 'entitlement' THEN right_.claim_id
               WHEN 'line' THEN line.claim_id
               WHEN 'recovery' THEN recovery.claim_id
               WHEN 'settlement' THEN CASE o.event WHEN 'offset_paid' THEN offset_.claim_id ELSE settled.claim_id END
           END AS claim_id
    FROM posted o
    LEFT JOIN subsidies_entitlement right_ ON o.thing = 'entitlement' AND right_.id = o.thing_id
    LEFT JOIN subsidies_batchline line ON o.thing = 'line' AND line.id = o.thing_id
    LEFT JOIN subsidies_recoveryorder recovery ON o.thing = 'recovery' AND recovery.id = o.thing_id
    LEFT JOIN subsidies_settlement settlement ON o.thing = 'settlement' AND settlement.id = o.thing_id
    LEFT JOIN subsidies_recoveryorder settled ON settled.id = settlement.order_id
    LEFT JOIN subsidies_entitlement offset_ ON offset_.id = settlement.entitlement_id
    WHERE o.event <> 'sent'
    UNION ALL
    SELECT o.book_id, o.event, o.at, o.kind, sign(o.fen)::int * line.fen, line.claim_id
    FROM posted o
    JOIN subsidies_batchline line ON line.batch_id = o.thing_id
    JOIN subsidies_entitlement right_ ON right_.id = line.entitlement_id AND right_.book_id = o.book_id
    WHERE o.event = 'sent'
), money AS (
    INSERT INTO subsidies_moneyfigure (run_id, province_id, fund_id, year, month, programme, occupation, occupation_name,
        level, provider_id, {_COLUMNS})
    SELECT %(run)s, b.province_id, b.fund_id, b.year, {_MONTH.format("f.at")}, coalesce(c.programme, ''),
           coalesce(c.occupation, ''), coalesce(max(c.occupation_name), ''), c.level, c.provider_id, {_SUMS}
    FROM flow f JOIN subsidies_book b ON b.id = f.book_id LEFT JOIN subsidies_claim c ON c.id = f.claim_id
    GROUP BY 2, 3, 4, 5, 6, 7, c.level, c.provider_id
    RETURNING 1
), claims AS (
    INSERT INTO subsidies_claimfigure (run_id, province_id, month, programme, occupation, occupation_name, level, provider_id,
        state, claims, amount_fen)
    SELECT %(run)s, province_id, {_MONTH.format("submitted_at")}, programme, occupation, max(occupation_name), level,
           provider_id, state, count(*), sum(amount_fen)
    FROM subsidies_claim
    GROUP BY 2, 3, 4, 5, level, provider_id, state
    RETURNING 1
), newest AS MATERIALIZED (
    SELECT c.id, c.province_id, c.state, {_YEAR.format("c.submitted_at")} AS year,
           CASE WHEN jsonb_typeof(d.facts #> '{{person,groups}}') = 'array' THEN d.facts #> '{{person,groups}}' END AS groups
    FROM subsidies_claim c
    CROSS JOIN LATERAL (
        SELECT facts FROM subsidies_decision WHERE claim_id = c.id ORDER BY id DESC LIMIT 1
    ) d
), paid AS (
    SELECT claim_id, sum(fen) AS fen FROM flow WHERE kind = 'paid' GROUP BY claim_id
), tallies AS (
    INSERT INTO subsidies_tallyfigure
        (run_id, province_id, year, kind, key, title_zh, title_en, claims, approved, paid_fen)
    SELECT %(run)s, n.province_id, n.year, 'group', g.key, '', '', count(*),
           count(*) FILTER (WHERE n.state = ANY(%(approved)s)), coalesce(sum(paid.fen), 0)
    FROM newest n
    CROSS JOIN LATERAL (SELECT DISTINCT left(value, 60) AS key FROM jsonb_array_elements_text(n.groups)) g
    LEFT JOIN paid ON paid.claim_id = n.id
    GROUP BY 2, 3, g.key
    UNION ALL
    SELECT %(run)s, c.province_id, {_YEAR.format("c.submitted_at")}, 'reason', left(r ->> 'code', 60),
           left(max(r ->> 'zh'), 200), left(max(r ->> 'en'), 200), count(DISTINCT c.id), 0, 0
    FROM subsidies_claim c
    CROSS JOIN LATERAL (
        SELECT reasons FROM subsidies_decision
        WHERE claim_id = c.id AND act IN ('rejected', 'struck', 'upheld') ORDER BY id DESC LIMIT 1
    ) d
    CROSS JOIN LATERAL jsonb_array_elements(d.reasons) r
    WHERE c.state IN ('rejected', 'rejected_final')
    GROUP BY 2, 3, 5
    UNION ALL
    SELECT %(run)s, c.province_id, {_YEAR.format("c.submitted_at")}, 'appeal',
           CASE WHEN a.granted IS NULL THEN 'open' WHEN a.granted THEN 'granted' ELSE 'upheld' END, '', '', count(*), 0, 0
    FROM subsidies_appeal a JOIN subsidies_claim c ON c.id = a.claim_id
    GROUP BY 2, 3, 5
    UNION ALL
    SELECT %(run)s, c.province_id, {_YEAR.format("c.submitted_at")}, 'objection', o.state, '', '', count(*), 0, 0
    FROM subsidies_objection o JOIN subsidies_claim c ON c.id = o.claim_id
    GROUP BY 2, 3, 5
    RETURNING 1
)
SELECT a.book_id, a.kind
FROM subsidies_account a
LEFT JOIN (SELECT book_id, kind, sum(fen) AS fen FROM flow GROUP BY book_id, kind) f
    ON f.book_id = a.book_id AND f.kind = a.kind
WHERE a.balance_fen <> coalesce(f.fen, 0)
ORDER BY a.book_id, a.kind
LIMIT 20
"""  # noqa: S608 - all of it stands here
