"""Evidence packs: asked for with a reason, made by a worker, fetched by who asked alone, deleted after some days."""

import datetime as dt
import hashlib
import logging
import zipfile
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certificates.services.letters import Head, Letter, Table, Words, signed_letter
from portal import clock
from portal.accounts.models import User
from portal.audit.services import record
from portal.logs import mask
from portal.madefiles import services as madefiles
from portal.notices import services as notices
from portal.rules import RuleBroken
from subsidies.explained import OUTCOMES
from subsidies.models import Claim, EvidencePack
from subsidies.pack import MANIFEST, NUMBERS, OVERVIEW, Packed, as_json, manifest_of, packed, words_signed
from subsidies.selectors.packs import parts_of, withheld_of
from subsidies.services.reviews import in_words

log = logging.getLogger(__name__)
README: Final = "README.txt"
WITHHELD: Final = b"withheld"
LONGEST_REASON: Final = 500


class HasOne(RuleBroken):
    code = "evidence_pack_there_is_one"
    message = _("You have a pack of this claim already, or one is being made.")


@transaction.atomic
def ask(claim: Claim, *, by: User, at: dt.datetime, reason: str) -> EvidencePack:
    """Have the pack of a claim made. The reason stands in it and in the audit. Raises HasOne, ReasonMissing."""
    reason = mask(in_words(reason)[:LONGEST_REASON])
    try:
        with transaction.atomic():
            pack = EvidencePack.objects.create(
                claim=claim,
                province_id=claim.province_id,
                asked_by=by,
                reason=reason,
                asked_at=at,
                due_at=at,
                parts=len(parts_of(claim)) + 2,
            )
    except IntegrityError as broken:
        if "one_live" not in str(broken):
            raise
        raise HasOne from broken
    detail = {"claim": claim.number}
    record(by=by, action="evidence_pack.asked", thing=pack, at=at, reason=reason, detail=detail)
    return pack


@transaction.atomic
def take_up(*, at: dt.datetime) -> EvidencePack | None:
    """The next one to make, leased to the caller; given up where it failed too often. None where nothing waits."""
    pack = madefiles.take_up(EvidencePack.objects.select_related("claim__province", "asked_by"), at=at)
    if pack is not None and pack.state == "failed":
        record(by=None, action="evidence_pack.failed", thing=pack, at=at)
        _tell(pack, "evidence.failed", at=at)
    return pack


def make(pack: EvidencePack, *, at: dt.datetime) -> None:
    """Write the file and say that it is there. Raises CannotBeSigned, and what the store raises."""
    digests: list[str] = []

    def write(file: BinaryIO) -> None:
        digests.append(_write(pack, file, at=at))

    kept = madefiles.keep(f"evidence/{pack.uid}.zip", write)
    _ready(pack, kept, digests[-1], at=at)


@transaction.atomic
def _ready(pack: EvidencePack, kept: madefiles.Kept, manifest: str, *, at: dt.datetime) -> None:
    EvidencePack.objects.filter(pk=pack.pk, state="waiting").update(manifest_sha256=manifest)
    days = settings.EVIDENCE_PACKS_KEPT
    rows = EvidencePack.objects.select_related("claim", "asked_by")
    pack = madefiles.mark_ready(rows, pack.pk, kept, at=at, days=days)
    if pack is None:
        return
    detail = {"sha256": kept.sha256, "bytes": kept.size, "manifest": manifest}
    record(by=None, action="evidence_pack.made", thing=pack, at=at, detail=detail)
    until = f"{pack.expires_at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    _tell(pack, "evidence.ready", at=at, until=until)


def _tell(pack: EvidencePack, kind: str, *, at: dt.datetime, **said: str) -> None:
    number = pack.claim.number
    path = reverse("subsidies:packs", args=[number])
    notices.send(pack.asked_by, kind, about=f"evidence:{pack.uid}", path=path, at=at, number=number, **said)


def make_next(*, at: dt.datetime) -> bool:
    """One pack that waits. False when none does. A failure is tried again after the lease."""
    pack = take_up(at=at)
    if pack is None:
        return False
    if pack.state == "waiting":
        try:
            make(pack, at=at)
        except Exception:  # whatever a store, a key or a row may do; it is tried again after the lease
            log.exception("the evidence pack %s could not be made", pack.uid)
    return True


@transaction.atomic
def note_fetched(pack: EvidencePack, *, by: User, at: dt.datetime) -> None:
    record(by=by, action="evidence_pack.fetched", thing=pack, at=at)


@transaction.atomic
def delete_next(*, at: dt.datetime, pack: EvidencePack | None = None, by: User | None = None) -> bool:
    """Delete a pack whose days are over, or at once the one that is named. False when there is none."""
    rows = (
        EvidencePack.objects.filter(pk=pack.pk) if pack else EvidencePack.objects.filter(expires_at__lte=at)
    )
    gone = madefiles.delete_one(rows, at=at)
    if gone is None:
        return False
    record(by=by, action="evidence_pack.deleted", thing=gone, at=at)
    return True


def _write(pack: EvidencePack, target: BinaryIO, *, at: dt.datetime) -> str:
    """The whole pack; gives the digest of its manifest (SHA-256, hexadecimal)."""
    told: list[Packed] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:

        def put(name: str, content: bytes) -> None:
            file.writestr(name, content)
            told.append(packed(name, content))
            madefiles.tell(pack, len(told))

        with transaction.atomic():
            withheld = [one.encode() for one in withheld_of(pack.claim)]
            for name, data in parts_of(pack.claim).items():
                content = as_json(data())
                for one in withheld:
                    content = content.replace(one, WITHHELD)
                put(name, content)
        put(README, _README.encode())
        manifest = manifest_of(told, _about(pack, at=at))
        digest = hashlib.sha256(manifest).hexdigest()
        file.writestr(MANIFEST, manifest)
        file.writestr(OVERVIEW, _overview(pack, told, digest, at=at))
    return digest


def _about(pack: EvidencePack, *, at: dt.datetime) -> dict[str, Any]:
    return {
        "uid": str(pack.uid),
        "claim": pack.claim.number,
        "province": pack.province_id,
        "asked_by": str(pack.asked_by),
        "asked_at": pack.asked_at.isoformat(),
        "purpose": pack.reason,
        "made_at": at.isoformat(),
    }


def _overview(pack: EvidencePack, files: list[Packed], digest: str, *, at: dt.datetime) -> bytes:
    claim = pack.claim
    outcome = OUTCOMES.get(claim.outcome)
    head = (
        ("申领 Claim", claim.number),
        ("状态 State", f"{claim.state}，{outcome.zh if outcome else '—'}"),
        ("金额（分） Amount (fen)", str(claim.amount_fen)),
        ("索取人 Asked by", str(pack.asked_by)),
        ("用途 Purpose", pack.reason),
        ("制作时间 Made at", f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}"),
        ("个人号码 Personal numbers", f"一律遮盖 {NUMBERS}"),
        (f"{MANIFEST} SHA-256", in_groups(digest)),
    )
    acts = tuple(
        (
            f"{one.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}",
            one.act,
            one.seat,
            str(one.by) if one.by else "—",
            f"{one.outcome} {one.amount_fen}",
        )
        for one in claim.decisions.select_related("by")
    )
    listed = tuple((one.name, str(one.size), in_groups(one.sha256)) for one in files)
    letter = Letter(
        title="补贴申领证据包",
        title_en="Evidence pack of a subsidy claim",
        number=str(pack.uid),
        day=clock.today(at),
        sender=f"{claim.province.full_name_zh}职业培训补贴审核机构",
        sender_en=f"Training subsidy review, {claim.province.name_en}",
        sample=not settings.PRODUCTION,
        blocks=(
            Words(
                "本页的电子签名载明清单文件的摘要，清单载明其余各文件的摘要，因此一个签名覆盖整个证据包。",
                "The signature of this page names the digest of the manifest, and the manifest those of all files: one signature "
                "covers the whole pack.",
            ),
            Table(("项目 Item", "内容 Value"), head, (3, 8)),
            Head("决定", "Decisions"),
            Table(
                ("时间 At", "行为 Act", "席位 Seat", "人员 By", "结果 Outcome (fen)"), acts, (4, 3, 3, 3, 4)
            ),
            Head("文件", "Files"),
            Table(("文件 File", "字节 Bytes", "SHA-256"), listed, (3, 2, 8)),
        ),
    )
    return signed_letter(letter, at=at, reason=words_signed(str(pack.uid), digest))


def in_groups(digest: str) -> str:
    """So that a digest can be read, and a line may break in it."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


_README: Final = """证据包说明 / About this pack

1. manifest.json 列出各文件及其 SHA-256；overview.pdf 的电子签名（PAdES）写明 manifest.json 的 SHA-256。
   manifest.json lists the files with their SHA-256; the signature of overview.pdf (PAdES) names that of manifest.json.
2. 核验：python manage.py verify_pack 文件.zip（可用 --certificate 指定签名证书，不需要数据库和网络）。
   To verify: python manage.py verify_pack FILE.zip (with --certificate for a signer's certificate; no database, no network).
3. 手工核验：用 PDF 阅读器检查 overview.pdf 的签名并比对页面上的摘要；sha256sum 各文件，与 manifest.json 比对。
   By hand: check the signature of overview.pdf in a PDF reader and compare the digest on the page; compare sha256sum of each file.
4. ledger.json 的 covered 是摘要所覆盖的内容：SHA-256(previous 的字节 + covered 的规范 JSON) = digest。
   In ledger.json, `covered` is what a digest covers: SHA-256(bytes of previous + canonical JSON of covered) = digest.
   规范 JSON：键排序、无空格、UTF-8。 Canonical JSON: keys sorted, no spaces, UTF-8.
5. 身份证号、银行卡号、手机号一律只有遮盖后的形式；申领人写作 claimant；异议人不在其中。
   Resident IDs, cards and phones stand masked only; the claimant is `claimant`; who objected is not in it.
6. 金额均为整数分。 All sums are integer fen.
"""
