"""The signature on a paper, judged by a library that has no part in making it."""

import datetime as dt
import io
from dataclasses import replace

import pypdf
import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates import signers
from certificates.paper import draw, signature
from certificates.signers import FileSigner, KeyNotValid
from tests.certificates.test_paper import FACTS, NAMES, read_qr, words_of

AT = dt.datetime(2026, 6, 9, 2, 0, tzinfo=dt.UTC)
NAME = "贵州省职业技能培训管理机构𠮷"
PASSWORD = "a password of a test"


def made(path, **more):
    signers.make_sample(path, PASSWORD, name=NAME, **more)
    return FileSigner.read(path, PASSWORD)


@pytest.fixture(scope="module")
def by_curve(tmp_path_factory):
    return made(tmp_path_factory.mktemp("key") / "sample.p12")


@pytest.fixture(scope="module")
def by_rsa(by_curve):
    """The same names with a key of the other kind, the certificate made for it."""
    key, authority = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    life = AT - dt.timedelta(days=1), AT + dt.timedelta(days=9)
    root = signers.certificate_of("Root", authority, None, authority, life)
    return FileSigner(key, (signers.certificate_of(NAME, key, root, authority, life), root))


@pytest.fixture(scope="module")
def drawn():
    return draw(FACTS)


@pytest.fixture(scope="module")
def paper(drawn, by_curve):
    return signature.signed(drawn, by_curve, at=AT, reason="职业培训证书 ZX-52-2026-0000001")


def judged(pdf, signer):
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    trusted = ValidationContext(trust_roots=[asn1.Certificate.load(signer.chain[-1])], moment=AT)
    return found, validate_pdf_signature(found, trusted)


@pytest.mark.parametrize("kind", ["by_curve", "by_rsa"])
def test_a_reader_sees_who_signed_and_that_nothing_changed(request, drawn, kind):
    signer = request.getfixturevalue(kind)
    found, status = judged(signature.signed(drawn, signer, at=AT, reason="发证"), signer)
    assert status.bottom_line
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.signing_cert.subject.native["common_name"] == NAME
    assert status.signer_reported_dt == AT
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.sig_object["/Reason"] == "发证"
    assert found.field_name == "Seal"


def test_it_follows_the_rules_of_a_baseline_signature(paper, by_curve):
    """EN 319 142-1, B-B: the signing certificate is among what is signed, and the time stands in the dictionary alone."""
    found, _status = judged(paper, by_curve)
    told = {attribute["type"].native for attribute in found.signer_info["signed_attrs"]}
    assert told == {"content_type", "message_digest", "signing_certificate_v2"}
    (own,) = next(
        attribute["values"][0]["certs"]
        for attribute in found.signer_info["signed_attrs"]
        if attribute["type"].native == "signing_certificate_v2"
    )
    assert own["cert_hash"].native == asn1.Certificate.load(by_curve.chain[0]).sha256
    assert len(found.signed_data["certificates"]) == 2


def test_the_page_is_the_one_that_was_drawn(paper, drawn):
    assert paper.startswith(drawn)
    assert words_of(paper) == words_of(drawn)
    assert read_qr(paper) == [FACTS.verify_url]
    reader = pypdf.PdfReader(io.BytesIO(paper), strict=True)
    assert len(reader.pages) == 1
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/AcroForm"]["/SigFlags"] == 3
    page = reader.pages[0]
    assert page["/Tabs"] == "/S"
    (field,) = page["/Annots"]
    field = field.get_object()
    assert field["/F"] & 4, "printed, as PDF/A wants of every note"
    assert not field["/F"] & (1 | 2 | 32), "nor hidden, as PDF/A wants"
    left, bottom, right, top = field["/Rect"]
    assert (right - left, top - bottom) == (0, 0)
    assert right < 0, "off the page: PDF/UA asks no tag of it"
    assert len(paper) - len(drawn) < 6_000


def test_a_paper_takes_less_than_60_kilobytes_on_average(by_curve):
    sizes = [
        len(signature.signed(draw(replace(FACTS, holder_name=name)), by_curve, at=AT, reason="发证"))
        for name in NAMES
    ]
    assert sum(sizes) / len(sizes) < 60_000
    assert max(sizes) < 64_000, "nor does a name of rare characters make it much larger"


def test_the_same_facts_and_key_give_the_same_bytes(drawn, by_curve, by_rsa):
    for signer in (by_curve, by_rsa):
        first, again = (signature.signed(drawn, signer, at=AT, reason="发证") for _ in range(2))
        assert first == again
    assert first != signature.signed(drawn, by_rsa, at=AT + dt.timedelta(seconds=1), reason="发证")


def test_no_run_of_spaces_in_a_name_is_taken_for_the_signature_s_room(by_curve):
    """The issuer's name stands in the page's description as it is."""
    odd = draw(replace(FACTS, issuer="贵州" + " " * 90 + "机构"))
    assert b" " * 40 in odd
    pdf = signature.signed(odd, by_curve, at=AT, reason="发证")
    assert pdf.startswith(odd)
    assert judged(pdf, by_curve)[1].bottom_line


@pytest.mark.parametrize("place", ["the page", "a name", "the date of the signature", "the table", "the end"])
def test_whatever_is_changed_is_noticed(paper, drawn, by_curve, place):
    at = {
        "the page": drawn.index(b"stream\n") + 40,
        "a name": drawn.index(b"/Title") + 9,
        "the date of the signature": paper.index(b"/M(D:") + 12,
        "the table": paper.rindex(b"/Prev") + 7,
        "the end": len(paper) - 3,
    }[place]
    changed = bytearray(paper)
    changed[at] ^= 1
    try:
        _found, status = judged(bytes(changed), by_curve)
    except (PdfError, SignatureValidationError):
        return  # a reader that cannot read it notices, too
    assert not status.bottom_line


def test_what_is_added_behind_the_signature_is_noticed(paper, by_curve):
    _found, status = judged(paper + b"\n% more\n", by_curve)
    assert status.coverage is not SignatureCoverageLevel.ENTIRE_FILE


def test_a_key_of_somebody_else_is_not_trusted(drawn, by_curve, tmp_path):
    other = made(tmp_path / "other.p12")
    _found, status = judged(signature.signed(drawn, other, at=AT, reason="发证"), by_curve)
    assert (status.valid, status.trusted, status.bottom_line) == (True, False, False)
    assert isinstance(status.trust_problem_indic, AdESIndeterminate)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"%PDF-1.7\n",
        b"trailer\n<</Size 3/Root 1 0 R/Info 2 0 R/ID[(a)(b)]>>\nstartxref\n0\n%%EOF",
    ],
)
def test_what_is_no_paper_of_ours_is_not_signed(by_curve, broken):
    with pytest.raises(signature.NotOurPaper):
        signature.signed(broken, by_curve, at=AT, reason="发证")


def test_a_signed_paper_is_not_signed_twice(paper, by_curve):
    with pytest.raises(signature.NotOurPaper):
        signature.signed(paper, by_curve, at=AT, reason="发证")


# -- the key ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-1, 11])
def test_a_key_that_is_not_valid_signs_nothing(tmp_path, days):
    signer = made(tmp_path / "short.p12", life=(AT, AT + dt.timedelta(days=10)))
    signer.must_be_valid(AT)
    with pytest.raises(KeyNotValid):
        signer.must_be_valid(AT + dt.timedelta(days=days))


def test_of_two_samples_made_at_once_one_is_kept(tmp_path):
    path = tmp_path / "deep" / "sample.p12"
    first, second = made(path), made(path)
    assert first.chain == second.chain
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["sample.p12"]


@pytest.mark.parametrize("content", [b"", b"no PKCS #12"])
def test_a_file_without_a_key_says_so(settings, tmp_path, content):
    path = tmp_path / "broken.p12"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r".+"):
        FileSigner.read(path, PASSWORD)
    for address in (f"file://{path}", f"file://{tmp_path}", "pkcs11://slot"):
        settings.CERTIFICATE_SIGNER = address
        signers.signer.cache_clear()
        assert signers.trouble(AT) == "无法读取签名密钥。"
    signers.signer.cache_clear()


def test_another_name_on_the_paper_needs_another_signature(drawn, by_curve, paper):
    """A signature of one paper, cut out and put behind another, does not fit."""
    other = signature.signed(
        draw(replace(FACTS, holder_name="李娜")), by_curve, at=AT, reason="职业培训证书 ZX-52-2026-0000001"
    )
    start, end = (paper.index(signature.CONTENTS, len(drawn)) + len(signature.CONTENTS), paper.rindex(b"00>"))
    target = other.index(signature.CONTENTS) + len(signature.CONTENTS)
    forged = other[:target] + paper[start:end] + other[target + end - start :]
    _found, status = judged(forged, by_curve)
    assert not status.bottom_line
