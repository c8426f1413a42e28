"""The check by anybody: what the four answers have in common, and what a file is told."""

import io
import re
from dataclasses import fields

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certificates import archive, codes, selectors, services, signers
from certificates.forms.public import MOST_BODY
from certificates.paper import signature
from certificates.selectors.public import SENTENCES
from certificates.services import papers
from portal import limits
from portal.accounts import services as accounts
from portal.accounts.roles import Role
from tests import factories
from tests.certificates import making
from tests.certificates.test_proof import BOMBS, updated
from tests.certificates.test_signature import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(at):
    return making.issued(at=at)


@pytest.fixture
def answers(at):
    """A code of every state, and one that was mistyped."""
    renamed = making.issued(at=at)
    accounts.renew_name(renamed.user, name="王新国", by=renamed.user, at=at)
    making.decided(renamed, "replace", at=at)
    return {
        "issued": making.issued(name="李莲花", at=at).code,
        "revoked": making.revoked(making.issued(name="张家兴", at=at), at=at).code,
        "replaced": renamed.code,
        "unknown": codes.new_code(),
        "mistyped": "0" * 27 + "1",
        "no code": "王",
    }


def page_of(client, code, **query):
    return client.get(reverse("certificates:verified", args=[code]), query)


def text_of(response):
    return response.content.decode()


# -- the four answers


def test_all_answers_have_one_form(client, answers):
    """The same headings, the same facts in the same order, about the same length."""
    shapes, lengths = {}, {}
    for name, code in answers.items():
        text = text_of(page_of(client, code))
        main = text[text.index("<main") : text.index("</main>")]
        shapes[name] = re.findall(r"<h\d|<dt>[^<]*|<dd|<section|<form|<input|<button", main)
        lengths[name] = len(text)
    assert len(set(map(tuple, shapes.values()))) == 1, shapes
    assert shapes["issued"].count("<dd") == 18
    assert max(lengths.values()) - min(lengths.values()) < 1_000, lengths


def test_all_answers_cost_one_and_the_same_statement(client, answers):
    """And nothing is written, counted or looked up besides."""
    asked = {}
    for name, code in answers.items():
        for address in (reverse("certificates:verified", args=[code]), reverse("api-verify", args=[code])):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked[name, address[:5]] = [re.sub(r"'[0-9A-Z]{28}'", "CODE", query["sql"]) for query in queries]
    assert len({tuple(statements) for statements in asked.values()}) == 1
    assert [len(statements) for statements in asked.values()] == [1] * 12


def test_a_valid_one_shows_what_an_edited_paper_would_change(client, issued):
    text = text_of(page_of(client, issued.code, lang="en"))
    for words in (
        *("王*国", "焊工", "6-18-02-04", "2022", "Level 4 (intermediate)", "焊工入门", "3 (standard: 3)"),
        *("2026-02-14 –", "2026-03-15", "2026-03-16", "贵州省职业技能培训管理机构", "示例职业学校"),
        issued.serial,
    ):
        assert words in text
    assert "王建国" not in text
    assert issued.facts["holder_number"] not in text


def test_a_revoked_one_says_since_when_and_why(client, answers):
    text = text_of(page_of(client, answers["revoked"]))
    assert "实操考核记录与本人不符" in text
    assert "2026-03-16" in text
    assert "王新国" not in text_of(page_of(client, answers["replaced"]))


@pytest.mark.parametrize("name", ["certificates:verify", "certificates:file"])
def test_the_doors_set_no_cookie(client, name):
    answer = client.get(reverse(name))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_no_answer_sets_a_cookie_or_needs_a_script(client, answers):
    for code in answers.values():
        for language in ("zh", "en"):
            answer = page_of(client, code, lang=language)
            text = text_of(answer)
            assert not answer.cookies
            assert "Set-Cookie" not in answer.headers
            assert "<script" not in text
            assert "csrfmiddlewaretoken" not in text
            outside = [a for a in re.findall(r'(?:src|href|action)="([^"]+)"', text) if "//" in a]
            assert outside == [], "nothing is fetched from elsewhere"
            assert "no-store" in answer["Cache-Control"]
            assert answer["X-Robots-Tag"].startswith("noindex")


def test_the_form_works_with_csrf_checks_and_no_cookie(issued):
    strict = Client(enforce_csrf_checks=True)
    file = SimpleUploadedFile("x.pdf", b"%PDF-1.7")
    answer = strict.post(reverse("certificates:file"), {"file": file})
    assert (answer.status_code, dict(answer.cookies)) == (200, {})


def test_the_language_stands_in_the_address_and_stays(client, issued):
    english = page_of(client, issued.code, lang="en")
    assert english["Content-Language"] == "en"
    assert "The certificate is valid" in text_of(english)
    assert 'name="lang" value="en"' in text_of(english)
    assert f'href="{reverse("certificates:file")}?lang=en"' in text_of(english)
    onward = client.get(reverse("certificates:verify"), {"code": issued.code, "lang": "en"})
    assert onward["Location"].endswith(f"/{issued.code}/?lang=en")
    for other in ("", "zh", "xx", "<b>", "\x00"):
        chinese = page_of(client, issued.code, lang=other)
        assert chinese["Content-Language"] == "zh-hans", other
        assert "证书有效" in text_of(chinese)
    # a browser's own list is not asked, as everywhere on the site
    told = client.get(
        reverse("certificates:verified", args=[issued.code]), headers={"accept-language": "en-GB,en"}
    )
    assert "证书有效" in text_of(told)


def test_somebody_signed_in_sees_what_everybody_sees(client, issued):
    factories.sign_in(client, issued.user)
    text = text_of(page_of(client, issued.code))
    assert "王建国" not in text
    assert reverse("account_logout") not in text


def test_asking_too_often_says_when_to_come_again(client, issued, monkeypatch):
    monkeypatch.setattr(limits, "A_MINUTE", 1)
    for address in (
        reverse("certificates:verified", args=[issued.code]),
        reverse("api-verify", args=[issued.code]),
    ):
        limits.forget()
        first, second = client.get(address), client.get(address)
        assert (first.status_code, first["RateLimit-Remaining"]) == (200, "0")
        assert "Retry-After" not in first
        assert second.status_code == 429
        assert 1 <= int(second["Retry-After"]) <= 60
        assert not second.cookies
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) == 0, "a refusal costs the database nothing"


# -- JSON


def test_the_json_has_the_same_fields_for_all(client, answers):
    for name, code in answers.items():
        answer = client.get(reverse("api-verify", args=[code]), {"lang": "en"})
        said = answer.json()
        state = {"mistyped": "unknown", "no code": "unknown"}.get(name, name)
        assert answer.status_code == (404 if state == "unknown" else 200)
        assert said["state"] == state
        assert said["well_formed"] == (name not in {"mistyped", "no code"})
        assert (
            said["sentence"]
            == {
                "issued": "The certificate is valid",
                "revoked": "The certificate is revoked",
                "replaced": "The certificate is replaced",
                "unknown": "No certificate carries this code",
            }[state]
        )
        known = {field.name for field in fields(selectors.PublicAnswer)} | {
            "sentence",
            "kind_name",
            "level_name",
            "checked_at",
        }
        assert set(said) == known
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies


def test_the_schema_names_every_state(client):
    schema = client.get(reverse("api-schema"), {"format": "json"}).json()
    answer = schema["components"]["schemas"]["PublicAnswerOut"]
    states = answer["properties"]["state"]
    states = states if "enum" in states else schema["components"]["schemas"][states["$ref"].rsplit("/")[-1]]
    assert set(states["enum"]) == set(SENTENCES)
    assert set(answer["required"]) == set(answer["properties"])
    check = schema["paths"]["/api/certificates/verify/{code}/"]["get"]
    assert set(check["responses"]) == {"200", "404", "429"}
    assert not any(check.get("security", [])), "nobody signs in for it"


# -- a file


@pytest.fixture
def paper(issued, at):
    """As the worker made and kept it."""
    assert papers.make(issued, at=at)
    issued.refresh_from_db()
    return archive.get(issued.pdf_key, bytes(issued.pdf_sha256))


def upload(client, content, *, name="certificate.pdf", address="certificates:file", **query):
    there = reverse(address) + ("?lang=en" if not query else "")
    return client.post(there, {"file": SimpleUploadedFile(name, content)})


def seal_of(client, content):
    limits.forget()
    answer = upload(client, content, address="api-verify-file")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_paper_is_genuine_and_what_holds_today_is_said(client, issued, paper, at):
    text = text_of(upload(client, paper))
    assert "The file is genuine" in text
    assert signers.SAMPLE_NAME in re.sub("<[^>]+>", "", text)
    assert "The certificate is valid" in text
    assert issued.serial in text
    assert "王建国" not in text
    making.revoked(issued, at=at)
    text = text_of(upload(client, paper))
    assert "The file is genuine" in text
    assert "The certificate is revoked" in text
    said = seal_of(client, paper)
    assert (said["seal"], said["certificate"]["state"]) == ("intact", "revoked")


def test_a_paper_made_on_request_is_genuine_too(client, issued, at):
    said = seal_of(client, selectors.pdf_of(issued, at=at))
    assert (said["seal"], said["certificate"]["serial"]) == ("intact", issued.serial)


def test_an_edited_paper_is_caught(client, issued, paper):
    changed = bytearray(paper)
    changed[paper.index(b"stream\n") + 60] ^= 1
    text = text_of(upload(client, bytes(changed)))
    assert "The file was changed" in text
    assert issued.serial not in text, "nothing is said of a serial that nobody has signed"
    said = seal_of(client, updated(paper))
    assert (said["seal"], said["certificate"]["serial"]) == ("added", issued.serial)


def test_a_forger_learns_nothing_of_a_serial(client, issued, at, tmp_path):
    """The same answer whether the serial that he claims exists or not."""
    other = made(tmp_path / "other.p12")
    bare = paper_without_signature(issued)
    for serial in (issued.serial, "ZX-52-2026-9999999"):
        forged = signature.signed(bare, other, at=at, reason=f"职业培训证书 Certificate {serial}")
        with CaptureQueriesContext(connection) as queries:
            said = seal_of(client, forged)
        assert (said["seal"], said["certificate"], len(queries)) == ("foreign", None, 1)


def paper_without_signature(certificate):
    from certificates import paper

    return paper.draw(certificate.paper_facts())


def test_our_key_on_a_serial_that_was_never_given_is_not_ours(client, issued, at):
    pdf = signers.signed(paper_without_signature(issued), at=at, serial="ZX-52-2026-9999999")
    assert seal_of(client, pdf)["seal"] == "foreign"


def test_a_digital_credential_is_told_the_same(client, issued, at, settings):
    _document, token = selectors.credential_of(issued, at=at)
    said = seal_of(client, token.encode())
    assert (said["seal"], said["certificate"]["state"]) == ("intact", "issued")
    assert "王建国" not in str(said)
    head, body, signed = token.split(".")
    assert seal_of(client, f"{head}.{body[:-4]}AAAA.{signed}".encode())["certificate"] is None
    assert seal_of(client, f"{head}.{body}.{signed[:-8]}AAAAAAAA".encode())["seal"] == "altered"
    making.revoked(issued, at=at)
    assert seal_of(client, token.encode())["certificate"]["state"] == "revoked"
    settings.SITE_URL = "https://elsewhere.example"
    assert seal_of(client, token.encode())["seal"] == "foreign"


def test_papers_of_an_earlier_key_are_known_where_its_certificate_lies(
    client, issued, at, tmp_path, settings, monkeypatch
):
    from cryptography.hazmat.primitives.serialization import Encoding

    old = made(tmp_path / "old.p12")
    pdf = signature.signed(
        paper_without_signature(issued), old, at=at, reason=f"职业培训证书 Certificate {issued.serial}"
    )
    assert seal_of(client, pdf)["seal"] == "foreign"
    folder = tmp_path / "earlier"
    folder.mkdir()
    (folder / "2025.pem").write_bytes(old.certificates[0].public_bytes(Encoding.PEM))
    (folder / "notes.txt").write_text("no certificate")
    settings.CERTIFICATE_SIGNERS_EARLIER = str(folder)
    signers._earlier.cache_clear()
    try:
        said = seal_of(client, pdf)
        assert (said["seal"], said["certificate"]["serial"]) == ("intact", issued.serial)
    finally:
        signers._earlier.cache_clear()


def test_the_kept_paper_is_known_by_its_bytes_though_nobody_knows_its_key(client, issued, paper, monkeypatch):
    monkeypatch.setattr(signers, "chains", lambda: ())
    said = seal_of(client, paper)
    assert (said["seal"], said["certificate"]["serial"], said["signed_by"]) == ("intact", issued.serial, "")
    assert seal_of(client, paper + b"\n")["seal"] == "foreign"


def test_without_the_certificates_of_the_keys_it_says_so(client, paper, monkeypatch):
    def unreadable():
        raise signers.KeyUnreadable

    monkeypatch.setattr(signers, "chains", unreadable)
    answer = upload(client, paper)
    assert answer.status_code == 503
    assert "cannot be checked at this moment" in text_of(answer)
    refused = client.post(reverse("api-verify-file"), {"file": SimpleUploadedFile("x.pdf", paper)})
    assert (refused.status_code, refused.json()["code"]) == (409, "cannot_check_now")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n%%EOF", "carries no signature"),
        (b"some words", "neither a PDF file nor a digital credential"),
        (b"eyJhbGciOiJub25lIn0.e30.", "neither a PDF file nor a digital credential"),
        (b"eyJ" + b"A" * 1_000_000, "neither a PDF file nor a digital credential"),
        (b"eyJ\xff\x00.e30.e30", "neither a PDF file nor a digital credential"),
        (b"\xff\xd8\xff\xe0" + bytes(5_000), "A photo or a scan carries no signature"),
        (b"%PDF-1.7\n/Encrypt", "locked with a password"),
    ],
)
def test_other_files_get_a_sentence(client, content, sentence):
    answer = upload(client, content)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert "verdict" not in text_of(answer)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty."), (b"%PDF" + bytes(3 * 1024 * 1024), "larger than 2 MB")],
)
def test_an_empty_and_a_large_file_are_refused(client, content, sentence):
    for address, status in (("certificates:file", 422), ("api-verify-file", 400)):
        answer = upload(client, content, address=address)
        assert answer.status_code == status
        assert sentence in text_of(answer)


def test_no_file_is_refused(client):
    for address, status in (("certificates:file", 422), ("api-verify-file", 400)):
        assert client.post(reverse(address), {}).status_code == status
        assert client.post(reverse(address), {"file": "no file"}).status_code == status


def test_what_is_far_too_large_is_not_read(client):
    """The body is not there at all; only its length is told."""
    answer = client.generic(
        "POST",
        reverse("certificates:file"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MOST_BODY + 1),
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_gets_its_sentence(client, name):
    answer = upload(client, BOMBS[name][: 2 * 1024 * 1024])
    assert answer.status_code == 200
    assert "verdict" not in text_of(answer)


def test_files_have_a_limit_of_their_own(client, monkeypatch):
    monkeypatch.setattr(limits, "FILES", 1)
    answers = [upload(client, b"%PDF-1.7") for _turn in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1]["Retry-After"]


def test_of_a_file_nothing_is_kept_or_logged(client, paper, tmp_path, caplog):
    before = sorted(tmp_path.rglob("*"))
    with caplog.at_level("DEBUG"):
        upload(client, paper, name="王建国-secret-name.pdf")
    assert sorted(tmp_path.rglob("*")) == before
    assert "secret-name" not in caplog.text


@pytest.mark.parametrize("name", [row["full_name"] for row in factories.rows("names.csv")][-30:])
def test_rare_names_stay_masked_and_their_papers_genuine(client, at, name):
    issued = making.issued(name=name, at=at)
    said = seal_of(client, selectors.pdf_of(issued, at=at))
    assert said["seal"] == "intact"
    assert name not in str(said)
    assert said["certificate"]["holder_masked"] == issued.holder_masked


def test_two_reviewers_revoke_and_everybody_sees_it(client, issued, at):
    first, second = (factories.staff(Role.PROVINCE_REVIEWER) for _turn in range(2))
    proposal = services.propose(issued, "revoke", by=first, at=at, reason="实操考核记录与本人不符")
    assert "证书有效" in text_of(page_of(client, issued.code)), "a proposal alone changes nothing"
    services.approve(proposal, by=second, at=at)
    assert "证书已撤销" in text_of(page_of(client, issued.code))


def test_the_printed_code_leads_to_the_answer(client, issued, at):
    from tests.certificates.test_paper import read_qr

    (address,) = read_qr(selectors.pdf_of(issued, at=at))
    assert io.StringIO(text_of(client.get("/" + address.split("/", 3)[3]))).read().count(issued.serial) == 1
