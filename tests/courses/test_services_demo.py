import pytest

from courses import media, selectors, services
from courses.models import Course, Question, StandardCheck
from courses.selectors.standards import report_on
from portal import clock
from portal.accounts.models import Organisation

pytestmark = pytest.mark.django_db
NEW = ("numeric", "ordering", "hotspot", "short_text")


@pytest.fixture
def demo(sample_standards, author, keeper, guizhou, provider, at):
    return services.load_demo_course(by=author, second=keeper, at=at, province=guizhou, organisation=provider)


def test_the_demo_course_is_published_with_three_films_a_page_and_a_quiz(demo, at):
    outline = selectors.outline(demo.current_version_id)
    assert [lesson.kind for lesson in outline.lessons] == ["video", "video", "video", "reading", "quiz"]
    assert outline.hours == 3
    assert sum(lesson.seconds for lesson in outline.lessons) >= 90
    assert all(len(lesson.question_ids) >= 3 for lesson in outline.lessons)
    assert len(outline.lesson("quiz").question_ids) == 8
    assert outline.lesson("read").characters > 600
    blueprint = selectors.exam_blueprint(outline)
    bank = Question.objects.filter(version=demo.current_version, for_exam=True)
    assert bank.count() >= 20
    assert set(bank.values_list("kind", flat=True)) == set(Question.Kind.values)
    drawn = selectors.draw(outline, seed=7, at=at)
    assert len(drawn) == blueprint.questions
    kinds = list(Question.objects.filter(pk__in=drawn).values_list("kind", flat=True))
    assert {kind: kinds.count(kind) for kind in NEW} == dict.fromkeys(NEW, 1)


def test_it_is_for_the_subsidy_and_meets_the_standard_of_the_day(demo, at):
    report = report_on(demo.current_version, on=clock.today(at))
    assert demo.for_subsidy
    assert [standard.is_national for standard in report.in_force.sources] == [True, False]
    assert report.passed
    assert not report.hints
    kept = StandardCheck.objects.filter(version=demo.current_version)
    assert sorted(kept.values_list("step", "passed")) == [("publish", True), ("submit", True)]


def test_its_films_are_h264_with_sound_and_play_from_the_first_bytes(demo, tmp_path):
    from django.core.files.storage import default_storage

    for lesson in selectors.outline(demo.current_version_id).lessons[:3]:
        with default_storage.open(lesson.video.mp4_key) as stored:
            content = stored.read()
        film = tmp_path / "film.mp4"
        film.write_bytes(content)
        probed = media.probe(film)
        assert (probed.codec, probed.width, probed.height, probed.has_sound) == ("h264", 640, 360, True)
        assert content.index(b"moov") < content.index(b"mdat"), "the index stands before the film"
        assert len(content) < 1_500_000


def test_loading_it_twice_gives_the_same_course(demo, author, keeper, guizhou, provider, at):
    again = services.load_demo_course(
        by=author, second=keeper, at=at, province=guizhou, organisation=provider
    )
    assert again.pk == demo.pk


def test_the_sample_courses_are_listed_once_and_marked(author, keeper, at):
    assert services.load_sample_courses(by=author, second=keeper, at=at) == 248
    assert services.load_sample_courses(by=author, second=keeper, at=at) == 0
    assert Course.objects.published().count() == Course.objects.filter(is_sample=True).count() == 248
    assert set(Organisation.objects.values_list("province_id", flat=True)) >= set(
        Course.objects.values_list("province_id", flat=True)
    )


def test_a_sample_counts_for_the_subsidy_from_the_day_its_provider_is_listed(author, keeper, at):
    services.load_sample_courses(by=author, second=keeper, at=at)
    offered = Course.objects.filter(for_subsidy=True)
    assert 150 < offered.count() < 180
    assert not Course.objects.filter(subsidised=True).exists()
    course = offered.first()
    services.decide(
        course.organisation,
        course.province,
        "list",
        effective_on=clock.today(at),
        reason="核验𠮷",
        by=keeper,
        at=at,
    )
    counting = Course.objects.filter(subsidised=True)
    assert course in counting
    assert set(counting) == set(offered.filter(organisation=course.organisation, province=course.province))
    assert services.refresh_subsidised(at=at) == 0
