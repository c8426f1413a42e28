"""Workers that reach for the same package at the same moment."""

from django.core.files.base import ContentFile

from courses import services
from courses.models import Occupation
from courses.services import packages
from portal.accounts.roles import Role
from tests import factories
from tests.courses import scorm


def test_of_two_workers_one_gets_it(committed_db, together):
    """With committed rows: `take_up` skips what another holds."""
    at = factories.AT
    author = factories.staff(Role.PROVINCE_CATALOGUE)
    course = services.create_course(
        code="GZ-0009",
        province=factories.province(),
        organisation=factories.organisation(),
        occupation=Occupation.objects.filter(edition="2022").first(),
        certificate_kind="completion",
        level=None,
        title_zh="课",
        hours=1,
        delivery="video",
        by=author,
        at=at,
    )
    lesson = services.add_lesson(course, key="pack", kind="package", title_zh="包", by=author, at=at)
    services.upload_package(lesson, file=ContentFile(scorm.good(), name="a.zip"), by=author, at=at)
    taken = together(lambda _n: packages.take_up(at=at), 4)
    assert [row is not None for row in taken].count(True) == 1
