"""Digital credentials and their status lists, judged by libraries that have no part in making them."""

import csv
import datetime as dt
import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import jwt
import openbadgeslib
import pytest
from jsonschema import Draft201909Validator
from openbadgeslib.ob3 import OB3VerificationError
from openbadgeslib.ob3.status import decode_encoded_list, set_indices

from certificates.credentials import (
    LIST_LENGTH,
    Altered,
    Issuer,
    NotACredential,
    UnknownKey,
    badge,
    did_document,
    opened,
    place_of,
    secured,
    status_list,
)
from tests.certificates.credentials import AT, FACTS, ISSUER, curve_key, facts, judge, rsa_key

DATA = Path(__file__).parent.parent / "data"
RARE = [
    row["full_name"]
    for row in csv.DictReader((DATA / "names.csv").read_text(encoding="utf-8").splitlines())
    if row["has_supplementary_plane"] == "yes" or "·" in row["full_name"]
]
SCHEMA = Draft201909Validator(
    json.loads((DATA / "open_badges/ob_v3p0_achievementcredential_schema.json").read_text()),
    format_checker=Draft201909Validator.FORMAT_CHECKER,
)
CONTEXTS = Path(openbadgeslib.__file__).parent / "ob3/contexts"


@pytest.fixture(scope="module")
def curve():
    return curve_key()


@pytest.fixture(scope="module", params=[curve_key, rsa_key], ids=["curve", "rsa"])
def key(request):
    return request.param()


def token_of(document, key, issuer=ISSUER):
    return secured(document, by=key, kid=issuer.kid(key.public_key))


def served(*keys, lists=(), issuer=ISSUER):
    """What the portal would answer to a stranger's verifier: the DID document, and status lists."""
    document = json.dumps(did_document(issuer, [key.public_key for key in keys])).encode()
    return {f"{issuer.site}/issuers/{issuer.province}/did.json": document} | {
        made["id"]: token_of(made, keys[0], issuer).encode() for made in lists
    }


def list_of(*bits, number=0, at=None):
    return status_list(ISSUER, year=2026, number=number, bits=bits, at=at or dt.datetime.now(dt.UTC))


def parts(token):
    return [urlsafe_b64decode(part + "==") for part in token.split(".")]


# the credential


def test_a_stranger_s_verifier_accepts_it_and_reads_what_it_says(key):
    token = token_of(badge(ISSUER, FACTS), key)
    pages = served(key, lists=[list_of(5)])
    found = judge(ISSUER.did, pages).verify(token, check_status=True, download=pages.__getitem__)
    assert found.issuer.id == "did:web:zhixun.example.cn:issuers:520000"
    assert found.achievement.name == "焊工（四级 / 中级工）"
    assert found.issuance_date == AT.replace(microsecond=0)


def test_another_jose_library_accepts_it_too(key):
    token = token_of(badge(ISSUER, FACTS), key)
    (method,) = did_document(ISSUER, [key.public_key])["verificationMethod"]
    known = jwt.PyJWK(method["publicKeyJwk"], algorithm="RS256" if key.algorithm == "rsa" else "ES256")
    assert jwt.decode(token, known, algorithms=[known.algorithm_name]) == badge(ISSUER, FACTS)
    assert jwt.get_unverified_header(token) == {
        "alg": known.algorithm_name,
        "typ": "vc+jwt",
        "cty": "vc",
        "kid": method["id"],
    }


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"exam": None},
        {"level": None, "kind": "special", "subject": "焊工"},
        {"occupation_code": "", "kind": "completion", "course_title_en": ""},
        {"sample": False},
    ],
    ids=["whole", "no exam", "no level", "no occupation", "no sample"],
)
def test_it_keeps_to_the_official_schema(changed):
    assert [str(error) for error in SCHEMA.iter_errors(badge(ISSUER, facts(**changed)))] == []


def test_the_schema_would_notice():
    said = badge(ISSUER, FACTS)
    del said["credentialSubject"]["achievement"]["criteria"]
    assert [error.message for error in SCHEMA.iter_errors(said)] == ["'criteria' is a required property"]


def test_every_word_of_it_is_defined_by_the_contexts_it_names():
    """A term that no context defines would fall out of the credential as linked data (VCDM 2.0, section 5.2)."""
    names = ["credentials-v2.json", "ob-v3p0-context-3.0.3.json", "ob-v3p0-extensions.json"]
    contexts = [json.loads((CONTEXTS / name).read_text())["@context"] for name in names]
    assert list(_undefined(badge(ISSUER, FACTS) | {"mood": "glad"}, contexts)) == ["mood"]
    assert list(_undefined(list_of(1), contexts)) == []


def _undefined(node, contexts):
    """Keys, depth first, that neither the contexts nor the type's own context has."""
    if isinstance(node, list):
        for each in node:
            yield from _undefined(each, contexts)
    if not isinstance(node, dict):
        return
    types = node.get("type", [])
    scoped = [
        context[kind]["@context"]
        for kind in ([types] if isinstance(types, str) else types)
        for context in contexts
        if isinstance(context.get(kind), dict) and "@context" in context[kind]
    ]
    known = set().union(*contexts, *scoped) | {"@context"}
    yield from (word for word in node if word not in known)
    for word, value in node.items():
        if word != "@context":
            yield from _undefined(value, contexts)


def test_the_name_stands_in_it_and_no_number_of_the_person(curve):
    said = badge(ISSUER, FACTS)
    (identity,) = said["credentialSubject"]["identifier"]
    assert identity == {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "欧阳若曦",
        "identityType": "name",
    }
    assert said["credentialSubject"]["id"] != badge(ISSUER, facts(uid=curve_uid()))["credentialSubject"]["id"]


def curve_uid():
    return FACTS.uid.__class__(int=FACTS.uid.int + 1)


@pytest.mark.parametrize("name", RARE)
def test_rare_names_come_through(curve, name):
    token = token_of(badge(ISSUER, facts(holder_name=name)), curve)
    told = opened(token, {ISSUER.kid(curve.public_key): curve.public_key})
    assert told["credentialSubject"]["identifier"][0]["identityHash"] == name


def test_the_same_facts_and_key_make_the_same_bytes(key):
    assert token_of(badge(ISSUER, FACTS), key) == token_of(badge(ISSUER, FACTS), key)


# who signed


def test_the_kid_is_the_thumbprint_of_rfc_7638(curve):
    (method,) = did_document(ISSUER, [curve.public_key])["verificationMethod"]
    jwk = method["publicKeyJwk"]
    assert set(jwk) <= {"kty", "crv", "x", "y", "kid"}
    assert method["id"].startswith("did:web:zhixun.example.cn:issuers:520000#")
    assert method["id"].split("#")[1] == jwt_thumbprint(jwk)


def jwt_thumbprint(jwk):
    """By hand, as RFC 7638 section 3 has it."""
    text = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("site", "did"),
    [
        ("https://zhixun.example.cn", "did:web:zhixun.example.cn:issuers:520000"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000:issuers:520000"),
        ("https://example.cn/zhixun", "did:web:example.cn:zhixun:issuers:520000"),
    ],
)
def test_the_did_is_the_address_of_its_document(site, did):
    assert Issuer(site=site, province="520000").did == did


def test_after_a_change_of_key_earlier_credentials_stay_good(curve):
    new = rsa_key()
    before = token_of(badge(ISSUER, FACTS), curve)
    pages = served(new, curve, lists=[list_of(5)])
    found = judge(ISSUER.did, pages).verify(before, check_status=True, download=pages.__getitem__)
    assert found.achievement.name == "焊工（四级 / 中级工）"
    with pytest.raises(OB3VerificationError, match="no verificationMethod"):
        judge(ISSUER.did, served(new)).verify(before)


def test_a_province_cannot_speak_for_another(curve):
    other = Issuer(site=ISSUER.site, province="430000", name="湖南")
    token = token_of(badge(other, FACTS), curve, other)
    with pytest.raises(OB3VerificationError, match="different DID"):
        judge(ISSUER.did, served(curve)).verify(token)


def test_one_changed_letter_is_noticed(key):
    token = token_of(badge(ISSUER, FACTS), key)
    head, _body, signature = token.split(".")
    said = parts(token)[1].replace("欧阳若曦".encode(), "欧阳若熹".encode())
    forged = f"{head}.{urlsafe_b64encode(said).rstrip(b'=').decode()}.{signature}"
    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        judge(ISSUER.did, served(key)).verify(forged)
    with pytest.raises(Altered):
        opened(forged, {ISSUER.kid(key.public_key): key.public_key})


# opening what a stranger hands in


def test_what_we_signed_opens(key):
    token = token_of(badge(ISSUER, FACTS), key)
    assert opened(f"\n{token} ", {ISSUER.kid(key.public_key): key.public_key}) == badge(ISSUER, FACTS)


def test_a_key_that_is_not_ours_is_named_as_such(curve):
    token = token_of(badge(ISSUER, FACTS), rsa_key())
    with pytest.raises(UnknownKey):
        opened(token, {ISSUER.kid(curve.public_key): curve.public_key})


def test_our_name_on_another_s_signature_is_noticed(curve):
    token = secured(badge(ISSUER, FACTS), by=curve_key(), kid=ISSUER.kid(curve.public_key))
    with pytest.raises(Altered):
        opened(token, {ISSUER.kid(curve.public_key): curve.public_key})


def test_one_issuer_cannot_speak_for_another(curve):
    other = Issuer(site=ISSUER.site, province="430000")
    token = secured(badge(other, FACTS), by=curve, kid=ISSUER.kid(curve.public_key))
    with pytest.raises(NotACredential):
        opened(token, {ISSUER.kid(curve.public_key): curve.public_key})


def _with_header(token, **changed):
    _head, body, signature = token.split(".")
    header = {**json.loads(parts(token)[0]), **changed}
    return f"{urlsafe_b64encode(json.dumps(header).encode()).rstrip(b'=').decode()}.{body}.{signature}"


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda token: "",
        lambda token: "你好",
        lambda token: "a.b",
        lambda token: "a.b.c",
        lambda token: "\x00.\ud800.c",
        lambda token: token.rsplit(".", 1)[0],
        lambda token: token * 40,
        lambda token: _with_header(token, typ="JWT"),
        lambda token: _with_header(token, alg=["ES256"]),
        lambda token: _with_header(token, kid={"a": 1}),
        lambda token: f"{token.split('.')[0]}.{urlsafe_b64encode(b'[1]').decode()}.AA",
        lambda token: f"{token.split('.')[0]}.{urlsafe_b64encode(b'[' * 20_000).decode()}.AA",
    ],
)
def test_what_is_no_credential_is_told_apart(curve, spoiled):
    token = token_of(badge(ISSUER, FACTS), curve)
    with pytest.raises((NotACredential, UnknownKey)):
        opened(spoiled(token), {ISSUER.kid(curve.public_key): curve.public_key})


@pytest.mark.parametrize(
    "changed", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256"}, {"crit": ["b64"], "b64": False}]
)
def test_no_weaker_algorithm_is_taken(curve, changed):
    token = _with_header(token_of(badge(ISSUER, FACTS), curve), **changed)
    with pytest.raises((Altered, NotACredential)):
        opened(token, {ISSUER.kid(curve.public_key): curve.public_key})


# the status list


def test_a_set_bit_is_read_as_revoked_and_its_neighbours_are_not(key):
    verdicts = {}
    for number in (122, 123, 124):
        pages = served(key, lists=[list_of(122)])  # bit 122 is number 123
        token = token_of(badge(ISSUER, facts(number=number)), key)
        try:
            judge(ISSUER.did, pages).verify(token, check_status=True, download=pages.__getitem__)
        except OB3VerificationError as broken:
            verdicts[number] = str(broken)
        else:
            verdicts[number] = "good"
    assert verdicts[122] == verdicts[124] == "good"
    assert "'revocation' is set at index 122" in verdicts[123]


def test_a_list_signed_by_somebody_else_is_noticed(curve):
    pages = served(curve, lists=[list_of()])
    forged = list_of()
    pages[forged["id"]] = token_of(forged, curve_key()).encode()
    with pytest.raises(OB3VerificationError, match="proof is invalid"):
        judge(ISSUER.did, pages).verify(
            token_of(badge(ISSUER, FACTS), curve), check_status=True, download=pages.__getitem__
        )


def test_an_old_list_is_not_believed(curve):
    pages = served(curve, lists=[list_of(at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=8))])
    with pytest.raises(OB3VerificationError, match="expired"):
        judge(ISSUER.did, pages).verify(
            token_of(badge(ISSUER, FACTS), curve), check_status=True, download=pages.__getitem__
        )


@pytest.mark.parametrize(
    ("number", "place"),
    [(1, (0, 0)), (131_072, (0, 131_071)), (131_073, (1, 0)), (9_999_999, (76, 38_526))],
)
def test_each_number_has_its_bit(number, place):
    assert place_of(number) == place
    assert place[0] * LIST_LENGTH + place[1] + 1 == number


def test_the_list_has_the_least_length_of_the_standard_and_the_first_bit_is_leftmost():
    bits = decode_encoded_list(list_of(0, 9, 131_071)["credentialSubject"]["encodedList"])
    assert len(bits) == 16 * 1024
    assert (bits[0], bits[1], bits[-1]) == (0b1000_0000, 0b0100_0000, 0b0000_0001)
    assert set_indices(bits) == {0, 9, 131_071}


@pytest.mark.parametrize("bit", [-1, LIST_LENGTH])
def test_a_bit_outside_is_refused(bit):
    with pytest.raises(ValueError, match="not in a list"):
        list_of(bit)


def test_the_list_stays_the_same_for_an_hour_and_says_when_to_ask_again():
    early = dt.datetime(2026, 6, 9, 2, 0, 1, tzinfo=dt.UTC)
    assert list_of(7, at=early) == list_of(7, at=early + dt.timedelta(minutes=59))
    assert list_of(7, at=early) != list_of(7, at=early + dt.timedelta(minutes=60))
    made = list_of(7, at=early)
    assert (made["validFrom"], made["validUntil"]) == ("2026-06-09T02:00:00Z", "2026-06-09T08:00:00Z")
    assert made["credentialSubject"]["ttl"] == 60_000
