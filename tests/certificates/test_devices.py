"""Keys in a device, with SoftHSM 2 for one: a PKCS #11 library that knows nothing of us."""

import base64
import datetime as dt
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pkcs11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from django.urls import reverse
from pkcs11 import TokenFlag
from pyhanko.sign.validation.status import SignatureCoverageLevel

from certificates import selectors, signers, tasks, workflow
from certificates.credentials import badge, did_document, opened
from certificates.models import Certificate
from certificates.paper import draw, proof, signature
from certificates.paper.proof import Seal
from certificates.services import papers
from certificates.signers import devices
from certificates.signers.devices import DeviceSigner, PinRefused
from certificates.signers.place import Place
from tests import factories, packages
from tests.certificates import making
from tests.certificates.credentials import FACTS as BADGE_FACTS
from tests.certificates.credentials import ISSUER, judge
from tests.certificates.test_credential_pages import fetched, verdict
from tests.certificates.test_credentials import served, token_of
from tests.certificates.test_paper import FACTS
from tests.certificates.test_signature import AT, NAME, judged

ROOT = Path(__file__).parents[2]
LIFE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2050, 1, 1, tzinfo=dt.UTC)
PIN, TOKEN = "a PIN of a test", "职训 papers"
URI = "pkcs11:token=%E8%81%8C%E8%AE%AD%20papers;object={label}?module-path={module}"


@dataclass
class Device:
    module: str
    folder: Path

    def uri(self, label):
        return URI.format(label=label, module=self.module)

    def chain(self, label):
        return self.folder / f"{label}.pem"

    def signer(self, label, pin=PIN):
        return DeviceSigner.named(self.uri(label), pin, self.chain(label))

    def takes_away(self):
        (self.folder / "tokens").rename(self.folder / "in a pocket")
        (self.folder / "tokens").mkdir()
        forget()

    def brings_back(self):
        (self.folder / "tokens").rmdir()
        (self.folder / "in a pocket").rename(self.folder / "tokens")


def forget():
    """Ends all sessions behind the signers' backs."""
    for library in devices._here.libraries.values():
        if library.initialized:
            library.finalize()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A token with a key of each kind, and the certificates of a sample authority for them."""
    module = packages.needed("softhsm")
    device = Device(module, tmp_path_factory.mktemp("device"))
    with pytest.MonkeyPatch.context() as patch:
        _configure(patch, device.folder)
        words = [
            "--init-token",
            "--free",
            "--label",
            TOKEN,
            "--pin",
            PIN,
            "--so-pin",
            PIN,
            "--module",
            module,
        ]
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
        token = devices.library_of(module).get_token(token_label=TOKEN)
        with token.open(rw=True, user_pin=PIN) as session:
            _certify(device, "rsa", _pair_of_rsa(session))
            _certify(device, "curve", _pair_of_curve(session))
        forget()
    return device


def _configure(patch, folder):
    (folder / "tokens").mkdir(exist_ok=True)
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))


def _pair_of_rsa(session):
    public, _private = session.generate_keypair(
        pkcs11.KeyType.RSA, 2048, label="rsa", id=b"\x01\xfe", store=True
    )
    exponent, modulus = (
        int.from_bytes(public[part]) for part in (pkcs11.Attribute.PUBLIC_EXPONENT, pkcs11.Attribute.MODULUS)
    )
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def _pair_of_curve(session):
    named = pkcs11.util.ec.encode_named_curve_parameters("secp256r1")
    curve = session.create_domain_parameters(
        pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: named}, local=True
    )
    public, _private = curve.generate_keypair(label="curve", id=b"\x02", store=True)
    return load_der_public_key(pkcs11.util.ec.encode_ec_public_key(public))


def _certify(device, label, public):
    authority = ec.generate_private_key(ec.SECP256R1())
    root = signers.certificate_of("Root", authority, None, authority, LIFE)
    own = signers.certificate_of(NAME, SimpleNamespace(public_key=lambda: public), root, authority, LIFE)
    pem = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in (own, root))
    device.chain(label).write_bytes(pem)


@pytest.fixture
def device(made, tmp_path, monkeypatch):
    """A copy of it, that a test may break."""
    folder = shutil.copytree(made.folder, tmp_path / "device")
    _configure(monkeypatch, folder)
    monkeypatch.setattr(devices, "PAUSE", 0.0)
    yield replace(made, folder=folder)
    forget()
    for kept in (devices._here.keys, devices._here.refused, devices._here.away):
        kept.clear()


@pytest.fixture(params=["rsa", "curve"])
def signer(request, device):
    return device.signer(request.param)


@pytest.fixture(scope="module")
def drawn():
    return draw(FACTS)


# what it signs


def test_a_reader_sees_who_signed_and_that_nothing_changed(drawn, signer):
    pdf = signature.signed(drawn, signer, at=AT, reason="发证")
    _found, status = judged(pdf, signer)
    assert (status.valid, status.intact, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.signing_cert.subject.native["common_name"] == NAME
    assert proof.examined(pdf, [signer.certificates]).seal is Seal.INTACT
    assert proof.examined(pdf[:900] + b"!" + pdf[901:], [signer.certificates]).seal is Seal.ALTERED


def test_rsa_gives_the_same_bytes_each_time(drawn, device):
    first, again = (signature.signed(drawn, device.signer("rsa"), at=AT, reason="发证") for _ in range(2))
    assert first == again


def test_many_signatures_of_a_curve_all_have_their_form(device):
    """Of 256 numbers one begins with eight zero bits: DER drops them, the raw pair of the device does not."""
    signer, by_curve = device.signer("curve"), ec.ECDSA(hashes.SHA256())
    for number in range(300):
        text = str(number).encode()
        signed = signer.sign(text)
        signer.public_key.verify(signed, text, by_curve)
        assert len(signed) <= signer.longest


def test_digital_credentials_pass_a_stranger_s_check(signer):
    token = token_of(badge(ISSUER, BADGE_FACTS), signer)
    pages = served(signer)
    assert judge(ISSUER.did, pages).verify(token)
    assert opened(token, {ISSUER.kid(signer.public_key): signer.public_key}) == badge(ISSUER, BADGE_FACTS)
    assert did_document(ISSUER, [signer.public_key])


def test_a_key_is_found_by_its_id_alone(device):
    uri = f"pkcs11:token={TOKEN};id=%01%FE;type=private?module-path={device.module}"
    DeviceSigner.named(uri, PIN, device.chain("rsa")).reach()


# sessions


def test_a_session_that_has_ended_is_opened_anew_at_once(signer):
    signer.sign(b"1")
    devices._here.keys[signer].session.close()
    assert signer.sign(b"2")
    forget()
    assert signer.sign(b"3")


def test_a_device_that_is_away_is_an_error_of_the_system_and_it_comes_back(device, signer):
    signer.sign(b"1")
    device.takes_away()
    for _attempt in range(2):
        with pytest.raises(OSError, match="token of the signing key is not there"):
            signer.sign(b"2")
    device.brings_back()
    assert signer.sign(b"3")


def test_for_some_seconds_it_is_not_asked_again(device, monkeypatch):
    signer = device.signer("rsa")
    device.takes_away()
    monkeypatch.setattr(devices, "PAUSE", 600)
    with pytest.raises(OSError, match="not there"):
        signer.reach()
    device.brings_back()
    with pytest.raises(OSError, match="not there"):
        signer.sign(b"1")
    devices._here.away.clear()
    assert signer.sign(b"1")


def test_a_library_that_is_not_there_is_said(device):
    uri = f"pkcs11:token=x?module-path={device.folder}/none.so"
    with pytest.raises(OSError, match=r"none\.so"):
        DeviceSigner.named(uri, PIN, device.chain("rsa")).reach()


def test_threads_sign_one_after_another(signer):
    bad = []

    def sign(number):
        for turn in range(20):
            text = f"{number} {turn}".encode()
            try:
                _verified(signer, signer.sign(text), text)
            except Exception as wrong:  # noqa: BLE001 - whatever it is
                bad.append(wrong)

    threads = [threading.Thread(target=sign, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bad == []


def _verified(signer, signed, text):
    if signer.algorithm == "rsa":
        signer.public_key.verify(signed, text, padding.PKCS1v15(), hashes.SHA256())
    else:
        signer.public_key.verify(signed, text, ec.ECDSA(hashes.SHA256()))


FORKING = """
import base64, os, sys
from pathlib import Path
from certificates.signers.devices import DeviceSigner
signer = DeviceSigner.named(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
def tell(who):
    print(who, base64.b64encode(signer.sign(who.encode())).decode(), flush=True)
tell("parent")
if not (child := os.fork()):
    tell("child")
    if not (grandchild := os.fork()):
        tell("grandchild")
        sys.exit()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(grandchild, 0)[1]))
ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
tell("parent again")
sys.exit(ended)
"""


def test_a_child_signs_after_its_parent_did_and_so_does_the_parent_again(signer, device):
    label = signer.place.label
    told = subprocess.run(
        [sys.executable, "-c", FORKING, device.uri(label), PIN, device.chain(label)],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    signatures = dict(line.rsplit(" ", 1) for line in told.stdout.splitlines())
    assert set(signatures) == {"parent", "child", "grandchild", "parent again"}
    for who, signed in signatures.items():
        _verified(signer, base64.b64decode(signed), who.encode())


# settings that are wrong


def test_a_wrong_pin_is_tried_once(device, caplog):
    signer = device.signer("rsa", pin="not the PIN")
    with pytest.raises(PinRefused, match="refuses the PIN: PinIncorrect"):
        signer.reach()
    device.takes_away()
    for _attempt in range(3):
        with pytest.raises(PinRefused, match="not tried again before a restart"):
            signer.sign(b"1")
    assert "not the PIN" not in caplog.text + repr(signer)


REFUSED = """
import os, sys
from pathlib import Path
from certificates.signers.devices import DeviceSigner, PinRefused
signer = DeviceSigner.named(sys.argv[1], "not the PIN", Path(sys.argv[2]))
def tell():
    try:
        signer.reach()
    except PinRefused as refused:
        print(refused, flush=True)
tell()
if os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
tell()
"""


def test_a_child_does_not_try_what_its_parent_was_refused(device):
    words = [sys.executable, "-c", REFUSED, device.uri("rsa"), device.chain("rsa")]
    told = subprocess.run(words, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=True)
    parent, child = told.stdout.splitlines()
    assert "refuses the PIN" in parent
    assert "not tried again" in child
    assert told.stderr == ""


@pytest.mark.parametrize("flag", [TokenFlag.USER_PIN_LOCKED, TokenFlag.USER_PIN_FINAL_TRY])
def test_the_last_try_is_left_to_people(flag):
    """SoftHSM never locks itself, so its flags are not seen here."""
    with pytest.raises(PinRefused):
        devices.must_leave_a_try(flag | TokenFlag.TOKEN_INITIALIZED)
    devices.must_leave_a_try(TokenFlag.USER_PIN_COUNT_LOW)


def test_a_certificate_of_another_key_is_noticed(device):
    _certify(device, "rsa", rsa.generate_private_key(65537, 2048).public_key())
    with pytest.raises(ValueError, match="belongs to another key"):
        device.signer("rsa").sign(b"1")
    _certify(device, "curve", ec.generate_private_key(ec.SECP256R1()).public_key())
    with pytest.raises(ValueError, match="belongs to another key"):
        device.signer("curve").reach()


def test_a_key_that_is_not_there_is_said(device):
    with pytest.raises(ValueError, match="no such private key of kind RSA"):
        DeviceSigner.named(device.uri("none"), PIN, device.chain("rsa")).reach()
    with pytest.raises(ValueError, match="no such private key of kind EC"):
        DeviceSigner.named(device.uri("rsa"), PIN, device.chain("curve")).reach()
    assert device.signer("rsa").sign(b"1"), "what was half open is closed"


def test_other_curves_are_not_for_papers(device):
    _certify(device, "curve", ec.generate_private_key(ec.SECP384R1()).public_key())
    with pytest.raises(ValueError, match="neither RSA nor P-256"):
        device.signer("curve")


# the URI


def test_a_uri_of_rfc_7512_is_read():
    asked = Place.named(
        "pkcs11:token=%E8%81%8C%E8%AE%AD;serial=DECC%20401;manufacturer=A%3BB;model=M;slot-id=0;object=a/b;id=%00%ff"
        "?module-path=/usr/lib/a%20b.so"
    )
    token = (("label", "职训"), ("serial", b"DECC 401"), ("manufacturer_id", "A;B"), ("model", "M"))
    assert asked == Place("/usr/lib/a b.so", token, 0, "a/b", b"\x00\xff")


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("pkcs11:token=a?module-path=/a.so&pin-value=31415926", "no PIN belongs in a URI"),
        ("pkcs11:token=a?pin-source=file:/31415926&module-path=/a.so", "no PIN belongs in a URI"),
        ("pkcs11:token=a;library-version=31415926?module-path=/a.so", "cannot follow library-version"),
        ("pkcs11:token=a?module-name=31415926", "cannot follow module-name"),
        ("pkcs11:token=a;token=31415926?module-path=/a.so", "each once"),
        ("pkcs11:31415926?module-path=/a.so", "each once"),
        ("pkcs11:type=31415926?module-path=/a.so", "type=private"),
        ("pkcs11:slot-id=x31415926?module-path=/a.so", "slot-id is a number"),
        ("pkcs11:token=%FF31415926?module-path=/a.so", "not UTF-8"),
        ("pkcs11:token=a?module-path=31415926.so", "full path"),
        ("pkcs11:token=a", "full path"),
        ("pkcs12:token=31415926", "begins with pkcs11:"),
    ],
)
def test_what_cannot_be_followed_is_refused_without_its_value(uri, why):
    with pytest.raises(ValueError, match=why) as refused:
        Place.named(uri)
    assert "31415926" not in str(refused.value)


# the portal


@pytest.fixture
def portal(settings, device, request):
    """Signs with the device."""
    settings.CERTIFICATE_SIGNER, settings.CERTIFICATE_SIGNER_PASSWORD = device.uri("rsa"), PIN
    settings.CERTIFICATE_SIGNER_CHAIN = str(device.chain("rsa"))
    settings.SITE_URL = "https://zhixun.example.cn"
    signers.signer.cache_clear()
    yield device
    signers.signer.cache_clear()


@pytest.mark.django_db
def test_papers_and_credentials_of_the_portal(portal, client):
    certificate = making.issued(at=AT)
    assert tasks.make_due_papers() == 1
    certificate.refresh_from_db()
    pdf = selectors.pdf_of(certificate, at=AT)
    assert proof.examined(pdf, signers.chains()).seal is Seal.INTACT
    assert judged(pdf, signers.signer())[1].bottom_line
    found = verdict(client, fetched(client, certificate))
    assert not isinstance(found, str), found


@pytest.mark.django_db
def test_while_the_device_is_away_papers_wait_lose_no_attempt_and_can_be_checked(portal, client):
    first = making.issued(at=AT)
    assert tasks.make_due_papers() == 1
    pdf = selectors.pdf_of(Certificate.objects.get(pk=first.pk), at=AT)
    second = making.issued(at=AT)
    portal.takes_away()
    devices._here.keys.clear()
    assert tasks.make_due_papers() == 0
    waiting = Certificate.objects.get(pk=second.pk)
    assert (waiting.state, waiting.paper_attempts, waiting.pdf_key) == (workflow.ISSUED, 0, "")
    assert signers.trouble(AT) == "无法读取签名密钥。"
    assert proof.examined(pdf, signers.chains()).seal is Seal.INTACT
    factories.sign_in(client, second.user)
    assert client.get(reverse("certificates:pdf", args=[second.serial])).status_code == 503
    assert client.get(reverse("certificates:credential-file", args=[second.serial])).status_code == 409
    client.logout()
    assert client.get("/issuers/520000/did.json").status_code == 200
    portal.brings_back()
    assert tasks.make_due_papers() == 1
    assert Certificate.objects.get(pk=second.pk).pdf_key


@pytest.mark.django_db
def test_taken_away_in_the_middle_of_a_round_a_paper_is_put_off_with_the_reason(portal):
    certificate = making.issued(at=AT)
    signers.ready(AT)
    (taken,) = papers.take_up(at=AT, most=5)
    portal.takes_away()
    assert not tasks._make(taken)
    put_off = Certificate.objects.get(pk=certificate.pk)
    assert put_off.paper_failure == "OSError: the token of the signing key is not there"
    assert put_off.paper_due_at > AT
    portal.brings_back()
    Certificate.objects.update(paper_due_at=AT)
    assert tasks.make_due_papers() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["credential-file", "credential", "status list"])
def test_taken_away_between_asking_and_signing_a_page_says_so(portal, client, monkeypatch, where):
    certificate = making.issued(at=AT)
    signers.ready(AT)
    portal.takes_away()
    if where == "status list":
        year, number = certificate.serial[6:10], 0
        answer = client.get(f"/issuers/520000/status/{year}/{number}")
        assert answer.status_code == 503
    else:
        factories.sign_in(client, certificate.user)
        answer = client.get(reverse(f"certificates:{where}", args=[certificate.serial]))
        assert answer.status_code == 409
    assert "无法读取签名密钥" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong", ["pin", "pin in the URI", "no such key", "no chain", "empty chain", "another key"]
)
def test_wrong_settings_are_a_sentence_for_the_desk_and_the_detail_is_in_the_log(
    portal, settings, caplog, wrong
):
    if wrong == "pin":
        settings.CERTIFICATE_SIGNER_PASSWORD = "31415926"
    elif wrong == "pin in the URI":
        settings.CERTIFICATE_SIGNER += "&pin-value=31415926"
    elif wrong == "no such key":
        settings.CERTIFICATE_SIGNER = portal.uri("none")
    elif wrong == "no chain":
        settings.CERTIFICATE_SIGNER_CHAIN = "/none.pem"
    elif wrong == "empty chain":
        portal.chain("rsa").write_text("")
    else:
        _certify(portal, "rsa", rsa.generate_private_key(65537, 2048).public_key())
    assert signers.trouble(AT) == "无法读取签名密钥。"
    with pytest.raises(signers.KeyUnreadable):
        signers.ready(AT)
    assert "CERTIFICATE_SIGNER cannot be used" in caplog.text
    assert "31415926" not in caplog.text
    assert PIN not in caplog.text
