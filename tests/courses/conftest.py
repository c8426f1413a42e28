"""Courses and people for the tests of this app."""

import datetime as dt

import pytest
from django.test import Client

from courses import services
from courses.models import Occupation
from courses.services.standards import StandardWords, draft_standard, publish_standard
from courses.standards import RULES
from portal.accounts.models import Organisation
from portal.accounts.roles import Role
from tests import factories
from tests.courses.partner import manager_of
from tests.courses.receiver import Receiver

OPTIONS = [
    {"key": "A", "zh": "关闭电源", "en": "Switch off"},
    {"key": "B", "zh": "继续焊接", "en": "Go on welding"},
]


@pytest.fixture
def guizhou(db):
    return factories.province("520000")


@pytest.fixture
def sichuan(db):
    return factories.province("510000")


@pytest.fixture
def author(db):
    return factories.user("author")


@pytest.fixture
def keeper(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="keeper")


@pytest.fixture
def manager(provider, at):
    """Who acts for `provider`."""
    return manager_of(provider, at=at)


@pytest.fixture
def clock(monkeypatch, at):
    """The portal's clock, which stands at `now` until the test moves it."""

    class Clock:
        now = at

    monkeypatch.setattr("portal.clock.now", lambda: Clock.now)
    return Clock


@pytest.fixture
def receiver():
    """`receiver(*answers)`: somebody who gets webhooks over real HTTP."""
    made = []

    def make(*answers):
        made.append(Receiver(*answers))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def signed_in(client):
    def make(person):
        return factories.sign_in(client, person)

    return make


@pytest.fixture
def provider(guizhou):
    return Organisation.objects.create(
        name_zh="贵州示例六有限公司",
        name_en="Guizhou Sample Six Ltd",
        uscc="91520281YYY58YK1XQ",
        kind="enterprise",
        province=guizhou,
    )


@pytest.fixture
def welder(db):
    return Occupation.objects.get(code="6-18-02-04", edition="2022")


@pytest.fixture
def make_course(author, guizhou, provider, welder, at):
    """A draft; with `ready=True` it can be submitted."""

    def make(code="GZ-0001", *, ready=False, **words):
        course = services.create_course(
            **{
                "code": code,
                "province": guizhou,
                "organisation": provider,
                "occupation": welder,
                "certificate_kind": "level",
                "level": 5,
                "title_zh": "焊工（五级）：安全与平焊入门",
                "title_en": "Welder, level 5: safety and flat welds",
                "hours": 3,
                "delivery": "video",
                "by": author,
                "at": at,
                **words,
            }
        )
        if ready:
            lesson = services.add_lesson(
                course,
                key="read",
                kind="reading",
                title_zh="阅读",
                body_zh="<p>先断电。</p>",
                by=author,
                at=at,
            )
            services.add_question(
                course,
                kind="single",
                stem_zh="先做什么？",
                stem_en="What first?",
                options=OPTIONS,
                right={"A"},
                lesson=lesson,
                for_exam=True,
                by=author,
                at=at,
            )
            if course.for_subsidy:
                services.add_lesson(
                    course, key="meet", kind="live", title_zh="直播", planned_seconds=100, by=author, at=at
                )
            services.set_blueprint(
                course, questions=1, pass_mark_percent=60, minutes=10, attempts=3, by=author, at=at
            )
        return course

    return make


@pytest.fixture
def publish_course(make_course, author, keeper, at):
    def make(code="GZ-0001", **words):
        course = make_course(code, ready=True, **words)
        services.submit(course, by=author, at=at)
        return services.publish(course, by=keeper, at=at)

    return make


@pytest.fixture
def ministry(db):
    return factories.staff(Role.MINISTRY_REVIEWER, name="ministry")


@pytest.fixture
def second(db):
    """Who publishes what another wrote."""
    return factories.staff(Role.MINISTRY_REVIEWER, name="second")


@pytest.fixture
def sample_standards(ministry, second, author, keeper, at):
    """The example standards of the demo, in force since 2022."""
    services.load_sample_standards(national=(ministry, second), provincial=(author, keeper), at=at)


@pytest.fixture
def write_standard(ministry, author, welder, at):
    """A draft for 焊工 level 5; without `province` the nation's. `rules` as in a body, values only."""

    def write(*, province=None, by=None, first_day=dt.date(2026, 1, 1), modules=(), **rules):
        said = {key: {"value": value} for key, value in rules.items()}
        if province is None:
            for key, one in said.items():
                one["province"] = RULES[key].freedoms[0].value
        words = StandardWords(
            province=province,
            occupation=welder,
            certificate_kind="level",
            level=5,
            first_day=first_day,
            title_zh="焊工五级课程标准（虚构）",
            title_en="Welder standard (fictional)",
            doc_no="虚构 1",
            source="虚构",
            is_fictional=True,
            body={"schema": "standard/1", "rules": said, "modules": list(modules)},
        )
        return draft_standard(words, by=by or (ministry if province is None else author), at=at)

    return write


@pytest.fixture
def put_in_force(write_standard, second, at):
    def put(*, at=at, **words):
        return publish_standard(write_standard(**words), by=second, at=at)

    return put


MILD = {"class_hour_seconds": 10, "reading_pace": 50}
"""Of a national standard: `ready` courses last long enough by it for ten class hours."""


@pytest.fixture
def school(db):
    return factories.organisation()


@pytest.fixture
def writer(school):
    """Who writes courses for `school`."""
    return factories.staff(Role.PROVIDER_MANAGER, name="张经理")


@pytest.fixture
def colleague(school):
    return factories.staff(Role.INSTRUCTOR, name="李老师")


@pytest.fixture
def browser(writer):
    return factories.sign_in(Client(), writer)


@pytest.fixture
def draft(make_course, school, writer):
    """A course of the school that can be submitted."""
    return make_course("GZ-0001", ready=True, organisation=school, by=writer)


@pytest.fixture
def beside(colleague):
    """A second editor of the same courses."""
    return factories.sign_in(Client(), colleague)
