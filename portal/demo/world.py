"""What `manage.py load_demo` makes, in order. Each part finds what it made before and makes it only once."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import translation

from courses.services import load_demo_course, load_sample_courses, load_sample_standards
from learners.selectors.edition_desk import editions_visible_to
from learners.selectors.intake import intake_of
from learners.selectors.key_groups import memberships_of
from learners.selectors.rosters import staff_visible_to
from learners.services import editions
from learners.services.intake import set_intake
from learners.services.key_groups import declare_key_group, verify_key_group
from learners.services.rosters import apply_roster, apply_some, upload_roster
from portal import calendar, clock
from portal.accounts.models import Province, User
from portal.demo import accounts, appeals, asking, claims, classes, elsewhere, money, practice, providers
from portal.demo.people import BY_KEY, GUIZHOU, PASSWORD, PEOPLE, SCHOOL, WORKS

FIRST_DAY = dt.date(2022, 1, 1)
SHORT_HOUR = {
    "class_hour_seconds": 30,
    "beat_ms": 3_000,
    "min_gap_ms": 1_500,
    "check_min_ms": 20_000,
    "check_max_ms": 30_000,
    "silent_after_seconds": 120,
    "reading_characters_per_minute": 4_000,
}
"""The demo's counting edition: a class hour of half a minute, so that the whole road takes minutes."""


def load() -> Iterator[str]:
    """Make what is missing; yields one line per part for the terminal."""
    at = clock.now()
    since = at - claims.SINCE
    _calendars(since, at)
    people = accounts.everybody(at=since)
    yield f"{len(people)} people"
    yield f"{_edition(by=people['operator'], at=at):d} counting editions are new"
    yield f"{_draft_edition(by=people['catalogue_second'], at=at):d} drafts of counting editions are new"
    author, publisher = people["instructor"], people["catalogue"]
    organisation, guizhou = accounts.organisation(SCHOOL), Province.objects.get(pk=GUIZHOU)
    yield f"{load_sample_courses(by=author, second=publisher, at=at)} sample courses are new"
    yield f"{_standards(people, at=at)} standards are new"
    yield f"{providers.give_licences(school=organisation, by=publisher, since=since, at=at)} licences of providers are new"
    yield f"{practice.show(people, province=guizhou, organisation=organisation, at=at)} films of practical work are new"
    yield f"{classes.hold_classes(by=author, second=publisher, province=guizhou, organisation=organisation, at=at)} classes are new"
    # last, so that the one course to enrol in is the newest: it leads the home page and the catalogue
    made = load_demo_course(by=author, second=publisher, at=at, province=guizhou, organisation=organisation)
    yield f"course {made.code}"
    yield f"{_seats(made.code, by=people['manager'], at=at):d} terms of enrolment are new"
    yield f"{_groups(people['learner'], by=people['county'], at=at)} key groups are new"
    yield f"{_staff(made.code, by=people['employer'], at=at)} invited members of staff are new"
    yield f"{asking.ask(people, made, at=at)} questions of a learner are new"
    yield f"{appeals.appeal(people, made, at=at)} appeals are new"
    yield f"{elsewhere.show(people['learner'], at=at)} certificates issued elsewhere are new"
    yield f"{money.publish_policies(by=people['policy_editor'], published_by=people['policy_publisher'], at=since)} policy versions are new"
    yield f"{_contract(people, made.code, at=at)} project contracts are new"
    pair = {"by": people["maker"], "issued_by": people["checker"]}
    yield f"{money.issue_budgets(**pair, at=since) + money.issue_budgets(**pair, at=at)} budgets are new"
    yield f"{claims.tell(people, made.code, at=at)} claims are new"
    write_accounts()


def _calendars(since: dt.datetime, at: dt.datetime) -> None:
    """A public notice stops hard where the holidays of its year are not known: the demo makes up a year that has none."""
    for year in range(clock.today(since).year, clock.today(at).year + 2):
        if calendar.basis_of(year) == calendar.WEEKDAYS:
            calendar.load_year(year, [], source="演示：只休周末（虚构）", at=at)


def _contract(people: dict[str, User], course_code: str, *, at: dt.datetime) -> int:
    pair = {"by": people["policy_editor"], "enforced_by": people["policy_publisher"]}
    return money.agree_contract(course_code, organisation=accounts.organisation(SCHOOL), **pair, at=at)


def _standards(people: dict[str, User], *, at: dt.datetime) -> int:
    """Written by one, published by another: the ministry's for the nation, the catalogue's for Guizhou."""
    return load_sample_standards(
        national=(people["ministry"], people["ministry_second"]),
        provincial=(people["catalogue_second"], people["catalogue"]),
        at=at,
    )


def _edition(*, by: User, at: dt.datetime) -> bool:
    try:
        editions.publish_edition(
            province=Province.objects.get(pk=GUIZHOU),
            name="贵州演示计时规则（虚构）",
            valid_from=FIRST_DAY,
            source="演示数据，不是任何机构发布的规则",
            fictional=True,
            by=by,
            at=at,
            **SHORT_HOUR,
        )
    except editions.EditionOnThatDay:
        return False
    return True


def _draft_edition(*, by: User, at: dt.datetime) -> bool:
    """To be tried over the beats of the demo, and published by the other administrator of the catalogue."""
    if editions_visible_to(by).filter(published_at=None).exists():
        return False
    editions.draft_edition(
        province=Province.objects.get(pk=GUIZHOU),
        name="贵州演示学时认定规则草案（虚构）",
        valid_from=clock.today(at) + dt.timedelta(days=30),
        source="演示数据，不是任何机构发布的规则",
        fictional=True,
        by=by,
        at=at,
        **{**SHORT_HOUR, "max_gap_ms": 20_000, "check_failures": 2, "daily_cap_hours": 5},
    )
    return True


def _seats(course_code: str, *, by: User, at: dt.datetime) -> bool:
    if intake_of(course_code) is not None:
        return False
    set_intake(course_code, by=by, at=at, seats=200)
    return True


def _groups(learner: User, *, by: User, at: dt.datetime) -> int:
    """One that the county desk has verified and that ends soon, and one that waits for it."""
    if memberships_of(learner).exists():
        return 0
    until = clock.today(at) + dt.timedelta(days=50)
    told = {"at": at, "county": by.appointments.get().county}
    first = declare_key_group(learner, "migrant_worker", evidence="务工证明，示例街道办", until=until, **told)
    verify_key_group(first, by=by, at=at)
    declare_key_group(learner, "registered_unemployed", evidence="失业登记证明，示例就业局", **told)
    return 2


def _staff(course_code: str, *, by: User, at: dt.datetime) -> int:
    """The learner and a colleague without an account are invited; a third row waits to be mended."""
    if staff_visible_to(by).exists():
        return 0
    learner = BY_KEY["learner"]
    rows = [
        "name,number,phone,course,group",
        f"{learner.name},{learner.number},{learner.phone},{course_code},migrant_worker",
        f"买买提·艾力,520102199203079232,13900000098,{course_code},",
        f"杨秀英,52010219920307,13900000099,{course_code},",
    ]
    file = ContentFile("\n".join(rows).encode())
    roster = upload_roster(file, name="staff.csv", organisation=accounts.organisation(WORKS), by=by, at=at)
    apply_roster(roster, by=by, at=at)
    while apply_some(at=at):
        pass
    return 2


def write_accounts() -> None:
    """The list that `make demo` prints, in the terminal's English throughout: the supervisor knows no Django."""
    with translation.override("en"):
        lines = [
            f"    {person.role.label if person.role else 'Learner':<40} {person.phone}" for person in PEOPLE
        ]
    text = "\n".join(
        [
            f"  Everybody's password is {PASSWORD}; roles at a desk also need six digits,",
            "  which stand on the demo desk at /demo/.\n",
            *lines,
            "",
        ]
    )
    (settings.VAR_DIR / "demo-accounts.txt").write_text(text, encoding="utf-8")
