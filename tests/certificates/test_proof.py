"""Whose signature is on a file, and whether the file is as it was signed; pyHanko is asked about the same files."""

import datetime as dt
import io
import re
import time
import tracemalloc
import zlib
from dataclasses import replace

import pypdf
import pytest
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates import signers
from certificates.paper import draw, proof, signature
from certificates.paper.proof import Seal
from tests.certificates.test_paper import FACTS
from tests.certificates.test_signature import AT, NAME, made

REASON = f"职业培训证书 Certificate {FACTS.serial}"


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return made(tmp_path_factory.mktemp("key") / "ours.p12")


@pytest.fixture(scope="module")
def drawn():
    return draw(FACTS)


@pytest.fixture(scope="module")
def paper(drawn, signer):
    return signature.signed(drawn, signer, at=AT, reason=REASON)


@pytest.fixture(scope="module")
def examine(signer):
    return lambda pdf: proof.examined(pdf, [signer.certificates])


def judge(pdf, signer):
    """A library's word: valid for whom we trust, and over the whole file."""
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
        trusted = ValidationContext(trust_roots=[asn1.Certificate.load(signer.chain[-1])], moment=AT)
        status = validate_pdf_signature(found, trusted)
    except Exception:  # noqa: BLE001 - whatever it meets in a broken file
        return False
    return status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_a_paper_is_known_with_who_signed_it_when_and_what_for(paper, signer, examine):
    found = examine(paper)
    assert (found.seal, found.signed_by, found.signed_at) == (Seal.INTACT, NAME, AT)
    assert found.reason == found.claimed == REASON
    assert judge(paper, signer)


def test_a_key_of_the_other_kind_is_known_too(drawn, signer):
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key, authority = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    life = AT - dt.timedelta(days=1), AT + dt.timedelta(days=9)
    root = signers.certificate_of("Root", authority, None, authority, life)
    by_rsa = signers.FileSigner(key, (signers.certificate_of(NAME, key, root, authority, life), root))
    pdf = signature.signed(drawn, by_rsa, at=AT, reason=REASON)
    both = [signer.certificates, by_rsa.certificates]
    assert proof.examined(pdf, both).seal is Seal.INTACT
    assert proof.examined(pdf, both[:1]).seal is Seal.FOREIGN
    assert proof.examined(pdf[:900] + b"!" + pdf[901:], both).seal is Seal.ALTERED


def test_every_changed_byte_is_noticed(paper, drawn, signer, examine):
    """Wherever it is. The library, which reads the structure instead, agrees that it is not as it was signed, but for the
    certificates that come along unsigned inside the signature.
    """
    hole = re.search(rb"(?<=/Contents<)[0-9a-f]+", paper).span()
    places = [*range(0, len(paper), len(paper) // 60), *range(len(drawn), len(paper), 97), len(paper) - 1]
    for place in places:
        changed = bytearray(paper)
        changed[place] ^= 1
        found = examine(bytes(changed))
        assert found.seal is not Seal.INTACT, place
        assert not (found.reason and found.seal is not Seal.ADDED), place
        assert not judge(bytes(changed), signer) or hole[0] <= place < hole[1], place


@pytest.mark.parametrize("size", [1, 50, 5_000])
def test_what_was_cut_off_is_noticed(paper, examine, size):
    assert examine(paper[:-size]).seal in {Seal.ALTERED, Seal.UNSIGNED}


def updated(paper: bytes) -> bytes:
    """The paper with an incremental update behind it that shows another page, as an editor would save it."""
    reader = pypdf.PdfReader(io.BytesIO(paper))
    writer = pypdf.PdfWriter(io.BytesIO(paper), incremental=True)
    page = writer.pages[0]
    page[pypdf.generic.NameObject("/Rotate")] = pypdf.generic.NumberObject(180)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(paper[:-1])
    assert len(reader.pages) == 1
    return out.getvalue()


def test_an_update_behind_the_signature_is_named_as_one(paper, signer, examine):
    changed = updated(paper)
    assert len(changed) > len(paper)
    found = examine(changed)
    assert (found.seal, found.reason) == (Seal.ADDED, REASON)
    assert not judge(changed, signer)


def test_an_edited_copy_without_the_old_bytes_is_altered(paper, examine):
    """An editor that writes the file anew takes the signature along, and it fits no more."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(paper))
    out = io.BytesIO()
    writer.write(out)
    assert examine(out.getvalue()).seal is Seal.ALTERED


def test_a_signature_of_another_paper_does_not_fit(paper, drawn, signer, examine):
    other = signature.signed(draw(replace(FACTS, holder_name="李娜")), signer, at=AT, reason=REASON)
    inside = re.compile(rb"(?<=/Contents<)[0-9a-f]+(?=>)")
    forged = other.replace(inside.search(other)[0], inside.search(paper)[0])
    assert forged != other
    assert examine(forged).seal is Seal.ALTERED
    assert not judge(forged, signer)


def test_the_same_names_with_another_key_are_somebody_else(drawn, signer, examine, tmp_path):
    other = made(tmp_path / "other.p12")
    assert other.certificates[0].subject == signer.certificates[0].subject
    forged = signature.signed(drawn, other, at=AT, reason=REASON)
    found = examine(forged)
    assert (found.seal, found.reason, found.signed_by, found.claimed) == (Seal.FOREIGN, "", "", REASON)
    assert judge(forged, other), "a good signature, of somebody else"


def test_where_only_the_key_s_own_certificate_is_known_that_is_enough(paper, signer):
    assert proof.examined(paper, [signer.certificates[:1]]).seal is Seal.INTACT
    assert proof.examined(paper, []).seal is Seal.FOREIGN


def test_our_certificate_with_another_key_is_no_signature(drawn, signer, examine, tmp_path):
    """Our certificate is public: whoever puts it beside a signature of their own has signed nothing in our name."""
    other = made(tmp_path / "other.p12")
    thief = replace(other, certificates=signer.certificates)
    assert examine(signature.signed(drawn, thief, at=AT, reason=REASON)).seal is Seal.ALTERED


def test_something_before_or_between_is_noticed(paper, drawn, examine):
    assert examine(b"%PDF-1.7\n" + paper).seal is Seal.ALTERED
    assert examine(paper + paper).seal is Seal.ADDED
    moved = paper.replace(b"/ByteRange[0 ", b"/ByteRange[1 ", 1)
    assert examine(moved).seal is not Seal.INTACT


@pytest.mark.parametrize("fill", [b"1", b"f"])
def test_nothing_hides_in_the_room_behind_the_signature(drawn, signer, examine, fill):
    pdf = signature.signed(drawn, signer, at=AT, reason=REASON)
    place = pdf.rindex(b">>\nendobj", 0, pdf.rindex(b"/Type/Annot")) - 2
    while pdf[place : place + 1] != b"0":
        place -= 1
    if pdf[place - 7 : place + 1] == b"00000000":  # there is room only where the signature was short
        assert examine(pdf[:place] + fill + pdf[place + 1 :]).seal is not Seal.INTACT


@pytest.mark.parametrize(
    ("content", "seal"),
    [
        (b"", Seal.NO_PDF),
        (b"no PDF at all", Seal.NO_PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40, Seal.NO_PDF),
        (b"%PDF-1.7\n%%EOF", Seal.UNSIGNED),
        (b"%PDF-1.7\ntrailer<</Encrypt 4 0 R>>", Seal.ENCRYPTED),
        (b"%PDF-1.7\n<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>", Seal.FOREIGN),
        (b" " * 2_000 + b"%PDF-1.7", Seal.NO_PDF),
    ],
    ids=["empty", "text", "photo", "bare", "encrypted", "strange signature", "late mark"],
)
def test_other_files_are_named_as_what_they_are(examine, content, seal):
    found = examine(content)
    assert (found.seal, found.reason) == (seal, "")


def test_a_paper_before_it_is_signed_is_unsigned(drawn, examine):
    assert examine(drawn).seal is Seal.UNSIGNED


HEAD = b"%PDF-1.7\n"
FORM = (
    b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20260609100000+08'00')"
    b"/Reason<feff0041>/ByteRange[0 1 2 3]/Contents<"
)
BOMBS = {
    "deep nesting": HEAD + b"<<" * 500_000 + b"[" * 500_000,
    "huge table": HEAD + b"xref\n0 999999999\n" + b"0000000000 65535 f \n" * 90_000,
    "100,000 objects": HEAD + b"".join(b"%d 0 obj<</A %d 0 R>>endobj\n" % (n, n) for n in range(60_000)),
    "packed zeros": HEAD + b"stream\n" + zlib.compress(bytes(200_000_000), 9) + b"\nendstream",
    "many signatures": HEAD + (FORM + b"30820000>") * 8_000,
    "a long signature": HEAD + FORM + b"3" * 1_900_000 + b">",
    "half signatures": HEAD + FORM[:70] * 20_000,
    "a long reason": HEAD + FORM.replace(b"0041", b"0041" * 400_000) + b"00>",
    "lengths that lie": HEAD + b"".join(FORM + b"30" + b"83ffffff" + b"30" * n + b">" for n in range(40)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_what_any_file_costs(examine, name):
    bomb = BOMBS[name][: 2 * 1024 * 1024]
    tracemalloc.start()
    begun = time.process_time()
    found = examine(bomb)
    taken = time.process_time() - begun
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.seal in {Seal.UNSIGNED, Seal.FOREIGN}
    assert taken < 1, f"{taken} s"
    assert most < 16 * 1024 * 1024, f"{most} bytes"
