"""Holding versions to the standard: when they are submitted and published, and again when a standard changes.

What was once published stays published and earned hours stay earned: a course that falls short gets a deadline.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.functional import lazy

from courses.models import ContentStandard, Course, CourseVersion, Notice, Recheck, Shortfall, StandardCheck
from courses.selectors.shortfalls import courses_under, first_day_of_check, reasons
from courses.selectors.standards import Report, of_version, report_on, reports_on
from courses.services.notices import tell
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record

CHUNK = 100
"""Courses checked in one transaction."""
_PATIENCE = dt.timedelta(minutes=5)


def check_now(version: CourseVersion, *, step: str, by: User | None, at: dt.datetime) -> Report:
    """Hold a version against the standard of the day and keep what was found, passed or not."""
    report = report_on(version, on=clock.today(at))
    StandardCheck.objects.create(
        version=version,
        province_id=version.course.province_id,
        step=step,
        national=report.in_force.national,
        provincial=report.in_force.provincial,
        findings=report.stored(),
        passed=report.passed,
        at=at,
        by=by,
    )
    return report


def mend(course: Course, version: CourseVersion, *, at: dt.datetime) -> int:
    """Close the shortfalls that a newly published version no longer has. Gives how many."""
    if not version.for_subsidy:
        return 0
    closed = 0
    for row in (
        course.shortfalls.filter(mended_at=None).select_related("standard").select_for_update(of=("self",))
    ):
        on = max(clock.today(at), row.standard.first_day)
        if report_on(version, on=on).passed:
            closed += _close(row, version, at=at)
    return closed


def _close(row: Shortfall, version: CourseVersion, *, at: dt.datetime) -> int:
    row.mended_at, row.mended_version = at, version
    row.save(update_fields=["mended_at", "mended_version"])
    record(by=None, action="shortfall.mended", thing=row, at=at, detail={"version": version.number})
    return 1


def begin_recheck(standard: ContentStandard, *, at: dt.datetime) -> Recheck:
    """Note that the published courses of the standard's scope are to be checked; a task works them off."""
    return Recheck.objects.create(standard=standard, due_at=at, total=courses_under(standard).count())


@transaction.atomic
def recheck_some(pk: int, *, at: dt.datetime, chunk: int = CHUNK) -> int:
    """Check the next courses under a new standard. Gives how many; 0 when another worker has it or nothing is due."""
    due = Recheck.objects.filter(pk=pk, ended_at=None, due_at__lte=at)
    run = due.select_for_update(skip_locked=True, of=("self",)).select_related("standard").first()
    if run is None:
        return 0
    if not run.reached:
        run.done = run.short = 0
    ids = list(_locked_after(run, chunk))
    run.short += _find_short(run.standard, courses_under(run.standard).filter(pk__in=ids), at=at)
    run.done += len(ids)
    run.total = max(run.total, run.done)
    run.failures, run.trouble = 0, ""
    run.reached = ids[-1] if ids else run.reached
    if len(ids) < chunk:
        _end_pass(run, at=at)
    run.save()
    return len(ids)


def _locked_after(run: Recheck, chunk: int) -> QuerySet[Course]:
    """Ids of the next courses; nobody publishes a version of theirs meanwhile."""
    rows = courses_under(run.standard).select_related(None).select_for_update()
    return rows.filter(pk__gt=run.reached).values_list("pk", flat=True)[:chunk]


def _end_pass(run: Recheck, *, at: dt.datetime) -> None:
    """A standard of the future is held against the courses once more on its first day, for what was published until then."""
    first_day = run.standard.first_day
    if first_day > clock.today(at):
        run.due_at, run.reached = dt.datetime.combine(first_day, dt.time(), tzinfo=clock.SHANGHAI), 0
        return
    run.due_at, run.ended_at, run.total = None, at, run.done
    detail = {"courses": run.done, "short": run.short}
    record(by=None, action="standard.rechecked", thing=run.standard, at=at, detail=detail)


def postpone_recheck(pk: int, trouble: str, *, at: dt.datetime) -> None:
    """Try again later, each time a little later, and say why."""
    run = Recheck.objects.filter(pk=pk, ended_at=None).first()
    if run is not None:
        wait = _PATIENCE * min(run.failures + 1, 12)
        Recheck.objects.filter(pk=pk, ended_at=None).update(
            due_at=at + wait, failures=F("failures") + 1, trouble=trouble[:200]
        )


def _find_short(standard: ContentStandard, courses: Iterable[Course], *, at: dt.datetime) -> int:
    on = first_day_of_check(standard, clock.today(at))
    by_province: dict[str, list[CourseVersion]] = {}
    for course in courses:
        version = course.current_version
        version.course = course
        by_province.setdefault(course.province_id, []).append(version)
    short = 0
    for versions in by_province.values():
        in_force = of_version(versions[0], on=on)
        reports = reports_on(versions, in_force, on=on)
        failing = [version for version in versions if not reports[version.pk].passed]
        short += sum(_fall_short(standard, version, reports[version.pk], on=on, at=at) for version in failing)
    return short


def _fall_short(
    standard: ContentStandard, version: CourseVersion, report: Report, *, on: dt.date, at: dt.datetime
) -> int:
    """What was due before under another standard for the same rule stays due on its day."""
    course = version.course
    rules = {(finding.rule, finding.module) for finding in report.failures}
    due_on = on + dt.timedelta(days=standard.mend_days)
    for earlier in course.shortfalls.filter(mended_at=None).exclude(standard=standard):
        if any((one["rule"], one["module"]) in rules for one in earlier.findings):
            due_on = min(due_on, earlier.due_on)
    row, new = Shortfall.objects.get_or_create(
        course=course,
        standard=standard,
        defaults={
            "province_id": course.province_id,
            "version": version,
            "findings": [one for one in report.stored() if not one["ok"] and not one["warns"]],
            "found_at": at,
            "due_on": due_on,
        },
    )
    if new:
        tell(
            course.organisation,
            Notice.Kind.SHORTFALL,
            province_id=course.province_id,
            at=at,
            course=course,
            day=due_on.isoformat(),
            reason=lazy(lambda: "; ".join(reasons(row)), str)(),
        )
        record(
            by=None,
            action="shortfall.found",
            thing=row,
            at=at,
            detail={"course": course.code, "version": version.number, "due_on": due_on.isoformat()},
        )
    return 1
