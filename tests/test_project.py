"""The style of the house, as tests."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import CharField, DateTimeField, TextField
from django.template.loader import get_template
from django.urls import get_resolver

from portal import translations

ROOT = Path(__file__).resolve().parents[1]
OURS = ("portal", "courses", "learners", "certificates", "subsidies")
APPS = (
    "accounts",
    "audit",
    "notices",
    "owndata",
    "portal",
    "courses",
    "learners",
    "certificates",
    "subsidies",
)
SOURCES = [p for app in OURS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("app", ["portal", *translations.APPS])
def test_chinese_is_complete(app):
    assert translations.findings(app) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_template_compiles_and_is_clean(path):
    get_template(str(path.relative_to(ROOT / "templates")))
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text), (
        "inline style or script breaks the CSP"
    )
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json))", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_a_region_is_not_named_like_the_section_around_it(path):
    """A table that scrolls within a named section is a group: a screen reader would list the section twice."""
    name = re.compile(r"aria-label(?:ledby)?=\"(?:{%.*?%}|[^\"])*\"")
    text = path.read_text(encoding="utf-8")
    sections, others = (
        {
            found
            for tag in re.findall(rf"<{kind}\b(?:{{%.*?%}}|[^>])*>", text)
            for found in name.findall(tag)
            if wanted in tag
        }
        for kind, wanted in (("section", ""), ("div", 'role="region"'))
    )
    assert not sections & others


def test_no_template_is_dead():
    said = "\n".join(p.read_text(encoding="utf-8") for p in [*SOURCES, *TEMPLATES])
    foreign = ("account/", "allauth/", "mfa/", "django/", "400", "403", "404", "429", "500")
    dead = [
        name
        for path in TEMPLATES
        if not (name := str(path.relative_to(ROOT / "templates"))).startswith(foreign)
        and f"{name}" not in said
    ]
    assert dead == []


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_can_be_held_in_the_head(path):
    """About 400 lines; past that it holds two subjects."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 440


def _calls(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_only_the_clock_asks_what_time_it_is(path):
    if relative(path) in {"portal/clock.py", "portal/accounts/middleware.py"} or "embedded" in path.parts:
        return
    asked = {
        c
        for c in _calls(path)
        if c
        in {
            "timezone.now",
            "datetime.now",
            "dt.datetime.now",
            "datetime.datetime.now",
            "date.today",
            "dt.date.today",
        }
    }
    assert not asked


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_model_signals(path):
    assert "django.db.models.signals" not in path.read_text(encoding="utf-8")


def models():
    return [m for label in APPS for m in apps.get_app_config(label).get_models()]


@pytest.mark.parametrize("model", models(), ids=lambda m: m._meta.label)
def test_names_of_fields_tell_their_kind(model):
    for field in model._meta.get_fields():
        if not getattr(field, "concrete", False):
            continue
        if isinstance(field, DateTimeField):
            assert field.name.endswith("_at") or field.name in {"at", "last_login"}, field
        if field.name.endswith("_fen"):
            assert field.get_internal_type() in {"BigIntegerField", "PositiveBigIntegerField"}, field
        assert field.get_internal_type() != "FloatField", f"{field}: money and time are never floats"
        if isinstance(field, CharField | TextField) and field.null:
            assert field.unique, f"{field}: empty text is '', null only where it must be unique"


NO_PROVINCE = {
    "accounts.Province": "is one",
    "accounts.SentMessage": "the outbox of the demo and the tests; production posts messages and keeps none",
    "audit.Chain": "its code is the province",
    "audit.Entry": "its chain is the province",
    "subsidies.CheckTerms": "of the nation, does not grow with people",
    "courses.Occupation": "of the nation, does not grow with people",
    "courses.OccupationCrosswalk": "of the nation, does not grow with people",
    "courses.Recheck": "one of a standard",
    "courses.CatalogueRevision": "grows with courses",
    "courses.KnownWord": "words of a language",
    "courses.AnswerPromise": "one of a course",
    "courses.CourseVersion": "grows with courses",
    "courses.Section": "grows with courses",
    "courses.Lesson": "grows with courses",
    "courses.Video": "grows with courses",
    "courses.Package": "grows with courses",
    "courses.PackageFile": "grows with courses",
    "courses.Question": "grows with courses",
    "courses.FilmPart": "lives while a film is being sent",
    "courses.ExamBlueprint": "grows with courses",
    "courses.PracticalTask": "grows with courses",
    "courses.PaperCheck": "of an agreement or a decision, and these have their province",
    "courses.ImportRow": "of an import, and an import has its province",
    "courses.WebhookSecret": "two of an endpoint, and an endpoint has its province",
    "certificates.TalliedDay": "one a day, over all provinces",
    "certificates.InspectedCertificate": "a hundred at most of an inspection; its certificate has its province",
    "learners.RosterRow": "of a list, and a list has its province",
    "learners.Prerequisite": "of an intake, and an intake has its province",
    "learners.LedgerProof": "one a night, over all provinces",
    "courses.Correction": "grows with courses",
    "learners.ExamFigures": "one of a version",
    "learners.QuestionFigures": "one of a question",
    "learners.Regrading": "one of a correction",
    "accounts.ArrivalChunk": "of a file, and a file has its province",
    "certificates.ConsentUse": "of a consent, and a consent has its province",
    "subsidies.Fund": "of the nation, does not grow with people",
    "subsidies.Programme": "of the nation, does not grow with people",
    "subsidies.PolicyCase": "of a version, and a version has its province",
    "subsidies.Account": "ten of a book, and a book has its province",
    "subsidies.ReconcileRun": "of the nation, one a night",
    "subsidies.FiguresRun": "of the nation, one a night",
    "portal.CalendarYear": "of the nation, does not grow with people",
    "portal.CalendarDay": "of the nation, does not grow with people",
}


@pytest.mark.parametrize("model", models(), ids=lambda m: m._meta.label)
def test_every_table_that_grows_with_people_carries_its_province(model):
    """So that it can be partitioned or distributed by province later."""
    has_one = any(field.name == "province" for field in model._meta.fields)
    assert has_one != (model._meta.label in NO_PROVINCE)


@pytest.mark.parametrize("model", models(), ids=lambda m: m._meta.label)
def test_every_constraint_has_a_name_of_ours(model):
    for constraint in model._meta.constraints:
        assert not constraint.name.startswith("%"), constraint.name


def _all_patterns(patterns, prefix=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _all_patterns(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern.callback


def test_every_api_view_says_who_may_ask():
    from portal.permissions import Nobody

    for path, view in _all_patterns(get_resolver().url_patterns):
        if path.startswith("api/") and hasattr(view, "cls"):
            assert Nobody not in view.cls.permission_classes, path


def test_the_import_contracts_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_the_drawn_policies_are_true():
    from subsidies.policy.reference import page

    assert (ROOT / "docs" / "policies.md").read_text(encoding="utf-8") == page(), (
        "run manage.py draw_policies"
    )


def test_the_drawn_workflows_are_true():
    from portal.management.commands.draw_workflows import page

    assert (ROOT / "docs" / "workflows.md").read_text(encoding="utf-8") == page(), (
        "run manage.py draw_workflows"
    )


def test_one_message_has_one_translation():
    """The catalogues are merged when read: two translations of one message would show at random."""
    seen = {}
    for app in ("portal", *translations.APPS):
        for message in translations.read(app):
            if message.id:
                first = seen.setdefault((str(message.id), message.context), (message.string, app))
                assert first[0] == message.string, f"{message.id!r}: {first} and {(message.string, app)}"


def test_requirements_are_pinned_and_argued():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,]+\])?==[\d.a-z]+ +# .+", line), line


def test_the_web_server_looks_seldom_for_garbage():
    said = subprocess.run(
        [sys.executable, "-c", "import gc, portal.wsgi; print(gc.get_threshold()[0], gc.get_freeze_count() > 50_000)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["50000", "True"]
