"""Papers as poppler reads them: another maker's eyes on signature, words, fonts and tags."""

import csv
import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certificates.paper import draw, signature
from tests import packages
from tests.certificates.test_paper import DATA, FACTS
from tests.certificates.test_signature import AT, NAME, made

RARE = [
    row["full_name"]
    for row in csv.DictReader((DATA / "names.csv").read_text(encoding="utf-8").splitlines())
    if row["not_in_gb2312"] or "·" in row["full_name"]
]

POPPLERS_OWN = "Syntax Error: Suspects object is wrong type (boolean)"
"""Said by poppler 22 of any file that says it has no suspects."""


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    return made(tmp_path_factory.mktemp("key") / "sample.p12")


@pytest.fixture(scope="module")
def signed(tmp_path_factory, signer):
    """Makes a file of a paper for whoever is named."""
    folder = tmp_path_factory.mktemp("papers")

    def make(name):
        path = folder / f"{len(list(folder.iterdir()))}.pdf"
        facts = replace(FACTS, holder_name=name)
        path.write_bytes(signature.signed(draw(facts), signer, at=AT, reason="发证"))
        return path

    return make


@pytest.fixture
def poppler(tmp_path):
    def run(tool, *words):
        folder = Path(packages.needed("poppler"))
        done = subprocess.run(
            [folder / tool, *words], capture_output=True, check=True, timeout=60, cwd=tmp_path
        )
        trouble = done.stderr.decode().replace(POPPLERS_OWN, "")
        assert not re.search("error|warning", trouble, re.IGNORECASE), trouble
        return done.stdout.decode("utf-8", "replace")

    return run


def test_the_signature_is_valid_over_the_whole_file(signed, poppler):
    said = poppler("pdfsig", "-nocert", signed("王斌"))
    assert f"Signer Certificate Common Name: {NAME}" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Total document signed" in said
    assert "Signature Validation: Signature is Valid." in said


def test_a_paper_of_which_one_sign_was_changed_is_caught(signed, poppler):
    path = signed("王斌")
    changed = path.with_name("changed.pdf")
    changed.write_bytes(path.read_bytes().replace(b"/Lang(zh", b"/Lang(en"))
    assert changed.read_bytes() != path.read_bytes()
    assert "Signature Validation: Digest Mismatch." in poppler("pdfsig", "-nocert", changed)


def test_the_certificate_in_it_is_the_signers(signed, poppler, signer, tmp_path):
    poppler("pdfsig", "-dump", signed("王斌"))
    (dumped,) = tmp_path.iterdir()
    assert signer.chain[0] in dumped.read_bytes()


@pytest.mark.parametrize("name", RARE)
def test_rare_names_are_copied_and_found(signed, poppler, name):
    said = poppler("pdftotext", "-layout", signed(name), "-")
    assert f"兹证明 {name}（居民身份证" in said, "as a search for the name would find it"
    assert "CERTIFICATE OF VOCATIONAL TRAINING" in said


def test_there_are_twenty_rare_names_and_some_above_the_basic_plane():
    assert len(RARE) >= 20
    assert sum(any(ord(sign) > 0xFFFF for sign in name) for name in RARE) >= 5


def test_every_font_is_embedded_cut_and_has_a_map_to_unicode(signed, poppler):
    fonts = poppler("pdffonts", signed("阿依古丽·𨱑𫍲")).splitlines()[2:]
    assert len(fonts) >= 2
    for font in fonts:
        assert re.search(r"^[A-Z]{6}\+Zhixun\S+ +CID Type 0C +Identity-H +yes yes yes ", font), font


def test_its_structure_can_be_read_aloud_in_order(signed, poppler):
    tree = poppler("pdfinfo", "-struct-text", signed("阿依古丽·𨱑𫍲"))
    assert "Tagged:          yes" in poppler("pdfinfo", signed("王斌"))
    places = [tree.index(words) for words in ("  H1 ", "阿依古丽·𨱑𫍲", "证书编号", FACTS.issuer)]
    assert places == sorted(places)


def test_the_code_is_read_from_the_page_as_printed(signed, poppler, tmp_path):
    poppler("pdftoppm", "-r", "150", "-png", signed("王斌"), "page")
    (picture,) = tmp_path.glob("page*.png")
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.read_bytes())))
    assert [code.text for code in found] == [FACTS.verify_url]
