"""Templates: drafted by one person, published by another, frozen, and each certificate drawn by its own."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from certificates import selectors, services, workflow
from certificates.models import Certificate, PaperTemplate
from certificates.paper import checking
from certificates.paper.wording import SHIPPED, digest_of
from certificates.selectors import drafts
from certificates.selectors import templates as asked
from certificates.services import papers, templates
from certificates.services.issuing import digest, issue_due
from portal import moves
from portal.accounts.roles import Role
from portal.audit.models import Entry
from tests import factories
from tests.certificates import making
from tests.certificates.test_paper import words_of

pytestmark = pytest.mark.django_db
GUIZHOU, SICHUAN = "520000", "510000"
TODAY = dt.date(2026, 3, 16)
TOMORROW = TODAY + dt.timedelta(days=1)
OWN = replace(
    SHIPPED["level"],
    title="贵州省职业培训结业证书",
    sentence="学员{name}（{number}）于{started}至{completed}学完{subject}{course}，计 {hours} 学时𠮷。",
    issuer="{province}人力资源和社会保障厅",
    issuer_en="Human Resources of {province}",
)


@pytest.fixture
def writer(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, name="起草人")


@pytest.fixture
def second(db):
    return factories.staff(Role.PROVINCE_REVIEWER, name="复核人")


@pytest.fixture
def draft(writer, at):
    return drafted(writer, at)


@pytest.fixture(autouse=True)
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)


def drafted(
    by, at, *, code=GUIZHOU, kind="level", wording=OWN, valid_from=TOMORROW, source="虚构〔2026〕1 号"
):
    province = factories.province(code) if code else None
    return templates.draft(
        province, kind, wording=wording, valid_from=valid_from, source=source, by=by, at=at
    )


def in_force(at, *, code=GUIZHOU, kind="level", wording=OWN, valid_from=TOMORROW):
    writer = factories.staff(Role.PROVINCE_CATALOGUE, code=code)
    second = factories.staff(Role.PROVINCE_REVIEWER, code=code)
    made = drafted(writer, at, code=code, kind=kind, wording=wording, valid_from=valid_from)
    return templates.publish(made, by=second, at=at)


def changed(template, by, at, *, wording=OWN, valid_from=TOMORROW, **told):
    return templates.change(template, wording=wording, valid_from=valid_from, by=by, at=at, **told)


# -- two people -----------------------------------------------------------------------------------------------------


def test_drafted_changed_and_published_by_a_second_person(draft, writer, second, at):
    again = changed(draft, writer, at, wording=replace(OWN, remark="遗失不补"), revision=1)
    assert (again.revision, again.number, again.state) == (2, None, workflow.DRAFT)
    done = templates.publish(draft, by=second, at=at, revision=2)
    assert (done.number, done.published_by, done.state) == (1, second, workflow.PUBLISHED)
    assert done.wording.remark == "遗失不补"
    said = Entry.objects.filter(thing_id=str(draft.pk), thing_type="certificates.papertemplate").order_by(
        "id"
    )
    assert [(row.action, row.by_id) for row in said] == [
        ("paper_template.drafted", writer.pk),
        ("paper_template.changed", writer.pk),
        ("paper_template.published", second.pk),
    ]
    assert said[2].detail == {
        "kind": "level",
        "number": 1,
        "valid_from": "2026-03-17",
        "sha256": done.sha256,
    }


def test_the_editor_does_not_publish(draft, writer, at):
    with pytest.raises(templates.SameEditor):
        templates.publish(draft, by=writer, at=at)


def test_a_certificate_of_today_is_not_touched(draft, writer, second, at):
    changed(draft, writer, at, valid_from=TODAY)
    with pytest.raises(templates.PastChanged):
        templates.publish(draft, by=second, at=at)


def test_what_was_changed_meanwhile_is_neither_changed_nor_published(draft, writer, second, at):
    changed(draft, writer, at, revision=1)
    with pytest.raises(templates.ChangedMeanwhile):
        changed(draft, writer, at, revision=1)
    with pytest.raises(templates.ChangedMeanwhile):
        templates.publish(draft, by=second, at=at, revision=1)


def test_one_begins_on_a_day_and_a_published_one_stays(draft, writer, second, at):
    other, later = drafted(writer, at), drafted(writer, at, valid_from=dt.date(2026, 5, 1))
    templates.publish(draft, by=second, at=at)
    with pytest.raises(templates.TemplateOnThatDay):
        templates.publish(other, by=second, at=at)
    with pytest.raises(moves.IllegalMove):
        templates.publish(draft, by=second, at=at)
    with pytest.raises(moves.IllegalMove):
        changed(draft, writer, at)
    assert templates.publish(later, by=second, at=at).number == 2


def test_numbers_are_counted_by_province_and_kind(at):
    assert [in_force(at, code=code, kind=kind).number for code, kind in (
        (GUIZHOU, "level"), (SICHUAN, "level"), (GUIZHOU, "special"),
    )] == [1, 1, 1]  # fmt: skip


def test_whose_it_is(draft, writer, second, at):
    ministry, operator = factories.staff(Role.MINISTRY_REVIEWER), factories.staff(Role.OPERATOR)
    far = factories.staff(Role.PROVINCE_CATALOGUE, code=SICHUAN)
    for person in (ministry, operator, second, far):
        with pytest.raises(templates.NotYourTemplate):
            changed(draft, person, at)
    for person in (ministry, far, factories.staff(Role.AUDITOR)):
        with pytest.raises(templates.NotYourTemplate):
            templates.publish(draft, by=person, at=at)
    for person in (writer, operator, far):
        with pytest.raises(templates.NotYourTemplate):
            drafted(person, at, code=None)
    national = drafted(ministry, at, code=None)
    assert templates.publish(national, by=operator, at=at).number == 2


def test_another_provinces_template_is_not_seen(draft, second, at):
    far = factories.staff(Role.PROVINCE_CATALOGUE, code=SICHUAN)
    ministry = factories.staff(Role.MINISTRY_REVIEWER)
    national = drafted(ministry, at, code=None)
    assert draft not in asked.templates_visible_to(far)
    assert draft not in asked.templates_visible_to(ministry)
    assert national not in asked.templates_visible_to(far)
    templates.publish(draft, by=second, at=at)
    assert draft not in asked.templates_visible_to(far)
    assert draft in asked.templates_visible_to(ministry)
    assert asked.templates_visible_to(far).count() == 3, "the nation's, which ship"
    assert not asked.templates_visible_to(factories.learner()).exists()


@pytest.mark.parametrize("step", workflow.TEMPLATE_MOVES)
@pytest.mark.parametrize("state", [workflow.DRAFT, workflow.PUBLISHED])
def test_every_cell_of_the_table(step, state):
    if state in workflow.TEMPLATE_MOVES[step].sources:
        assert moves.check(workflow.TEMPLATE_MOVES, step, state) == workflow.TEMPLATE_MOVES[step].target
    else:
        with pytest.raises(moves.IllegalMove):
            moves.check(workflow.TEMPLATE_MOVES, step, state)


# -- checked before it is kept and before it is published ---------------------------------------------------------


def test_a_template_with_an_unknown_field_is_neither_kept_nor_published(
    draft, writer, second, at, monkeypatch
):
    wrong = replace(OWN, sentence=OWN.sentence + "{nmae}")
    with pytest.raises(templates.BadTemplate) as refused, translation.override("en"):
        drafted(writer, at, wording=wrong)
    assert str(refused.value) == "Sentence: There is no field {nmae}. Do you mean {name}?"
    assert refused.value.details["problems"][0]["place"] == "sentence"
    with pytest.raises(templates.BadTemplate):
        changed(draft, writer, at, wording=wrong)
    PaperTemplate.objects.filter(pk=draft.pk).update(body=wrong.as_json())
    with pytest.raises(templates.BadTemplate):
        templates.publish(draft, by=second, at=at)
    assert PaperTemplate.objects.get(pk=draft.pk).is_draft


# -- issuing and drawing --------------------------------------------------------------------------------------------


def test_the_shipped_ones_are_the_nations_first():
    rows = PaperTemplate.objects.order_by("kind")
    assert {row.kind: row.wording for row in rows} == SHIPPED
    assert {(row.province_id, row.number, row.published_by, row.edited_by) for row in rows} == {
        (None, 1, None, None)
    }


def test_the_template_of_the_day_prints_it(at):
    before = making.issued(at=at)
    mine = in_force(at)
    same_day, far = making.issued(at=at), making.issued(at=at, code=SICHUAN)
    later = at + dt.timedelta(days=1)
    own, other = making.issued(at=later), making.issued(at=later, code=SICHUAN)
    shipped = PaperTemplate.objects.get(province=None, kind="level")
    assert [row.grounds["template"]["id"] for row in (before, same_day, far, other)] == [shipped.pk] * 4
    assert own.grounds["template"] == {
        "id": mine.pk,
        "number": 1,
        "province": GUIZHOU,
        "sha256": digest_of(OWN.as_json()),
    }
    said = words_of(selectors.pdf_of(own, at=later))
    for words in (
        "贵州省职业培训结业证书",
        "学员王建国（",
        "计3学时𠮷",
        "贵州省人力资源和社会保障厅",
        "HumanResourcesofGuizhou",
    ):
        assert words in said
    assert "兹证明王建国" in words_of(selectors.pdf_of(other, at=later))
    assert own.facts["issuer"] == "贵州省人力资源和社会保障厅"
    assert bytes(own.facts_sha256) == digest(own.paper_facts().as_json(), own.grounds)


def test_an_own_one_of_another_kind_leaves_this_kind_to_the_nation(at):
    in_force(at, kind="special", wording=replace(SHIPPED["special"], title="专项证书"))
    later = at + dt.timedelta(days=1)
    assert making.issued(at=later).grounds["template"]["province"] == ""


def test_an_old_certificate_is_drawn_again_byte_for_byte(at):
    first = making.issued(at=at)
    (taken,) = papers.take_up(at=at, most=5)
    papers.make(taken, at=at)
    kept = Certificate.objects.get(pk=first.pk)
    whole = selectors.pdf_of(kept, at=at)
    in_force(at)
    day = at + dt.timedelta(days=1)
    second = making.issued(at=day)
    (taken,) = papers.take_up(at=day, most=5)
    papers.make(taken, at=day)
    own = Certificate.objects.get(pk=second.pk)
    whole_own = selectors.pdf_of(own, at=day)
    in_force(day, wording=replace(OWN, title="第三版"), valid_from=TOMORROW + dt.timedelta(days=1))
    default_storage.delete(kept.pdf_key)
    default_storage.delete(own.pdf_key)
    asked._published.cache_clear()
    long_after = at + dt.timedelta(days=500)
    assert selectors.pdf_of(kept, at=long_after) == whole
    assert selectors.pdf_of(own, at=long_after) == whole_own
    assert "第三版" in words_of(selectors.pdf_of(making.issued(at=long_after), at=long_after))


def test_a_certificate_from_before_there_were_templates_has_the_words_that_ship(at):
    issued = making.issued(at=at)
    del issued.grounds["template"]
    assert asked.wording_of(issued) == SHIPPED["level"]
    issued.grounds = None
    assert asked.wording_of(issued) == SHIPPED["level"]


def test_a_certificate_whose_template_says_something_else_is_not_drawn(at):
    issued = making.issued(at=at)
    issued.grounds["template"]["sha256"] = "0" * 64
    with pytest.raises(asked.TemplateChanged):
        selectors.pdf_of(issued, at=at)
    issued.grounds["template"]["id"] = 0
    with pytest.raises(asked.TemplateChanged):
        selectors.pdf_of(issued, at=at)


def test_its_holder_is_told_and_nothing_breaks(client, at):
    issued = making.issued(at=at)
    grounds = issued.grounds | {"template": issued.grounds["template"] | {"sha256": "0" * 64}}
    page = reverse("certificates:pdf", args=[issued.serial])
    factories.sign_in(client, issued.user)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Certificate, "from_db", _with(grounds, Certificate.from_db))
        assert client.get(page).status_code == 503


def _with(grounds, from_db):
    def made(*args):
        row = from_db(*args)
        row.grounds = grounds
        return row

    return made


def test_statements_do_not_grow_with_certificates_or_provinces(at, django_assert_num_queries):
    rows = [services.request(making.completion(), at=at)]
    with django_assert_num_queries(_asked(rows, at)):
        drafts.drafts_of(rows, at=at)
    in_force(at)
    in_force(at, code=SICHUAN)
    rows += [services.request(making.completion(code=code), at=at) for code in (SICHUAN, GUIZHOU, SICHUAN)]
    with django_assert_num_queries(_asked(rows[:1], at)):
        drafts.drafts_of(rows, at=at + dt.timedelta(days=1))


def _asked(rows, at):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        drafts.drafts_of(rows, at=at)
    assert sum("papertemplate" in query["sql"] for query in seen) == 1
    return len(seen)


def test_a_name_that_only_this_template_cannot_print_stops_nobody_else(at):
    for name in ("王\U00030729", "王建国"):
        services.request(making.completion(name=name), at=at)
    assert issue_due(at=at, most=5).issued == 1


def test_the_page_on_the_screen_says_the_same(client, at):
    in_force(at, wording=replace(OWN, remark="遗失不补发"))
    issued = making.issued(at=at + dt.timedelta(days=1))
    text = factories.sign_in(client, issued.user).get(
        reverse("certificates:certificate", args=[issued.serial])
    ).content.decode()  # fmt: skip
    for words in (
        "贵州省职业培训结业证书",
        "学员<b>王建国</b>（",
        "计 <b>3</b> 学时𠮷。",
        "遗失不补发",
        "Human Resources of Guizhou",
    ):
        assert words in text


# -- what the database refuses --------------------------------------------------------------------------------------

MOMENT = dt.datetime(2026, 3, 16, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"kind": "other"}, "fixed"),
        ({"province": SICHUAN}, "fixed"),
        ({"number": 1}, "paper_template_numbered_once_published"),
        ({"edited_at": None}, "paper_template_edited_at_with_by"),
        ({"edited_at": None, "edited_by": None}, "paper_template_published_by_a_second_person"),
        ({"published_at": MOMENT, "published_by": "second"}, "paper_template_numbered_once_published"),
        ({"published_at": MOMENT, "number": 0}, "paper_template_numbered_once_published"),
        ({"published_at": MOMENT, "number": 1}, "paper_template_published_by_a_second_person"),
        ({"published_by": "writer"}, "paper_template_published_by_a_second_person"),
        (
            {"published_at": MOMENT, "number": 1, "published_by": "writer"},
            "paper_template_published_by_a_second_person",
        ),
        (
            {"published_at": MOMENT + dt.timedelta(days=1), "number": 1, "published_by": "second"},
            "paper_template_begins_after_its_publishing",
        ),
        (
            {"published_at": MOMENT, "number": 1, "published_by": "second", "body": {}},
            "published as it was drafted",
        ),
        (
            {"published_at": MOMENT, "number": 1, "published_by": "second", "edited_by": "another"},
            "published as it was drafted",
        ),
    ],
)
def test_a_draft_is_whole(draft, writer, second, change, name):
    people = {"writer": writer, "second": second, "another": factories.staff(Role.PROVINCE_CATALOGUE)}
    change = {
        key: people.get(value, value) if isinstance(value, str) else value for key, value in change.items()
    }
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        PaperTemplate.objects.filter(pk=draft.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"body": {}}, {"valid_from": TOMORROW}, {"source": "x"}, {"number": 9}, {"published_at": None}]
)
def test_a_published_one_never_changes(at, change):
    mine = in_force(at, valid_from=TOMORROW + dt.timedelta(days=5))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        PaperTemplate.objects.filter(pk=mine.pk).update(**change)


def test_a_published_one_never_goes_and_a_draft_may(draft, at):
    mine = in_force(at)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        PaperTemplate.objects.filter(pk=mine.pk).delete()
    assert PaperTemplate.objects.filter(pk=draft.pk).delete()[0] == 1


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"number": 2, "published_by": "second"}, "begins as a draft"),
        ({"number": 2, "edited_by": None, "edited_at": None}, "paper_template_published_by_a_second_person"),
        (
            {"number": 1, "province_id": GUIZHOU, "edited_by": None, "edited_at": None},
            "paper_template_published_by_a_second_person",
        ),
        ({"number": 1, "edited_by": None, "edited_at": None}, "paper_template_number_once"),
        ({"kind": "other", "number": 1, "edited_by": None, "edited_at": None}, "paper_template_kind_known"),
    ],
)
def test_none_comes_into_force_without_two_people(writer, second, row, name):
    people = {"second": second}
    made = {"kind": "level", "body": OWN.as_json(), "valid_from": TOMORROW, "published_at": MOMENT}
    made |= {"edited_by": writer, "edited_at": MOMENT}
    made |= {key: people.get(value, value) if isinstance(value, str) else value for key, value in row.items()}
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        PaperTemplate.objects.create(**made)


def test_the_database_knows_one_for_a_day(writer, second, draft, at):
    templates.publish(draft, by=second, at=at)
    other = drafted(writer, at)
    with pytest.raises(IntegrityError, match="paper_template_one_begins_on_a_day"), transaction.atomic():
        PaperTemplate.objects.filter(pk=other.pk).update(published_at=at, published_by=second, number=2)


def test_a_certificate_names_a_template_that_is_in_force_for_it(at):
    far = in_force(at, code=SICHUAN)
    coming = in_force(at)
    special = PaperTemplate.objects.get(kind="special", province=None)
    unpublished = drafted(factories.staff(Role.PROVINCE_CATALOGUE), at)
    waiting = services.request(making.completion(), at=at)
    draft = drafts.drafts_of([waiting], at=at)[waiting.pk]
    from certificates.services.issuing import _freeze

    for wrong in (far, coming, special, unpublished):
        grounds = draft.grounds | {"template": {"id": wrong.pk, "sha256": wrong.sha256}}
        with pytest.raises(DatabaseError, match="no such template is in force"), transaction.atomic():
            _freeze([(Certificate.objects.get(pk=waiting.pk), replace(draft, grounds=grounds))], at=at)


# -- the pages ------------------------------------------------------------------------------------------------------


def typed(wording=OWN, **more):
    return (
        wording.as_json() | {"valid_from": "2026-04-01", "source": "虚构〔2026〕1 号", "revision": "1"} | more
    )


def address(name, *args, **query):
    at = reverse(f"certificates:{name}", args=args)
    return at + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


@pytest.fixture
def as_writer(client, writer):
    return factories.sign_in(client, writer)


def text_of(response):
    return response.content.decode()


def test_from_the_list_to_a_draft_to_its_publishing(as_writer, second, at):
    assert "国家" in text_of(as_writer.get(address("templates")))
    page = text_of(as_writer.get(address("template-new", **{"for": GUIZHOU, "kind": "special"})))
    assert SHIPPED["special"].title in page, "a new one begins with what is in force"
    assert as_writer.post(address("template-new", **{"for": GUIZHOU}), typed()).status_code == 302
    made = PaperTemplate.objects.get(province=GUIZHOU)
    page = text_of(as_writer.get(address("template", made.pk)))
    assert "须由另一人发布" in page
    assert as_writer.post(address("template-publish", made.pk), {"revision": "1"}).status_code == 422
    factories.sign_in(as_writer, second)
    assert as_writer.get(address("template-edit", made.pk)).status_code == 404, (
        "a reviewer publishes, but does not write"
    )
    assert as_writer.post(address("template-publish", made.pk), {"revision": "1"}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.number, made.wording) == (workflow.PUBLISHED, 1, OWN)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(as_writer):
    wrong = typed(sentence=OWN.sentence + "{nmae}", remark="备" * 60, title="自拟标题𠮷")
    for more in ({}, {"look": "1"}):
        answer = as_writer.post(address("template-new", **{"for": GUIZHOU}), wrong | more)
        text = text_of(answer)
        assert answer.status_code == 422
        assert "没有 {nmae} 这个字段。是否要写 {name}？" in text
        assert 'href="#id_sentence"' in text
        assert "自拟标题𠮷" in text
        assert "备" * 60 in text
    assert not PaperTemplate.objects.filter(province=GUIZHOU).exists()


def test_a_look_keeps_nothing_and_shows_what_was_typed(as_writer, draft):
    for place in (address("template-new", **{"for": GUIZHOU}), address("template-edit", draft.pk)):
        answer = as_writer.post(place, typed(replace(OWN, title="只看一眼")) | {"look": "1"})
        text = text_of(answer)
        assert answer.status_code == 200
        assert "data:image/svg+xml;base64," in text
        assert "只看一眼" in text
    assert not PaperTemplate.objects.filter(body__title="只看一眼").exists()


def test_two_editors_at_once(as_writer, draft, writer, at):
    changed(draft, writer, at, wording=replace(OWN, remark="先到"))
    answer = as_writer.post(address("template-edit", draft.pk), typed(replace(OWN, remark="后到")))
    assert answer.status_code == 422
    assert "期间有人改过这个模板" in text_of(answer)
    assert "后到" in text_of(answer)
    assert PaperTemplate.objects.get(pk=draft.pk).wording.remark == "先到"


def test_lines_become_spaces(as_writer):
    as_writer.post(address("template-new", **{"for": GUIZHOU}), typed(remark=" 遗失\r\n  不补\t"))
    assert PaperTemplate.objects.get(province=GUIZHOU).wording.remark == "遗失 不补"


def test_the_page_marks_what_differs(as_writer, draft):
    text = text_of(as_writer.get(address("template", draft.pk)))
    assert "<ins>贵州省</ins>" in text
    assert address("template", PaperTemplate.objects.get(kind="level", province=None).pk) in text


def test_differences_are_told_by_runs():
    (title,) = [
        said
        for said in asked.texts_of(replace(OWN, title="职业培训证书"), replace(OWN, title="职业技能培训书"))
        if said.place == "title"
    ]
    assert title.pieces == (
        ("same", "职业"),
        ("removed", "技能"),
        ("same", "培训"),
        ("added", "证"),
        ("same", "书"),
    )
    assert not any(said.pieces for said in asked.texts_of(OWN, None))


def test_the_preview_is_a_picture_and_a_pdf(as_writer, draft):
    picture = as_writer.get(address("template-picture", draft.pk))
    assert (picture["Content-Type"], picture.content[:4]) == ("image/svg+xml", b"<svg")
    plain = as_writer.get(address("template-pdf", draft.pk))
    long = as_writer.get(address("template-pdf", draft.pk, facts="long"))
    assert plain["Content-Type"] == long["Content-Type"] == "application/pdf"
    assert "学员欧阳𬎆祥（" in words_of(plain.content)
    assert "样张SAMPLE" in words_of(plain.content)
    assert "艾克拜尔江" in words_of(long.content)


def test_a_strange_kind_or_province_is_no_page(as_writer):
    for query in ({"kind": "x"}, {"for": SICHUAN}, {"for": "x"}, {"for": ""}):
        assert as_writer.get(address("template-new", **query)).status_code == 404


def test_the_desk_asks_as_much_for_many(as_writer, writer, at, django_assert_max_num_queries):
    as_writer.get(address("templates"))
    with django_assert_max_num_queries(12):
        as_writer.get(address("templates"))
    for _n in range(5):
        drafted(writer, at)
    with django_assert_max_num_queries(12):
        as_writer.get(address("templates"))


def test_the_api_reads_the_same(as_writer, draft, at):
    answer = as_writer.get(reverse("api-certificate-templates")).json()
    assert answer["results"][0]["id"] == draft.pk
    assert len(answer["results"]) == 4
    one = as_writer.get(reverse("api-certificate-template", args=[draft.pk])).json()
    assert one["body"] == OWN.as_json()
    assert (one["state"], one["number"], one["province"]) == ("draft", None, GUIZHOU)
    assert one["sha256"] == draft.sha256


def test_a_certificates_sheet_names_its_template(client, at):
    issued = making.issued(at=at)
    factories.sign_in(client, factories.staff(Role.PROVINCE_REVIEWER))
    text = text_of(client.get(reverse("certificates:sheet", args=[issued.serial])))
    assert address("template", issued.grounds["template"]["id"]) in text


def test_places_of_the_form_are_those_of_the_wording(as_writer):
    text = text_of(as_writer.get(address("template-new", **{"for": GUIZHOU})))
    for place in checking.NAMES:
        assert f'name="{place}"' in text
