"""Contacts, agreements, notices, admission; who sees which provider."""

import datetime as dt

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from courses import papers, services
from courses.models import Agreement, Contact, Licence, Notice
from courses.selectors import providers as asked
from courses.services import licences, providers
from courses.workflow import LicenceState
from portal.accounts.models import Organisation
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.numbers import BadNumber
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 16)
DAY = dt.timedelta(days=1)
PDF = b"%PDF-1.7\n" + b"x" * 100


def paper(content=PDF, name="协议𠮷.pdf"):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def contact(provider, keeper, at):
    return services.add_contact(
        provider,
        name="龙䶮𠮷",
        function="教务主任",
        phone="139 5555 7779",
        email="long@school.example",
        by=keeper,
        at=at,
    )


@pytest.fixture
def agree(provider, guizhou, keeper, at):
    def make(**changes):
        told = {
            "number": "黔培〔2026〕1 号",
            "title": "线上培训协议",
            "signed_on": TODAY,
            "valid_from": TODAY,
            "by": keeper,
            "at": at,
        }
        return services.add_agreement(provider, guizhou, **told | changes)

    return make


def refused(name, act):
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        act()


# -- contacts -------------------------------------------------------------------------------------------------------


def test_a_contact_is_kept_sealed(contact):
    assert (contact.masked_phone, contact.masked_email) == ("139****7779", "l***@school.example")
    assert (contact.phone, contact.email) == ("+8613955557779", "long@school.example")
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM courses_contact t")
        said = cursor.fetchone()[0]
    for secret in ("5557779", "long@", b"13955557779".hex()):
        assert secret not in said


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"phone": "12"}, BadNumber),
        ({"email": "nobody"}, providers.BadEmail),
        ({"name": " "}, providers.NameMissing),
        ({"function": ""}, providers.NameMissing),
    ],
)
def test_a_contact_that_cannot_be_called_is_refused(provider, keeper, at, change, refusal):
    told = {"name": "石磊", "function": "教务", "phone": "13955557779", "by": keeper, "at": at}
    with pytest.raises(refusal):
        services.add_contact(provider, **told | change)
    assert not Contact.objects.exists()


def test_a_look_at_a_contact_needs_a_reason_and_leaves_a_trace(contact, keeper, at):
    with pytest.raises(providers.RevealReasonMissing):
        services.reveal_contact(contact, reason=" ", by=keeper, at=at)
    assert services.reveal_contact(contact, reason="约抽查时间", by=keeper, at=at) == (
        "+8613955557779",
        "long@school.example",
    )
    entry = Entry.objects.get(action="contact.revealed")
    assert (entry.reason, entry.thing_id) == ("约抽查时间", str(contact.pk))
    assert "5557779" not in str(entry.payload())


def test_removing_a_contact_twice_is_once(contact, keeper, at):
    services.remove_contact(contact, by=keeper, at=at)
    services.remove_contact(contact, by=keeper, at=at + DAY)
    contact.refresh_from_db()
    assert contact.removed_at == at
    assert Entry.objects.filter(action="contact.removed").count() == 1
    assert not asked.contacts_visible_to(keeper, on=TODAY).exists()


def test_the_database_holds_a_contact_together(contact, keeper, at):
    rows = Contact.objects.filter(pk=contact.pk)
    refused("contact_removed_at_with_by", lambda: rows.update(removed_at=at))
    refused("contact_removed_after_added", lambda: rows.update(removed_at=at - DAY, removed_by=keeper))
    refused("contact_email_sealed_with_mask", lambda: rows.update(masked_email=""))


# -- agreements and their papers ------------------------------------------------------------------------------------


def test_an_agreement_keeps_its_paper(agree):
    made = agree(document=paper())
    assert made.document_key.startswith(papers.FOLDER)
    assert made.document_key.endswith(".pdf")
    assert (made.document_name, made.document_bytes) == ("协议𠮷.pdf", len(PDF))
    notice = Notice.objects.get()
    assert notice.words_zh == "贵州登记了协议 黔培〔2026〕1 号《线上培训协议》。"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"document": paper(b"MZ\x90\x00")}, papers.NotAPaper),
        ({"document": paper(b"")}, papers.NotAPaper),
        ({"document": paper(b"<html>%PDF-</html>")}, papers.NotAPaper),
        ({"document": paper(PDF + b"x" * papers.MOST_BYTES)}, papers.PaperTooLarge),
        ({"valid_to": TODAY - DAY}, providers.LastDayFirst),
    ],
)
def test_an_agreement_that_is_refused_leaves_nothing(agree, change, refusal):
    with pytest.raises(refusal):
        agree(**change)
    assert not Agreement.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("a\u202efdp.exe", "a fdp.exe"),
        ("", "paper"),
        ("\x00", "paper"),
        ("𠮷" * 300 + ".pdf", "𠮷" * 156 + ".pdf"),
    ],
)
def test_a_name_of_a_file_is_only_a_name(typed, kept):
    assert papers.plain_name(typed).lstrip(". ") == kept


def test_an_agreement_is_entered_once_and_never_changed(agree):
    made = agree(document=paper())
    with pytest.raises(providers.AgreementKnown):
        agree()
    rows = Agreement.objects.filter(pk=made.pk)
    refused("permission denied|append-only", lambda: rows.update(title="别的"))
    refused("permission denied|append-only", rows.delete)
    refused("agreement_ends_after_it_begins", lambda: _again(made, number="2", valid_to=TODAY - DAY))
    refused("agreement_document_is_whole", lambda: _again(made, number="2", document_key=""))
    refused("agreement_number_once", lambda: _again(made))


def _again(made, **changes):
    values = {f.attname: getattr(made, f.attname) for f in made._meta.fields if f.attname != "id"}
    return Agreement.objects.create(**values | changes)


# -- notices --------------------------------------------------------------------------------------------------------


def test_each_step_of_a_course_tells_its_provider(make_course, author, keeper, provider, at):
    course = make_course(ready=True)
    services.submit(course, by=author, at=at)
    services.send_back(course, by=keeper, at=at, reason="缺𠮷字幕")
    services.submit(course, by=author, at=at)
    services.publish(course, by=keeper, at=at)
    services.suspend(course, by=keeper, at=at, reason="抽查")
    services.resume(course, by=keeper, at=at, reason="已整改")
    services.withdraw(course, by=keeper, at=at, reason="停办")
    told = list(Notice.objects.order_by("id"))
    assert [row.kind for row in told] == ["returned", "published", "suspended", "resumed", "withdrawn"]
    assert {row.organisation for row in told} == {provider}
    assert told[0].words_zh == "《焊工（五级）：安全与平焊入门》被退回。原因：缺𠮷字幕"
    assert told[0].words_en == "“Welder, level 5: safety and flat welds” was returned: 缺𠮷字幕"


def test_a_step_that_is_refused_tells_nothing(make_course, keeper, at):
    from portal.moves import IllegalMove

    with pytest.raises(IllegalMove):
        services.send_back(make_course(), by=keeper, at=at, reason="x")
    assert not Notice.objects.exists()


def test_a_notice_is_read_once_and_by_its_own_people(publish_course, provider, at):
    publish_course()
    notice = Notice.objects.get()
    reader = factories.user("reader")
    assert services.mark_read([notice.pk], organisations={provider.pk + 1}, by=reader, at=at) == 0
    assert services.mark_read([notice.pk], organisations={provider.pk}, by=reader, at=at) == 1
    assert services.mark_read([notice.pk], organisations={provider.pk}, by=reader, at=at + DAY) == 0
    notice.refresh_from_db()
    assert (notice.read_at, notice.read_by) == (at, reader)


def test_a_notice_stands_as_it_was_written(publish_course, at):
    publish_course()
    rows = Notice.objects.all()
    refused("notice_read_at_with_by", lambda: rows.update(read_at=at))
    refused("stands as it was written", lambda: rows.update(words_zh="别的"))
    refused("stands as it was written", rows.delete)
    rows.update(read_at=at, read_by=factories.user())
    refused("stands as it was written", lambda: rows.update(read_at=at + DAY))
    row = rows.get()
    values = {f.attname: getattr(row, f.attname) for f in row._meta.fields if f.attname != "id"}
    refused("notice_has_words", lambda: Notice.objects.create(**values | {"words_en": ""}))


@pytest.mark.parametrize("table", ["courses_licence", "courses_notice", "courses_agreement"])
def test_history_is_not_swept_away(owner_sql, table):
    with pytest.raises(psycopg2.Error, match="TRUNCATE refused"):
        owner_sql(f"TRUNCATE {table}")


# -- who sees which provider ----------------------------------------------------------------------------------------


@pytest.fixture
def far_keeper(db):
    return factories.staff(Role.PROVINCE_CATALOGUE, code="510000")


def test_another_province_sees_a_provider_only_with_a_licence_there(
    provider, guizhou, sichuan, keeper, far_keeper, at, contact, agree
):
    agree()
    services.decide(provider, guizhou, "list", effective_on=TODAY, reason="核验", by=keeper, at=at)
    assert asked.provider_at_the_desk(keeper, provider.pk, on=TODAY).licence_state == "listed"
    with pytest.raises(Http404):
        asked.provider_at_the_desk(far_keeper, provider.pk, on=TODAY)
    assert not asked.contacts_visible_to(far_keeper, on=TODAY).exists()
    services.decide(
        provider, sichuan, "put_on_probation", effective_on=TODAY, reason="试", by=far_keeper, at=at
    )
    assert asked.provider_at_the_desk(far_keeper, provider.pk, on=TODAY).licence_state == "probation"
    assert asked.provider_at_the_desk(keeper, provider.pk, on=TODAY).licence_state == "listed"
    assert {row.province_id for row in asked.licences_visible_to(far_keeper)} == {"510000"}
    assert not asked.agreements_visible_to(far_keeper).exists()
    with pytest.raises(Http404):
        asked.licence_to_call_off(far_keeper, Licence.objects.get(province=guizhou).pk)


def test_a_manager_sees_only_the_own_organisation(provider, guizhou, keeper, at, contact, agree):
    manager = factories.staff(Role.PROVIDER_MANAGER)
    services.decide(provider, guizhou, "list", effective_on=TODAY, reason="核验", by=keeper, at=at)
    agree()
    own = factories.organisation()
    assert list(asked.own_organisations(manager)) == [own]
    with pytest.raises(Http404):
        asked.own_organisation(manager, provider.pk)
    for rows in (
        asked.licences_visible_to(manager),
        asked.agreements_visible_to(manager),
        asked.contacts_visible_to(manager, on=TODAY),
        asked.notices_visible_to(manager),
    ):
        assert not rows.exists()
    with pytest.raises(Http404):
        asked.contact_to_use(manager, contact.pk, on=TODAY)
    with pytest.raises(Http404):
        asked.provider_to_decide(manager, own.pk, on=TODAY)


def test_a_body_without_licence_and_course_has_no_public_page(provider, guizhou, keeper, at):
    with pytest.raises(Http404):
        asked.public_provider(provider.pk)
    services.decide(provider, guizhou, "list", effective_on=TODAY, reason="核验", by=keeper, at=at)
    assert asked.public_provider(provider.pk) == provider


# -- admitting a provider -------------------------------------------------------------------------------------------


@pytest.fixture
def admit(guizhou, keeper, at):
    valid = [r["code"] for r in factories.rows("uscc.csv") if r["valid"] == "yes"]

    def make(**changes):
        told = {
            "uscc": valid[-1],
            "kind": "enterprise",
            "name_zh": "贵州𠮷星焊接有限公司",
            "province": guizhou,
            "step": "put_on_probation",
            "effective_on": TODAY,
            "reason": "材料齐全",
            "by": keeper,
            "at": at,
        }
        return services.admit(**told | changes)

    return make


def test_a_new_provider_gets_its_first_licence(admit):
    made = admit()
    assert made.organisation.name_zh == "贵州𠮷星焊接有限公司"
    assert made.state == LicenceState.PROBATION
    assert Entry.objects.filter(action="organisation.registered").exists()
    with pytest.raises(licences.ProviderKnown):
        admit()


def test_the_credit_code_is_read_as_people_type_it(admit):
    valid = [r["code"] for r in factories.rows("uscc.csv") if r["valid"] == "yes"][-1]
    wide = "".join(chr(ord(c) + 0xFEE0) for c in valid.lower())
    assert admit(uscc=f" {wide[:9]} {wide[9:]}").organisation.uscc == valid


@pytest.mark.parametrize("code", [r["code"] for r in factories.rows("uscc.csv") if r["valid"] != "yes"][:8])
def test_a_wrong_credit_code_is_refused_with_a_sentence(admit, code):
    with pytest.raises(BadNumber, match="18") as broken:
        admit(uscc=code)
    assert broken.value.code == "uscc"
    assert not Licence.objects.exists()


def test_a_provider_of_another_province_keeps_its_names(admit, sichuan, provider):
    provider.province = sichuan
    provider.save()
    made = admit(uscc=provider.uscc, name_zh="别的名字")
    assert made.organisation == provider
    assert made.organisation.name_zh == "贵州示例六有限公司"
    assert Organisation.objects.get(pk=provider.pk).province == sichuan


def test_a_refused_admission_leaves_nothing(admit):
    before = Organisation.objects.count()
    with pytest.raises(licences.PastDay):
        admit(effective_on=TODAY - DAY)
    assert Organisation.objects.count() == before
