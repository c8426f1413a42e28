"""The holder's file and what the portal tells strangers, followed by a verifier that knows nothing but the DID."""

import datetime as dt
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openbadgeslib.ob3 import OB3VerificationError

from certificates import selectors, signers, workflow
from certificates.credentials import Altered, NotACredential, Refused, UnknownKey
from certificates.models import Certificate, SerialCounter
from tests import factories
from tests.certificates import making
from tests.certificates.credentials import judge

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer_file(settings, tmp_path):
    """Signs with another file from now on; gives where to put it."""
    settings.CERTIFICATE_SIGNER = f"file://{tmp_path}/signer.p12"
    _forget()
    yield tmp_path / "signer.p12"
    _forget()


def _forget():
    signers.signer.cache_clear()
    signers._earlier.cache_clear()


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://zhixun.example.cn"


class Served:
    """The portal's own answers, as a verifier fetches them over the network."""

    def __init__(self, client):
        self.client, self.asked = client, []

    def __getitem__(self, address):
        self.asked.append(address)
        answer = self.client.get(address.removeprefix("https://zhixun.example.cn"))
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.content


def fetched(client, certificate):
    factories.sign_in(client, certificate.user)
    answer = client.get(reverse("certificates:credential-file", args=[certificate.serial]))
    assert answer.status_code == 200
    client.logout()
    return answer.content.decode()


def verdict(client, token, code="520000"):
    served = Served(client)
    did = f"did:web:zhixun.example.cn:issuers:{code}"
    try:
        return judge(did, served).verify(token, check_status=True, download=served.__getitem__)
    except OB3VerificationError as broken:
        return str(broken)


def test_the_holder_s_file_passes_a_stranger_s_check(client):
    certificate = making.issued(name="龙𠮷·买买提")
    token = fetched(client, certificate)
    found = verdict(client, token)
    assert found.achievement.name == "焊工（四级 / 中级工）"
    (identity,) = selectors.checked_credential(token).document["credentialSubject"]["identifier"]
    assert identity["identityHash"] == "龙𠮷·买买提"


def test_it_says_what_the_certificate_stands_on(client):
    certificate = making.issued()
    said = selectors.checked_credential(fetched(client, certificate)).document
    subject = said["credentialSubject"]
    assert said["id"] == f"urn:uuid:{certificate.uid}"
    assert said["evidence"][0]["id"] == f"https://zhixun.example.cn/verify/{certificate.code}/"
    assert [(row["resultDescription"].split("-")[-1], row["value"]) for row in subject["result"]] == [
        ("hours", "3"),
        ("exam", "85"),
    ]
    assert [row["targetCode"] for row in subject["achievement"]["alignment"]] == ["6-18-02-04", "4"]
    assert certificate.user.phone not in json.dumps(said)
    assert certificate.paper_facts().holder_number not in json.dumps(said)


def test_the_answer_is_a_file_that_no_cache_keeps(client):
    certificate = making.issued()
    factories.sign_in(client, certificate.user)
    answer = client.get(reverse("certificates:credential-file", args=[certificate.serial]))
    assert answer["Content-Type"] == "application/vc+jwt"
    assert answer["Content-Disposition"] == f'attachment; filename="{certificate.serial}.jwt"'
    assert "no-store" in answer["Cache-Control"]


def test_the_page_shows_what_the_file_says(client):
    certificate = making.issued()
    factories.sign_in(client, certificate.user)
    page = client.get(reverse("certificates:credential", args=[certificate.serial])).content.decode()
    assert "did:web:zhixun.example.cn:issuers:520000" in page
    assert reverse("certificates:credential-file", args=[certificate.serial]) in page
    paper = client.get(reverse("certificates:certificate", args=[certificate.serial])).content.decode()
    assert reverse("certificates:credential", args=[certificate.serial]) in paper


@pytest.mark.parametrize(
    "name", ["certificates:credential", "certificates:credential-file", "api-credential"]
)
def test_of_somebody_else_there_is_none(client, name):
    certificate = making.issued()
    factories.sign_in(client, factories.learner("李莲花"))
    assert client.get(reverse(name, args=[certificate.serial])).status_code == 404


def test_the_api_gives_the_same_file(client):
    certificate = making.issued()
    token = fetched(client, certificate)
    factories.sign_in(client, certificate.user)
    answer = client.get(reverse("api-credential", args=[certificate.serial])).json()
    assert answer["credential"] == token
    assert answer["document"]["id"] == f"urn:uuid:{certificate.uid}"


# revoked and replaced


def test_the_list_flips_when_it_is_revoked_and_only_for_that_one(client, at):
    first, second = making.issued(), making.issued()
    tokens = [fetched(client, certificate) for certificate in (first, second)]
    address = status_address(first)
    before = client.get(address)
    making.revoked(first, at=at)
    after = client.get(address)
    assert before["ETag"] != after["ETag"]
    assert "'revocation' is set at index 0" in verdict(client, tokens[0])
    assert verdict(client, tokens[1]).achievement.name == "焊工（四级 / 中级工）"


def test_a_replaced_one_counts_as_revoked_and_the_new_one_is_good(client, at):
    first = making.issued()
    token = fetched(client, first)
    new = making.decided(making.revoked(first, at=at), "replace", at=at)
    assert "'revocation' is set at index 0" in verdict(client, token)
    assert verdict(client, fetched(client, new)).achievement.name == "焊工（四级 / 中级工）"


@pytest.mark.parametrize(
    "name", ["certificates:credential", "certificates:credential-file", "api-credential"]
)
def test_what_no_longer_counts_is_handed_out_no_more(client, at, name):
    certificate = making.issued()
    making.revoked(certificate, at=at)
    factories.sign_in(client, certificate.user)
    answer = client.get(reverse(name, args=[certificate.serial]))
    assert answer.status_code == 409
    assert "不再有效" in answer.content.decode() or "不再有效" in json.loads(answer.content)["detail"]
    page = client.get(reverse("certificates:certificate", args=[certificate.serial])).content.decode()
    assert reverse("certificates:credential", args=[certificate.serial]) not in page


def status_address(certificate, number=0):
    year = int(certificate.serial[6:10])
    return reverse("certificates:status-list", args=[certificate.province_id, year, number])


def test_the_list_is_two_statements_however_many_are_revoked(client, at):
    made = [making.issued() for _turn in range(4)]
    address = status_address(made[0])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for certificate in made[:3]:
        making.revoked(certificate, at=at)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many) == 2


def test_a_small_index_answers_which_no_longer_count():
    rows = Certificate.objects.gone().filter(serial__range=("ZX-52-2026-0000001", "ZX-52-2026-0131072"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "certificate_gone" in rows.order_by().values_list("serial").explain()


def test_numbers_beyond_a_list_stand_in_the_next_one(client, at):
    SerialCounter.objects.create(province_id="520000", year=at.year, last=131_072)
    certificate = making.issued(at=at)
    assert certificate.serial.endswith("-0131073")
    token = fetched(client, certificate)
    making.revoked(certificate, at=at)
    assert "index 0 in https://zhixun.example.cn/issuers/520000/status/" in verdict(client, token)
    assert verdict(client, token).endswith(f"/status/{at.year}/1")


# what strangers are told


def test_caches_may_keep_a_list_for_a_minute_and_any_page_may_read_it(client):
    address = status_address(making.issued())
    answer = client.get(address)
    assert answer["Content-Type"] == "application/vc+jwt"
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"


def test_the_document_of_a_province_names_its_key(client):
    answer = client.get("/issuers/520000/did.json")
    assert answer["Content-Type"] == "application/did+json"
    assert answer["Cache-Control"] == "public, max-age=300"
    document = answer.json()
    assert document["id"] == "did:web:zhixun.example.cn:issuers:520000"
    assert document["assertionMethod"] == [document["verificationMethod"][0]["id"]]
    assert "d" not in document["verificationMethod"][0]["publicKeyJwk"]


def test_two_provinces_have_two_names_and_one_does_not_answer_for_the_other(client):
    here, there = making.issued(), making.issued(code="430000")
    tokens = fetched(client, here), fetched(client, there)
    assert verdict(client, tokens[0], "520000").issuer.id.endswith(":520000")
    assert verdict(client, tokens[1], "430000").issuer.id.endswith(":430000")
    assert "different DID" in verdict(client, tokens[0], "430000")


@pytest.mark.parametrize(
    "address",
    [
        "/issuers/999999/did.json",
        "/issuers/52/did.json",
        "/issuers/%00/did.json",
        "/issuers/520000/status/2019/0",
        "/issuers/520000/status/2026/1",
        "/issuers/520000/status/2026/77",
        "/issuers/520000/status/2026/-1",
        "/issuers/520000/status/99999999999999999999/0",
        "/issuers/520000/status/2026/99999999999999999999",
        "/issuers/999999/status/2026/0",
        "/issuers/%00/status/2026/0",
    ],
)
def test_unknown_issuers_years_and_lists_are_not_there(client, address):
    making.issued()
    assert client.get(address).status_code == 404


# keys


def _keep(signer, folder, name):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(signer.certificates[0].public_bytes(Encoding.PEM))


def test_after_a_change_of_key_earlier_files_pass_while_its_certificate_is_kept(
    client, settings, signer_file, tmp_path
):
    certificate = making.issued()
    token = fetched(client, certificate)
    old = signers.signer()
    signer_file.unlink()
    _forget()
    assert "no verificationMethod" in verdict(client, token)
    with pytest.raises(UnknownKey):
        selectors.checked_credential(token)
    settings.CERTIFICATE_SIGNERS_EARLIER = str(tmp_path / "earlier")
    _keep(old, tmp_path / "earlier", "2026.pem")
    _forget()
    assert verdict(client, token).achievement.name == "焊工（四级 / 中级工）"
    assert verdict(client, fetched(client, certificate)).achievement.name == "焊工（四级 / 中级工）"
    assert selectors.checked_credential(token).answer.state == workflow.ISSUED
    assert len(client.get("/issuers/520000/did.json").json()["verificationMethod"]) == 2


@pytest.mark.parametrize("wrong", ["no folder", "no certificate"])
def test_a_folder_that_cannot_be_read_is_said_and_not_passed_over(
    client, settings, tmp_path, signer_file, wrong
):
    settings.CERTIFICATE_SIGNERS_EARLIER = str(tmp_path / "earlier")
    if wrong == "no certificate":
        (tmp_path / "earlier").mkdir()
        (tmp_path / "earlier" / "2026.pem").write_text("no certificate")
    answer = client.get("/issuers/520000/did.json")
    assert (answer.status_code, answer.content.decode()) == (503, "无法读取签名密钥。")


@pytest.mark.parametrize(
    "name", ["certificates:credential", "certificates:credential-file", "api-credential"]
)
def test_an_ended_key_gives_a_sentence(client, settings, signer_file, name):
    certificate = making.issued()
    ended = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    signers.make_sample(signer_file, settings.CERTIFICATE_SIGNER_PASSWORD, life=ended)
    factories.sign_in(client, certificate.user)
    answer = client.get(reverse(name, args=[certificate.serial]))
    assert answer.status_code == 409
    assert str(signers.KeyNotValid.message) in (
        answer.json()["detail"] if name == "api-credential" else answer.content.decode()
    )


def test_lists_go_on_after_the_end_of_the_key_s_certificate(client, settings, signer_file, at):
    certificate = making.issued()
    token = fetched(client, certificate)
    old = signers.signer()
    ended = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    signers.make_sample(signer_file.with_name("other.p12"), settings.CERTIFICATE_SIGNER_PASSWORD, life=ended)
    settings.CERTIFICATE_SIGNER = f"file://{signer_file.with_name('other.p12')}"
    settings.CERTIFICATE_SIGNERS_EARLIER = str(signer_file.parent / "earlier")
    _keep(old, signer_file.parent / "earlier", "2026.pem")
    _forget()
    making.revoked(certificate, at=at)
    assert "'revocation' is set" in verdict(client, token)


@pytest.mark.parametrize(
    "name", ["certificates:credential-file", "certificates:issuer", "certificates:status-list"]
)
def test_a_key_that_cannot_be_read_gives_a_sentence(client, signer_file, name):
    certificate = making.issued()
    signer_file.write_bytes(b"no key")
    _forget()
    factories.sign_in(client, certificate.user)
    args = {
        "certificates:credential-file": [certificate.serial],
        "certificates:issuer": ["520000"],
        "certificates:status-list": ["520000", int(certificate.serial[6:10]), 0],
    }[name]
    answer = client.get(reverse(name, args=args))
    assert answer.status_code in (409, 503)
    assert "无法读取签名密钥。" in answer.content.decode()


# a file that somebody was shown


def test_a_checked_file_says_how_its_certificate_stands_now(client, at):
    certificate = making.issued()
    token = fetched(client, certificate)
    assert selectors.checked_credential(token).answer.state == "issued"
    making.revoked(certificate, at=at)
    assert selectors.checked_credential(token).answer.state == "revoked"


def test_an_edited_file_is_noticed(client):
    head, body, signature = fetched(client, making.issued()).split(".")
    said = urlsafe_b64decode(body + "==").replace(b'"3"', b'"9"')
    with pytest.raises(Altered):
        selectors.checked_credential(f"{head}.{urlsafe_b64encode(said).rstrip(b'=').decode()}.{signature}")


def test_a_status_list_is_no_certificate(client):
    token = client.get(status_address(making.issued())).content.decode()
    with pytest.raises(NotACredential):
        selectors.checked_credential(token)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "\x00", "𠮷.𠮷.𠮷"])
def test_anything_else_is_refused(text):
    with pytest.raises(Refused):
        selectors.checked_credential(text)
