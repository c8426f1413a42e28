"""Time-stamped papers (PAdES B-LT), judged by a library that has no part in making them, from the file alone."""

import datetime as dt
import io
import time

import pytest
from asn1crypto import crl as asn1crl
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from certificates import signers, tasks, timestamps
from certificates.models import Certificate
from certificates.paper import draw, proof, signature
from certificates.paper.proof import Seal
from certificates.services import papers
from portal import clock
from tests.certificates.making import issued
from tests.certificates.stamping import DAY, stamping
from tests.certificates.test_paper import FACTS, read_qr, words_of

NAME, PASSWORD = "贵州省职业技能培训管理机构𠮷", "a password of a test"
REASON = f"职业培训证书 Certificate {FACTS.serial}"


def forget():
    """What a process remembers of keys, services and lists."""
    for kept in (signers.signer, timestamps.service, timestamps.authorities):
        kept.cache_clear()
    timestamps._made.clear()
    timestamps._lists.clear()


@pytest.fixture(autouse=True)
def _forgotten():
    forget()
    yield
    forget()


@pytest.fixture
def services():
    with stamping(clock.now().replace(microsecond=0)) as here:
        yield here


@pytest.fixture
def signer(services, settings, tmp_path):
    """A key whose certificate is listed, and the settings of a deployer who has a time-stamp service."""
    return configured(services, settings, tmp_path)


def configured(services, settings, tmp_path, **more):
    key = ec.generate_private_key(ec.SECP256R1())
    own = services.signers.issue(NAME, key.public_key(), **more)
    sealed = BestAvailableEncryption(PASSWORD.encode())
    path, chain = tmp_path / "ours.p12", tmp_path / "stamps.pem"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(None, key, own, [services.signers.certificate], sealed)
    )
    chain.write_bytes(services.stamps.certificate.public_bytes(Encoding.PEM))
    settings.CERTIFICATE_SIGNER, settings.CERTIFICATE_SIGNER_PASSWORD = f"file://{path}", PASSWORD
    settings.CERTIFICATE_TIMESTAMPS = f"{services.address}/stamp"
    settings.CERTIFICATE_TIMESTAMPS_CHAIN = str(chain)
    signers.signer.cache_clear()
    return signers.signer()


@pytest.fixture(scope="module")
def drawn():
    return draw(FACTS)


def signed(drawn, services):
    return signers.signed(drawn, at=services.at, serial=FACTS.serial)


def judged(pdf, services):
    """By what stands in the file alone, as of its time-stamp: a list for every certificate, and nothing is fetched."""
    reader = PdfFileReader(io.BytesIO(pdf))
    (found,) = reader.embedded_signatures
    roots = [
        asn1.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
        for authority in (services.signers, services.stamps)
    ]
    strict = {
        "trust_roots": roots,
        "allow_fetching": False,
        "moment": services.at,
        "revocation_mode": "require",
    }
    return validate_pdf_signature(found, DocumentSecurityStore.read_dss(reader).as_validation_context(strict))


def test_a_stamped_paper_is_valid_from_the_file_alone(drawn, services, signer):
    pdf = signed(drawn, services)
    status = judged(pdf, services)
    assert status.bottom_line
    assert (status.valid, status.intact, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity.timestamp == services.at
    assert (status.timestamp_validity.valid, status.timestamp_validity.trusted) == (True, True)
    assert status.signing_cert.subject.native["common_name"] == NAME


def test_without_the_lists_in_the_file_it_could_not_be_judged(drawn, services, signer):
    """So the check above would fail, were they missing: it asks for a list of each authority."""
    pdf = signed(drawn, services)
    at = pdf.index(b"/CRLs[")
    with_one = pdf[:at] + pdf[at:].replace(
        pdf[at : pdf.index(b"]", at)], b"/CRLs[" + b" " * (pdf.index(b"]", at) - at - 6), 1
    )
    assert len(with_one) == len(pdf)
    assert not judged(with_one, services).trusted


def test_the_page_is_the_one_that_was_drawn(drawn, services, signer):
    pdf = signed(drawn, services)
    assert pdf.startswith(drawn)
    assert words_of(pdf) == words_of(drawn)
    assert read_qr(pdf) == [FACTS.verify_url]
    store = PdfFileReader(io.BytesIO(pdf)).root["/DSS"]
    kept = [one.get_object().data for one in store["/CRLs"]]
    issuers = [asn1crl.CertificateList.load(one).issuer.native["common_name"] for one in kept]
    assert issuers == ["Signers 𠮷", "Stamps"]
    assert len(pdf) - len(drawn) < 16_000


def test_the_portal_s_own_check_knows_it_with_the_stamp(drawn, services, signer):
    pdf = signed(drawn, services)
    chain = (services.stamps.certificate,)
    found = proof.examined(pdf, signers.chains(), chain)
    assert (found.seal, found.signed_by, found.reason) == (Seal.INTACT, NAME, REASON)
    assert (found.stamp.at, found.stamp.name) == (services.at, "Stamp service")
    without = proof.examined(pdf, signers.chains())
    assert (without.seal, without.stamp) == (Seal.INTACT, None)


class Stolen:
    """A stamp that the service gave for something else: the one part that our signature does not cover."""

    def __init__(self, real):
        self.real = real

    def __getattr__(self, named):
        return getattr(self.real, named)

    def stamp(self, _data):
        return self.real.stamp(b"another signature")


def test_a_stamp_of_something_else_or_by_somebody_else_is_noticed(drawn, services, signer):
    stolen = Stolen(timestamps.stamper(signer.certificates, at=services.at))
    forged = signature.signed(drawn, signer, at=services.at, reason=REASON, stamper=stolen)
    ours = (services.stamps.certificate,)
    assert proof.examined(forged, signers.chains(), ours).seal is Seal.ALTERED
    assert not judged(forged, services).bottom_line
    with stamping(services.at) as elsewhere:
        theirs = (elsewhere.stamps.certificate,)
        assert proof.examined(signed(drawn, services), signers.chains(), theirs).seal is Seal.ALTERED


@pytest.mark.parametrize("place", ["the signature", "the store", "the lists"])
def test_whatever_is_changed_is_noticed(drawn, services, signer, place):
    pdf = signed(drawn, services)
    at = {
        "the signature": pdf.index(signature.CONTENTS) + 200,
        "the store": pdf.index(b"/DSS") + 9,
        "the lists": pdf.rindex(b"FlateDecode") + 40,
    }[place]
    changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    assert proof.examined(changed, signers.chains(), (services.stamps.certificate,)).seal in {
        Seal.ALTERED,
        Seal.FOREIGN,
    }


# -- services that fail -----------------------------------------------------------------------------------------------


def test_service_and_lists_are_asked_once_in_an_hour(drawn, services, signer):
    for _time in range(3):
        signed(drawn, services)
    assert sorted(services.asked) == ["/signers.crl", *["/stamp"] * 4, "/stamps.crl"]
    signers.signed(drawn, at=services.at + dt.timedelta(minutes=61), serial=FACTS.serial)
    assert services.asked.count("/signers.crl") == 2


def other_question(services):
    def answer(body):
        asked = services.stamper.request_tsa_response
        changed = tsp.TimeStampReq.load(body)
        changed["nonce"] = 7
        return 200, asked(changed).dump()

    return answer


SPOILT = {
    "refuses": lambda _services: lambda _body: (503, b""),
    "speaks HTML": lambda _services: lambda _body: (200, b"<html>"),
    "answers another question": other_question,
    "is endless": lambda _services: lambda _body: (200, bytes(1_000_100)),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_service_that_gives_no_stamp_makes_no_paper(drawn, services, signer, how):
    services.spoilt["/stamp"] = SPOILT[how](services)
    with pytest.raises(timestamps.Silent):
        signed(drawn, services)


def test_a_service_that_hangs_is_waited_for_briefly(drawn, services, signer, monkeypatch):
    monkeypatch.setattr(timestamps, "SECONDS", 0.2)
    timestamps._pool.cache_clear()
    services.spoilt["/stamp"] = lambda _body: time.sleep(1) or (200, b"")
    begin = time.monotonic()
    with pytest.raises(timestamps.Silent):
        signed(drawn, services)
    assert time.monotonic() - begin < 1
    timestamps._pool.cache_clear()


def test_a_stamp_by_somebody_who_is_not_believed_is_not_taken(drawn, services, signer):
    with stamping(services.at) as elsewhere:
        services.spoilt["/stamp"] = lambda body: (200, elsewhere.stamped(body))
        with pytest.raises(timestamps.Silent):
            signed(drawn, services)


def test_a_service_may_change_its_certificate(drawn, services, signer):
    signed(drawn, services)
    services.new_stamper("Stamp service of a new year")
    with pytest.raises(timestamps.Silent):
        signed(drawn, services)
    pdf = signed(drawn, services)
    assert judged(pdf, services).bottom_line
    found = proof.examined(pdf, signers.chains(), (services.stamps.certificate,))
    assert found.stamp.name == "Stamp service of a new year"


@pytest.mark.parametrize("trouble", ["another's", "old", "no list", "gone"])
def test_without_a_list_of_today_no_paper_is_made(drawn, services, signer, trouble):
    if trouble == "old":
        services.signers.next_update = -dt.timedelta(minutes=1)
    elif trouble == "another's":
        services.spoilt["/signers.crl"] = lambda _body: (200, services.stamps.list())
    else:
        services.spoilt["/signers.crl"] = lambda _body: (404 if trouble == "gone" else 200, b"no list")
    with pytest.raises(timestamps.Silent):
        signed(drawn, services)


def test_a_certificate_that_names_no_list_cannot_be_stamped(drawn, services, settings, tmp_path):
    configured(services, settings, tmp_path, listed=False)
    with pytest.raises(timestamps.Silent, match="names no list"):
        signed(drawn, services)


def test_a_list_that_is_silent_may_be_an_hour_old(drawn, services, signer):
    signed(drawn, services)
    services.spoilt["/signers.crl"] = lambda _body: (503, b"")
    for _time in range(2):
        pdf = signers.signed(drawn, at=services.at + dt.timedelta(minutes=61), serial=FACTS.serial)
    assert services.asked.count("/signers.crl") == 2, "and is asked for once in an hour all the same"
    assert judged(pdf, services).bottom_line
    with pytest.raises(timestamps.Silent):
        signers.signed(drawn, at=services.at + 2 * DAY, serial=FACTS.serial)


def test_a_key_that_was_revoked_signs_nothing(db, drawn, services, signer):
    services.signers.revoked.append(signer.serial)
    with pytest.raises(timestamps.KeyRevoked):
        signed(drawn, services)
    assert signers.trouble_with_stamps(services.at) == "签名密钥的证书已被吊销。"


@pytest.mark.parametrize(
    ("address", "chain"),
    [("ftp://stamps", "kept"), ("http://127.0.0.1:1/", ""), ("http://127.0.0.1:1/", "gone")],
)
def test_settings_that_cannot_be_meant_are_told_at_the_desk(db, services, signer, settings, address, chain):
    settings.CERTIFICATE_TIMESTAMPS = address
    settings.CERTIFICATE_TIMESTAMPS_CHAIN = {"kept": settings.CERTIFICATE_TIMESTAMPS_CHAIN}.get(chain, chain)
    assert signers.trouble_with_stamps(services.at)


# -- the worker -------------------------------------------------------------------------------------------------------


def test_the_worker_waits_for_the_service_and_loses_no_attempt(db, services, signer):
    certificate = issued(at=clock.now())
    services.spoilt["/stamp"] = lambda _body: (503, b"")
    assert tasks.make_due_papers() == 0
    certificate.refresh_from_db()
    assert (certificate.paper_attempts, certificate.pdf_key) == (0, "")
    assert signers.known_trouble(clock.now()) == "时间戳服务或吊销列表没有给出可用的答复。"
    services.spoilt.clear()
    certificate.refresh_from_db()
    assert certificate.paper_due_at
    papers.put_off(certificate, timestamps.Silent("HTTP 503"), at=clock.now())
    certificate.refresh_from_db()
    assert certificate.paper_failure == str(timestamps.NoStamp())
    Certificate.objects.update(paper_due_at=clock.now())
    assert tasks.make_due_papers() == 1
    assert signers.known_trouble(clock.now()) == ""
    certificate.refresh_from_db()
    assert certificate.pdf_key
