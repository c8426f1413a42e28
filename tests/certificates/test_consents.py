"""Consent codes: what a holder gives, what an employer sees, and what PostgreSQL itself refuses."""

import datetime as dt
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import codes, lists, services
from certificates.models import ConsentCode, ConsentUse
from certificates.models.consents import MOST_USES
from certificates.selectors import consents as selectors
from certificates.services import consents as acts
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.sheets.reading import BadFile
from tests import factories
from tests.certificates import making

TODAY = dt.date(2026, 3, 16)
WORDS = {"given_to": "锦川重工", "purpose": "应聘焊工"}


@pytest.fixture
def issued(db, at):
    return making.issued(at=at)


@pytest.fixture
def employer(db):
    return factories.staff(Role.EMPLOYER)


def give(person, *, at, days=30, certificates=None, **more):
    told = WORDS | {"ends_on": TODAY + dt.timedelta(days=days), "certificates": certificates} | more
    return services.give_consent(person, **told, at=at)


def ask(employer, *lines, at, organisation=None):
    organisation = organisation or selectors.employers_of(employer)[0]
    asked = [lists.Asked(number, *line) for number, line in enumerate(lines, 1)]
    return services.check_many(asked, organisation=organisation, by=employer, at=at)


def outcomes(rows):
    return [row.outcome for row in rows]


# -- giving ---------------------------------------------------------------------------------------------------------


def test_a_code_has_70_random_bits_and_is_kept_as_an_index(issued, at):
    consent, code = give(issued.user, at=at)
    assert codes.is_well_formed(code, codes.CONSENT_LENGTH)
    assert not codes.is_well_formed(code)
    assert len(codes.ALPHABET) ** (codes.CONSENT_LENGTH - 2) == 2**70
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM certificates_consentcode c WHERE id = %s", [consent.pk])
        row = cursor.fetchone()[0]
    assert code not in row
    assert code.encode().hex() not in row
    assert consent.ends_at.isoformat() == "2026-04-16T00:00:00+08:00"
    assert consent.ends_on.isoformat() == "2026-04-15"
    entry = Entry.objects.get(action="consent_code.given")
    assert entry.detail == {"certificates": "all", "ends_on": "2026-04-15"}


@pytest.mark.parametrize("place", range(codes.CONSENT_LENGTH))
def test_one_wrong_character_of_a_consent_code_is_noticed(place):
    code = codes.new_code(codes.CONSENT_LENGTH)
    wrong = codes.ALPHABET[(codes.ALPHABET.index(code[place]) + 1) % 32]
    assert not codes.is_well_formed(code[:place] + wrong + code[place + 1 :], codes.CONSENT_LENGTH)


@pytest.mark.parametrize("days", [-1, 91, 3_000])
def test_it_ends_within_90_days(issued, at, days):
    with pytest.raises(acts.EndsTooLate):
        give(issued.user, at=at, days=days)
    assert not ConsentCode.objects.exists()


@pytest.mark.parametrize("days", [0, 90])
def test_the_first_and_the_last_day_are_taken(issued, employer, at, days):
    consent, code = give(issued.user, at=at, days=days)
    assert outcomes(ask(employer, (code,), at=consent.ends_at - dt.timedelta(seconds=1))) == ["opened"]
    assert outcomes(ask(employer, (code,), at=consent.ends_at)) == ["closed"]


@pytest.mark.parametrize("words", [{"given_to": " "}, {"purpose": "\x00 "}])
def test_it_names_whom_and_what_for(issued, at, words):
    with pytest.raises(acts.NamesNobody):
        give(issued.user, at=at, **words)


def test_it_covers_own_certificates_only(issued, at):
    other = making.issued(name="李莲花", at=at)
    for chosen in ([other.serial], [issued.serial, other.serial], [], ["ZX-52-2026-9999999"]):
        with pytest.raises(acts.NotYourCertificate):
            give(issued.user, at=at, certificates=chosen)
    with pytest.raises(acts.NotYourCertificate):
        give(factories.learner("张家兴"), at=at)
    waiting = services.request(making.completion(name="杨霞"), at=at)
    with pytest.raises(acts.NotYourCertificate):
        give(waiting.user, at=at)


def test_somebody_has_so_many_open_ones(issued, at, monkeypatch):
    monkeypatch.setattr(acts, "MOST_OPEN", 2)
    first, _code = give(issued.user, at=at)
    give(issued.user, at=at, days=1)
    with pytest.raises(acts.TooManyOpen):
        give(issued.user, at=at)
    services.withdraw_consent(first, by=issued.user, at=at)
    give(issued.user, at=at)


def test_only_the_holder_withdraws_and_once(issued, employer, at):
    consent, code = give(issued.user, at=at)
    with pytest.raises(acts.NotYourConsent):
        services.withdraw_consent(consent, by=employer, at=at)
    assert services.withdraw_consent(consent, by=issued.user, at=at).withdrawn_at == at
    with pytest.raises(acts.AlreadyWithdrawn):
        services.withdraw_consent(consent, by=issued.user, at=at)
    assert outcomes(ask(employer, (code,), at=at)) == ["closed"]


# -- checking -------------------------------------------------------------------------------------------------------


def test_an_employer_sees_the_facts_and_whether_the_name_is_the_same(issued, employer, at):
    _consent, code = give(issued.user, at=at)
    (row,) = ask(employer, (codes.grouped(code).lower(), "王建国"), at=at)
    (shown,) = row.shown
    assert (row.outcome, shown.name_matches, shown.answer.state) == ("opened", True, "issued")
    assert "王建国" not in str(shown)
    (row,) = ask(employer, (code, "王建囯"), at=at)
    assert row.shown[0].name_matches is False
    (row,) = ask(employer, (code,), at=at)
    assert row.shown[0].name_matches is None


def test_it_opens_what_was_chosen_as_it_is_today(issued, employer, at):
    second = making.issued(issued.user, at=at)
    _consent, chosen = give(issued.user, at=at, certificates=[second.serial])
    _consent, everything = give(issued.user, at=at)
    third = making.issued(issued.user, at=at)
    making.revoked(second, at=at)
    rows = ask(employer, (chosen,), (everything,), at=at)
    assert [[shown.answer.serial for shown in row.shown] for row in rows] == [
        [second.serial],
        [third.serial, second.serial, issued.serial],
    ]
    assert rows[0].shown[0].answer.state == "revoked"


def test_what_opens_nothing_is_one_answer(issued, employer, at):
    """Never given, over, withdrawn, or another employer's: nobody learns which."""
    over, code_over = give(issued.user, at=at, days=0)
    withdrawn, code_withdrawn = give(issued.user, at=at)
    services.withdraw_consent(withdrawn, by=issued.user, at=at)
    _taken, code_taken = give(issued.user, at=at)
    ask(factories.staff(Role.EMPLOYER, code="440000"), (code_taken,), at=at)
    never = codes.new_code(codes.CONSENT_LENGTH)
    rows = ask(employer, (code_over,), (code_withdrawn,), (code_taken,), (never,), at=over.ends_at)
    assert outcomes(rows) == ["closed"] * 4
    assert len({row.sentence for row in rows}) == 1
    assert not any(row.shown for row in rows)


def test_mistyped_and_doubled_lines_are_named(issued, employer, at):
    _consent, code = give(issued.user, at=at)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    rows = ask(employer, (code,), (wrong,), (code, "王建国"), (issued.code,), ("王\ud800",), at=at)
    assert outcomes(rows) == ["opened", "mistyped", "twice", "mistyped", "mistyped"]
    assert ConsentUse.objects.count() == 1


def test_the_first_employer_is_the_only_one(issued, employer, at):
    """Of whatever province: it is the consent that opens it."""
    consent, code = give(issued.user, at=at)
    far = factories.staff(Role.EMPLOYER, code="440000")
    assert outcomes(ask(far, (code,), at=at)) == ["opened"]
    assert outcomes(ask(employer, (code,), at=at)) == ["closed"]
    consent.refresh_from_db()
    assert consent.organisation == factories.enterprise(code="440000")


def test_the_holder_sees_who_checked_and_when(issued, employer, at):
    _consent, code = give(issued.user, at=at)
    later = at + dt.timedelta(hours=1)
    ask(employer, (code, "王建国"), at=at)
    ask(employer, (code,), at=later)
    (given,) = selectors.given_by(issued.user, at=later)
    assert (given.state, given.count, given.last_used_at) == ("open", 2, later)
    assert [(use.used_at, use.organisation) for use in given.uses] == [
        (later, factories.enterprise()),
        (at, factories.enterprise()),
    ]


def test_a_code_is_used_up_at_last(issued, employer, at, monkeypatch):
    monkeypatch.setattr(acts, "MOST_USES", 2)
    monkeypatch.setattr(selectors, "MOST_USES", 2)
    _consent, code = give(issued.user, at=at)
    found = [ask(employer, (code,), at=at)[0].outcome for _turn in range(3)]
    assert found == ["opened", "opened", "closed"]
    assert selectors.given_by(issued.user, at=at)[0].state == "used_up"
    assert MOST_USES == 100


def test_each_check_stands_in_the_audit_without_names_and_codes(issued, employer, at):
    _consent, code = give(issued.user, at=at)
    ask(employer, (code, "王建国"), ("x",), at=at)
    entry = Entry.objects.get(action="certificates.checked")
    assert (entry.by, entry.detail) == (employer, {"lines": 2, "opened": 1})
    assert code not in str(entry.payload())
    assert "王建国" not in str(entry.payload())


def test_only_an_employer_checks_for_its_organisation(issued, employer, at):
    _consent, code = give(issued.user, at=at)
    for person in (
        issued.user,
        factories.staff(Role.PROVINCE_REVIEWER),
        factories.staff(Role.PROVIDER_MANAGER),
    ):
        with pytest.raises(acts.NotAnEmployer):
            ask(person, (code,), at=at, organisation=factories.enterprise())
    with pytest.raises(acts.NotAnEmployer):
        ask(employer, (code,), at=at, organisation=factories.enterprise(code="440000"))
    assert not ConsentUse.objects.exists()


def test_a_list_has_a_first_and_a_last_line(employer, at):
    with pytest.raises(acts.NothingToCheck):
        ask(employer, at=at)
    with pytest.raises(acts.TooManyLines):
        ask(employer, *[("x",)] * 501, at=at)


def test_the_statements_do_not_grow_with_the_lines(employer, at):
    ask(employer, ("x",), at=at)  # the first entry of a province begins its chain
    asked = []
    for number in (1, 6):
        lines = [(give(making.issued(at=at).user, at=at)[1], "王建国") for _turn in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert outcomes(ask(employer, *lines, at=at)) == ["opened"] * number
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "name",
    [*(row["full_name"] for row in factories.rows("names.csv")[-40:]), "Anne-Marie O'Neill", "买买提·艾力"],
)
def test_rare_names_are_compared_as_they_are_registered(db, at, name):
    kept = accounts.plain_name(name)
    assert acts.is_same_name(name, kept)
    assert acts.is_same_name(f"\u3000{name.replace('·', ' • ')} ", kept)
    assert acts.is_same_name(name.upper(), kept)
    assert not acts.is_same_name(name[:-1], kept)
    assert not acts.is_same_name(name + "𠮷", kept)


@pytest.mark.parametrize("typed", ["王*国", "*", "%", "王_国", "", "王建国\x00李", "9" * 5_000, "\ud800"])
def test_no_pattern_is_a_name(typed):
    assert not acts.is_same_name(typed, "王建国")


def test_two_employers_at_once_one_is_first(together, at):
    issued = making.issued(at=at)
    _consent, code = give(issued.user, at=at)
    people = [factories.staff(Role.EMPLOYER), factories.staff(Role.EMPLOYER, code="440000")]
    found = together(lambda place: ask(people[place], (code,), at=at)[0].outcome, 2)
    assert sorted(found) == ["closed", "opened"]
    assert ConsentUse.objects.count() == 1


# -- the database ---------------------------------------------------------------------------------------------------


def refused(act, *, says=""):
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        act()


def test_the_database_keeps_a_consent_as_it_was_given(issued, employer, at):
    consent, code = give(issued.user, at=at)
    row = ConsentCode.objects.filter(pk=consent.pk)
    for changes in (
        {"given_to": "另一家"},
        {"purpose": "x"},
        {"ends_at": at + dt.timedelta(days=1)},
        {"covers_all": False},
        {"user": employer},
        {"code_index": bytes(32)},
    ):
        refused(lambda changes=changes: row.update(**changes), says="fixed")
    refused(row.delete, says="never deleted")
    ask(employer, (code,), at=at)
    refused(lambda: row.update(organisation=factories.enterprise(code="440000")), says="fixed")
    row.update(withdrawn_at=at)
    refused(lambda: row.update(withdrawn_at=None), says="withdrawn once")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"ends_days": 92}, "consent_code_ends_in_time"),
        ({"ends_days": -1}, "consent_code_ends_in_time"),
        ({"given_to": ""}, "consent_code_names_whom_and_what_for"),
        ({"purpose": ""}, "consent_code_names_whom_and_what_for"),
        ({"withdrawn": True}, "begins open"),
        ({"organisation": True}, "begins open"),
    ],
)
def test_the_database_refuses_a_consent_that_the_rules_forbid(issued, at, changes, name):
    told = {**WORDS, "given_at": at, "ends_at": at + dt.timedelta(days=changes.get("ends_days", 30))}
    told |= {key: changes[key] for key in ("given_to", "purpose") if key in changes}
    told |= {"withdrawn_at": at} if "withdrawn" in changes else {}
    told |= {"organisation": factories.enterprise()} if "organisation" in changes else {}
    make = lambda: ConsentCode.objects.create(  # noqa: E731 - said once
        user=issued.user, province_id="520000", code_index=bytes(32), **told
    )
    refused(make, says=name)


def test_a_consent_is_not_withdrawn_before_it_is_given(issued, at):
    consent, _code = give(issued.user, at=at)
    refused(
        lambda: ConsentCode.objects.filter(pk=consent.pk).update(withdrawn_at=at - dt.timedelta(seconds=1)),
        says="consent_code_withdrawn_after_given",
    )


def test_no_two_consents_have_one_code(issued, at):
    consent, _code = give(issued.user, at=at)
    told = {**WORDS, "given_at": at, "ends_at": consent.ends_at, "province_id": "520000"}
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentCode.objects.create(user=issued.user, code_index=consent.code_index, **told)


def test_the_database_refuses_certificates_of_others_and_later_ones(issued, employer, at):
    other, second = making.issued(name="李莲花", at=at), making.issued(issued.user, at=at)
    consent, code = give(issued.user, at=at, certificates=[issued.serial])
    everything, _code = give(issued.user, at=at)
    refused(lambda: consent.certificates.add(other), says="of its holder")
    refused(lambda: everything.certificates.add(second), says="of its holder")
    refused(lambda: consent.certificates.remove(issued), says="of its holder")
    ask(employer, (code,), at=at)
    refused(lambda: consent.certificates.add(second), says="chosen when it is given")


def test_the_database_refuses_uses_that_the_consent_forbids(issued, employer, at):
    consent, code = give(issued.user, at=at)
    here, far = factories.enterprise(), factories.enterprise(code="440000")

    def use(organisation, moment):
        ConsentUse.objects.create(
            consent=consent, organisation=organisation, used_by=employer, used_at=moment
        )

    refused(lambda: use(here, at), says="somebody else")
    ask(employer, (code,), at=at)
    refused(lambda: use(far, at), says="somebody else")
    refused(lambda: use(here, at - dt.timedelta(seconds=1)), says="over")
    refused(lambda: use(here, consent.ends_at), says="over")
    use(here, consent.ends_at - dt.timedelta(seconds=1))
    services.withdraw_consent(consent, by=issued.user, at=at)
    refused(lambda: use(here, at), says="withdrawn")
    refused(lambda: ConsentUse.objects.update(used_at=at), says=r"append-only|permission")
    refused(lambda: ConsentUse.objects.all().delete(), says=r"append-only|permission")


# -- the holder's pages ---------------------------------------------------------------------------------------------


def text_of(response):
    return response.content.decode()


def form_of(**more):
    return {**WORDS, "ends_on": "2026-04-01", "certificates": ["all"], **more}


@pytest.fixture
def now(at, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: at)


@pytest.fixture
def as_holder(client, issued, now):
    return factories.sign_in(client, issued.user)


def test_the_certificate_s_page_leads_to_a_consent_for_it(as_holder, issued):
    page = text_of(as_holder.get(reverse("certificates:certificate", args=[issued.serial])))
    address = f"{reverse('certificates:consents')}?certificate={issued.serial}"
    assert f'href="{address}"' in page
    chosen = text_of(as_holder.get(address))
    assert f'value="{issued.serial}" id="id_certificates_1" checked' in " ".join(chosen.split()).replace(
        'class="input" ', ""
    )


def test_the_code_is_shown_once(as_holder, issued, employer, at):
    answer = as_holder.post(reverse("certificates:consents"), form_of())
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    code = text_of(answer).split('<output class="bigcode num" aria-labelledby="code">')[1].split("<")[0]
    assert outcomes(ask(employer, (code,), at=at)) == ["opened"]
    page = text_of(as_holder.get(reverse("certificates:consents")))
    assert code not in page
    assert "锦川重工" in page
    assert factories.enterprise().name_zh in page


def test_withdrawing_by_the_page(as_holder, client, issued, employer, at):
    consent, code = give(issued.user, at=at)
    address = reverse("certificates:withdraw-consent", args=[consent.uid])
    assert as_holder.get(address).status_code == 405
    for _twice in range(2):
        assert as_holder.post(address).status_code == 302
    assert outcomes(ask(employer, (code,), at=at)) == ["closed"]
    factories.sign_in(client, factories.learner("李莲花"))
    assert client.post(address).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"given_to": ""},
        {"purpose": "  "},
        {"ends_on": "2026-09-01"},
        {"ends_on": "2026-03-15"},
        {"ends_on": "tomorrow"},
        {"certificates": []},
        {"certificates": ["ZX-52-2026-9999999"]},
        {"given_to": "x" * 81},
    ],
)
def test_a_wrong_form_gets_a_sentence_and_makes_nothing(as_holder, wrong):
    answer = as_holder.post(reverse("certificates:consents"), form_of(**wrong))
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)
    assert not ConsentCode.objects.exists()


def test_without_a_certificate_there_is_nothing_to_give(client, now, db):
    factories.sign_in(client, factories.learner("李莲花"))
    page = client.get(reverse("certificates:consents"))
    assert page.status_code == 200
    assert "<form class" not in text_of(page).split("<main")[1].split("</main>")[0]
    assert client.post(reverse("certificates:consents"), form_of()).status_code == 422


def test_the_list_of_consents_asks_no_more_for_five(as_holder, issued, employer, at):
    asked = []
    for number in (1, 4):
        for _turn in range(number):
            ask(employer, (give(issued.user, at=at, certificates=[issued.serial])[1],), at=at)
        with CaptureQueriesContext(connection) as queries:
            assert as_holder.get(reverse("certificates:consents")).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


# -- the employer's page --------------------------------------------------------------------------------------------


@pytest.fixture
def at_work(client, employer, now):
    return factories.sign_in(client, employer)


def test_a_pasted_list_is_answered_line_by_line(at_work, issued, at):
    _consent, code = give(issued.user, at=at)
    text = f"授权码，姓名\n\n{codes.grouped(code)}，王建国\nXXXX\n"
    page = text_of(at_work.post(reverse("certificates:check"), {"text": text}))
    assert issued.serial in page
    assert "一致" in page
    assert "授权码的校验位对不上" in page
    assert page.count('href="data:text/csv;charset=utf-8;base64,') == 1
    assert ConsentUse.objects.count() == 1


def test_the_table_is_saved_without_a_second_check_and_computes_nothing(at_work, issued, at):
    import base64
    import csv

    _consent, code = give(issued.user, at=at)
    text = f"{code},=1+1\n=cmd|x,王"
    page = text_of(at_work.post(reverse("certificates:check"), {"text": text}))
    content = base64.b64decode(page.split("base64,")[1].split('"')[0]).decode("utf-8-sig")
    head, first, second = csv.reader(io.StringIO(content))
    assert len(head) == len(first) == len(second) == 15
    assert first[1:3] == [code, "'=1+1"]
    assert first[5:8] == [issued.serial, "王*国", "否"]
    assert second[1] == "'=cmd|x"
    assert "王建国" not in content


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("form", ["xlsx", "csv", "txt"])
def test_a_file_is_answered_like_a_pasted_list(at_work, issued, at, form):
    _consent, code = give(issued.user, at=at)
    rows = [["Code", "Name"], [code, "王建国"], [None, None], [12345, None]]
    content = (
        workbook(rows)
        if form == "xlsx"
        else "\n".join(",".join(str(cell or "") for cell in row) for row in rows).encode()
    )
    file = SimpleUploadedFile(f"codes.{form}", content)
    page = text_of(at_work.post(reverse("certificates:check"), {"file": file}))
    assert issued.serial in page
    assert page.count("校验位对不上") == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.xlsx", b"PK\x03\x04 no workbook"),
        ("x.csv", b"\xff\xff\xff"),
        ("x.pdf", b"%PDF-1.7\x00"),
        ("x.csv", b""),
        ("x.csv", b"a" * (2 * 1024 * 1024 + 1)),
        ("x.xls", b"\xd0\xcf\x11\xe0"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(at_work, name, content):
    answer = at_work.post(reverse("certificates:check"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)


@pytest.mark.parametrize("text", ["", "   \n\n", "1\n" * 501])
def test_an_empty_and_a_long_list_get_a_sentence(at_work, text):
    answer = at_work.post(reverse("certificates:check"), {"text": text})
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)


def test_who_acts_for_two_says_for_which(client, employer, issued, now, at):
    far = factories.enterprise(code="440000")
    accounts.appoint(employer, Role.EMPLOYER, by=None, at=at, organisation=far)
    factories.sign_in(client, employer)
    _consent, code = give(issued.user, at=at)
    address = reverse("certificates:check")
    assert client.post(address, {"text": code}).status_code == 422
    assert client.post(address, {"text": code, "organisation": "nobody"}).status_code == 422
    assert client.post(address, {"text": code, "organisation": far.uscc}).status_code == 200
    assert ConsentUse.objects.get().organisation == far


def test_others_do_not_know_of_the_employers_page(client, issued, now):
    address = reverse("certificates:check")
    assert client.get(address).status_code == 302
    for person in (issued.user, factories.staff(Role.PROVINCE_REVIEWER)):
        factories.sign_in(client, person)
        assert client.get(address).status_code == 404
        assert client.post(address, {"text": "x"}).status_code == 404


# -- the API --------------------------------------------------------------------------------------------------------


def test_api_give_list_and_withdraw(as_holder, client, issued, employer, at):
    address = reverse("api-consents")
    told = {**WORDS, "ends_on": "2026-04-01", "certificates": [issued.serial]}
    given = as_holder.post(address, told, "application/json")
    assert given.status_code == 201
    ask(employer, (given.json()["code"],), at=at)
    (row,) = as_holder.get(address).json()
    assert (row["state"], row["count"], row["certificates"]) == ("open", 1, [issued.serial])
    assert row["uses"][0]["organisation"] == factories.enterprise().name_zh
    assert given.json()["code"] not in str(row)
    late = as_holder.post(address, told | {"ends_on": "2026-09-01"}, "application/json")
    assert (late.status_code, late.json()["code"]) == (409, "consent_ends_too_late")
    withdraw = reverse("api-consent-withdraw", args=[row["uid"]])
    assert as_holder.post(withdraw).json()["withdrawn_at"]
    again = as_holder.post(withdraw)
    assert (again.status_code, again.json()["code"]) == (409, "consent_withdrawn")
    factories.sign_in(client, factories.learner("李莲花"))
    assert client.post(withdraw).status_code == 404


def test_api_check(at_work, issued, at):
    _consent, code = give(issued.user, at=at)
    address = reverse("api-check")
    lines = [{"code": code, "name": "王建国"}, {"code": "x"}]
    first, second = at_work.post(address, {"lines": lines}, "application/json").json()
    (shown,) = first["certificates"]
    assert (first["outcome"], shown["name_matches"]) == ("opened", True)
    assert shown["certificate"]["serial"] == issued.serial
    assert "王建国" not in str(first)
    assert (second["line"], second["outcome"], second["certificates"]) == (2, "mistyped", [])
    for wrong in (
        {},
        {"lines": []},
        {"lines": [{}]},
        {"lines": lines * 251},
        {"lines": lines, "organisation": "x"},
    ):
        assert at_work.post(address, wrong, "application/json").status_code == 400, wrong


# -- lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A1,王\n B2 ; 李\n\nC3\t张，五", [(1, "A1", "王"), (2, "B2", "李"), (4, "C3", "张，五")]),
        ("Consent code,Name\nA1", [(2, "A1", "")]),
        ("A1\nNO DIGIT", [(1, "A1", ""), (2, "NO DIGIT", "")]),
        ("MRCVNWQYRSAYRMFY", [(1, "MRCVNWQYRSAYRMFY", "")]),
        ("mrcv-nwqy-rsay-rmfy，王", [(1, "mrcv-nwqy-rsay-rmfy", "王")]),
        ("\x00A1\x00,\x00", [(1, "A1", "")]),
        ("1" * 500, [(1, "1" * 80, "")]),
        ("", []),
    ],
)
def test_a_pasted_list_is_read_without_guessing(text, rows):
    assert [(row.number, row.code, row.name) for row in lists.from_text(text)] == rows


def test_cells_that_are_no_text_are_no_codes():
    content = workbook([["Code"], ["=1+1"], [dt.date(2026, 1, 1)], [1e20], ["A1", 7]])
    rows = lists.from_file(io.BytesIO(content), "x.xlsx")
    assert [(row.number, row.code, row.name) for row in rows] == [
        (2, "?", ""),
        (3, "?", ""),
        (4, "?", ""),
        (5, "A1", "7"),
    ]
    with pytest.raises(BadFile):
        lists.from_file(io.BytesIO(b"<quiz></quiz>"), "x.xml")
