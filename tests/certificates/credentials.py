"""Keys, facts and an independent judge for the tests of digital credentials."""

import datetime as dt
import uuid
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from openbadgeslib.ob3 import OB3Verifier

from certificates import signers
from certificates.credentials import BadgeFacts, Exam, Issuer
from certificates.signers import FileSigner

AT = dt.datetime(2026, 6, 9, 2, 30, 15, 999, tzinfo=dt.UTC)
LIFE = AT - dt.timedelta(days=1), AT + dt.timedelta(days=9)
ISSUER = Issuer(site="https://zhixun.example.cn", province="520000", name="贵州省职业技能培训管理机构")
FACTS = BadgeFacts(
    uid=uuid.UUID("7d9f1b1e-5d0c-4a4e-9d55-0a8a3c1f2b44"),
    serial="ZX-52-2026-0000123",
    year=2026,
    number=123,
    verify_url="https://zhixun.example.cn/verify/0123456789ABCDEFGHJKMNPQRSTV/",
    kind="level",
    title="职业技能培训合格证书",
    title_en="Certificate of Vocational Training",
    holder_name="欧阳若曦",
    subject="焊工（四级 / 中级工）",
    course_code="T-000123",
    course_version="2",
    course_url="https://zhixun.example.cn/courses/T-000123/",
    course_title="焊工入门：平角焊与安全操作",
    course_title_en="Entry welding: flat fillet welds and safe working",
    occupation_code="6-18-02-04",
    occupation_name="焊工",
    occupation_edition="2022",
    occupation_url="https://zhixun.example.cn/courses/?occupation=6-18-02-04",
    level=4,
    level_name="四级 / 中级工",
    hours="80.5",
    course_hours="80",
    started_on=dt.date(2026, 2, 14),
    completed_on=dt.date(2026, 6, 8),
    issued_at=AT,
    provider="贵州黔工职业培训学校",
    exam=Exam(percent=86, needed=60),
    sample=True,
)


def curve_key() -> FileSigner:
    return _signer(ec.generate_private_key(ec.SECP256R1()))


def rsa_key() -> FileSigner:
    return _signer(rsa.generate_private_key(65537, 2048))


def _signer(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> FileSigner:
    authority = ec.generate_private_key(ec.SECP256R1())
    root = signers.certificate_of("Root", authority, None, authority, LIFE)
    return FileSigner(key, (signers.certificate_of("Tests", key, root, authority, LIFE), root))


def facts(**changed) -> BadgeFacts:
    return replace(FACTS, **changed)


def judge(did: str, served: dict[str, bytes]) -> OB3Verifier:
    """A verifier that knows nothing but the DID, and fetches the rest from `served`, as a stranger's would."""
    return OB3Verifier.for_issuer_did(did, download=served.__getitem__)
