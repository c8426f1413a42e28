"""What is counted at night, so that no page counts all certificates: the days that are over, and the numbers given."""

import datetime as dt

from django.db import connection, transaction
from django.db.models import F, Q

from certificates.models import Certificate, SerialCounter, TalliedDay
from certificates.selectors.statistics import day_to_tally
from portal import clock

_ADD = """
INSERT INTO certificates_monthtally AS tally (province_id, first_on, event, kind, level, course_code, n)
SELECT province_id, %(first_on)s, event, kind, (facts->>'level')::smallint AS level, course_code, count(*)
FROM (
    SELECT 'issued' AS event, province_id, kind, facts, course_code FROM certificates_certificate
    WHERE issued_on = %(day)s
    UNION ALL
    SELECT 'revoked', province_id, kind, facts, course_code FROM certificates_certificate
    WHERE revoked_at >= %(begins)s AND revoked_at < %(ends)s
    UNION ALL
    SELECT 'replaced', province_id, kind, facts, course_code FROM certificates_certificate
    WHERE replaced_at >= %(begins)s AND replaced_at < %(ends)s
) happened
GROUP BY province_id, event, kind, level, course_code
ON CONFLICT (province_id, first_on, event, kind, level, course_code) DO UPDATE SET n = tally.n + excluded.n
"""


@transaction.atomic
def tally_next(*, at: dt.datetime) -> dt.date | None:
    """Add the earliest day that is over to its month. Gives the day, or None when all are in.

    Who comes second to a day waits for the first and adds nothing.
    """
    day = day_to_tally(at)
    if day is None:
        return None
    _row, is_new = TalliedDay.objects.get_or_create(on=day, defaults={"tallied_at": at})
    if is_new:
        begins = dt.datetime.combine(day, dt.time(), clock.SHANGHAI)
        with connection.cursor() as cursor:
            cursor.execute(
                _ADD,
                {
                    "day": day,
                    "first_on": day.replace(day=1),
                    "begins": begins,
                    "ends": begins + dt.timedelta(days=1),
                },
            )
    return day


def count_next_numbers(*, at: dt.datetime) -> bool:
    """Count the numbers of a province and year that nobody counted today. False when there are none.

    Without a lock: a number that was given stays, so those up to the last one known are the same whoever counts them.
    """
    midnight = dt.datetime.combine(clock.today(at), dt.time(), clock.SHANGHAI)
    due = SerialCounter.objects.filter(Q(counted_at=None) | Q(counted_at__lt=midnight), last__gt=0)
    counter = due.order_by(F("counted_at").asc(nulls_first=True), "pk").first()
    if counter is None:
        return False
    given = Certificate.objects.filter(serial__gt=counter.serial(0), serial__lte=counter.serial(counter.last))
    SerialCounter.objects.filter(pk=counter.pk).update(
        counted_to=counter.last, counted=given.count(), counted_at=at
    )
    return True
