"""The evidence pack: whole, signed, for who asked alone, with a trace; and a check of it that fails for whatever was changed."""

import datetime as dt
import io
import json
import zipfile

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from certificates import signers
from portal.accounts.roles import Role
from portal.audit.models import Entry
from portal.notices.models import Notice
from subsidies.models import EvidencePack, Finding, Material
from subsidies.pack import checking
from subsidies.services import assembling, files, notices, objections, packs
from subsidies.services.reviews import ReasonMissing
from subsidies.tasks import delete_old_packs, make_due_packs
from tests import factories
from tests.subsidies import making, money_world, recovery_world

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
FILES = {
    *(
        "claim.json",
        "decisions.json",
        "policies.json",
        "moves.json",
        "seats.json",
        "holds.json",
        "findings.json",
        "papers.json",
        "objections.json",
    ),
    *("appeal.json", "notices.json", "payments.json", "ledger.json", "recoveries.json", "certificate.json"),
    *("audit.json", "README.txt", "manifest.json", "overview.pdf"),
}


@pytest.fixture
def auditor(db):
    return factories.staff(Role.AUDITOR)


def made(claim, auditor, at, reason="审计立项 7 号"):
    pack = packs.ask(claim, by=auditor, at=at, reason=reason)
    assert packs.make_next(at=at)
    pack.refresh_from_db()
    return pack


def bytes_of(pack) -> bytes:
    with default_storage.open(pack.file_key) as file:
        return file.read()


def told(content: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def again(files: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in files.items():
            pack.writestr(name, content)
    out.seek(0)
    return out


def checked(content: bytes | io.BytesIO) -> list[str]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return checking.problems(file, signers.chains())


@pytest.fixture
def paid(at):
    """A claim reviewed by the desks, published, objected to, paid, and asked back in part."""
    making.policy(at=at)
    money_world.budget(10_000_000, at=at)
    claim = making.approved(making.passed(making.checked(at=at), at=at), at=at)
    notice = notices.publish_notice(province="520000", by=money_world.officer(Role.PROVINCE_REVIEWER), at=at)
    objection = objections.raise_objection(
        notice.lines.get(), words="他没有参加培训，电话 13955558888", contact="李四 13812345678", at=at
    )
    reviewer = factories.staff(Role.PROVINCE_REVIEWER)
    objections.dismiss(objection, by=reviewer, at=at, reason="经核实，本人参加了培训")
    after = notice.ends_at + money_world.HOUR
    notices.end_notice(notice, at=after)
    money_world.vouched(at=after)
    maker = money_world.officer(Role.FINANCE_MAKER)
    batch = assembling.make_batch(province="520000", by=maker, at=after)
    money_world.released(batch, at=after)
    files.write_payment_file(batch, at=after)
    money_world.answered(batch, at=after)
    order, later = recovery_world.ordered(claim, at=after, fen=50_000)
    recovery_world.repaid(order, 20_000, at=later)
    Finding.objects.create(
        province_id=claim.province_id,
        check_code="same_training",
        version=1,
        action="sample",
        claim=claim,
        person=claim.claimant,
        found_at=at,
    )
    Material.objects.create(
        province_id=claim.province_id,
        claim=claim,
        kind="group_proof",
        document_key="x",
        document_name="王小红的证明.pdf",
        document_bytes=1,
        document_sha256="ab" * 32,
        added_by=claim.claimant,
        added_at=at,
    )
    claim.refresh_from_db()
    return claim, later


def test_it_holds_everything_and_verifies(paid, auditor):
    claim, at = paid
    pack = made(claim, auditor, at)
    content = bytes_of(pack)
    assert checked(content) == []
    files = told(content)
    assert set(files) == FILES
    data = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert [one["act"] for one in data["decisions.json"]] == list(
        claim.decisions.order_by("pk").values_list("act", flat=True)
    )
    assert data["decisions.json"][0]["facts"] == claim.decisions.order_by("pk").first().facts
    assert len(data["moves.json"]) == claim.moves.count()
    assert [one["check_code"] for one in data["findings.json"]] == ["same_training"]
    assert [(one["kind"], one["document_sha256"]) for one in data["papers.json"]] == [
        ("group_proof", "ab" * 32)
    ]
    assert "王小红" not in files["papers.json"].decode()
    assert {one["state"] for one in data["payments.json"]["entitlements"]} == {"paid"}
    assert data["payments.json"]["answers"][0]["result"] == "paid"
    assert data["payments.json"]["name_checks"][0]["result"] == "match"
    events = {entry["covered"]["event"] for entry in data["ledger.json"]["entries"]}
    assert events == {"reserved", "sent", "settled", "recovery_ordered", "repaid"}
    assert data["recoveries.json"]["orders"][0]["repaid_fen"] == 20_000
    assert data["certificate.json"]["learned"]["valid_hours"]
    assert data["objections.json"][0]["state"] == "dismissed"
    assert data["policies.json"][0]["body"]["programme"] == "SKILL"
    actions = {entry["action"] for entry in data["audit.json"]}
    assert {"claim.submitted", "evidence_pack.asked"} <= actions
    assert data["manifest.json"]["purpose"] == "审计立项 7 号"
    assert data["manifest.json"]["asked_by"] == str(auditor)


def test_no_full_number_no_objector_and_no_name_of_the_claimant(paid, auditor):
    claim, at = paid
    everything = b"\n".join(
        content
        for name, content in told(bytes_of(made(claim, auditor, at))).items()
        if name != "overview.pdf"
    ).decode()
    identity = claim.claimant.identity
    card = claim.batch_lines.first().account
    for secret in (identity.number, "王建国", card.number, "13955558888", "13812345678", "李四"):
        assert secret not in everything
    assert claim.objections.get().receipt not in everything
    assert claim.number_masked in everything
    assert '"by": "claimant"' in everything


@pytest.mark.parametrize("name", ["claim.json", "ledger.json", "README.txt"])
def test_a_changed_file_is_found(at, auditor, name):
    files = told(bytes_of(made(making.checked(at=at), auditor, at)))
    assert checked(again(files | {name: files[name] + b" "})) == [f"{name} was changed."]


def test_missing_added_and_doubled_files_are_found(at, auditor):
    files = told(bytes_of(made(making.checked(at=at), auditor, at)))
    without = {name: content for name, content in files.items() if name != "moves.json"}
    assert checked(again(without)) == ["moves.json is missing."]
    assert checked(again(files | {"more.json": b"{}"})) == ["more.json was added."]
    for name in ("manifest.json", "overview.pdf"):
        less = {one: content for one, content in files.items() if one != name}
        assert checked(again(less)) == [f"{name}: missing."]
    out = again(files)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(out, "a") as pack:
        pack.writestr("claim.json", files["claim.json"])
    out.seek(0)
    assert checked(out) == ["claim.json is in it twice."]


def test_a_manifest_made_to_fit_is_found(at, auditor):
    """Whoever changes a file and its line in the manifest would have to sign anew."""
    files = told(bytes_of(made(making.checked(at=at), auditor, at)))
    manifest = json.loads(files["manifest.json"])
    manifest["purpose"] = "别的用途"
    changed = files | {"manifest.json": json.dumps(manifest).encode()}
    assert checked(again(changed)) == ["The overview was signed for another manifest."]


def test_another_key_and_a_broken_signature_are_found(at, auditor, tmp_path):
    files = told(bytes_of(made(making.checked(at=at), auditor, at)))
    stranger = tmp_path / "other.p12"
    signers.make_sample(stranger, "x")
    other = signers.FileSigner.read(stranger, "x")
    found = checking.problems(again(files), [other.certificates])
    assert found == ["The overview is signed by a key that is not known here."]
    bent = bytearray(files["overview.pdf"])
    bent[300] ^= 1
    assert checked(again(files | {"overview.pdf": bytes(bent)})) == ["The overview was changed, or is none."]
    assert checked(again(files | {"overview.pdf": files["overview.pdf"] + b"\n%more"})) == [
        "Something was added to the overview after it was signed."
    ]
    assert checked(again(files | {"overview.pdf": b"nothing"})) == ["The overview was changed, or is none."]


def test_an_entry_of_the_ledger_that_was_bent_is_found_by_its_own_digest(paid, auditor):
    claim, at = paid
    ledger = json.loads(told(bytes_of(made(claim, auditor, at)))["ledger.json"])
    ledger["entries"][0]["covered"]["postings"][0][1] += 1
    wrong = list(checking._ledger(json.dumps(ledger).encode()))
    assert wrong == [f"The digests of these entries of the ledger do not hold: {ledger['entries'][0]['id']}."]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + b"\x00" * 50, b"%PDF-1.7", b"\xff" * 100])
def test_what_is_no_pack_is_told(content):
    assert len(checked(content)) == 1


def test_the_command_says_yes_or_fails(at, auditor, tmp_path):
    content = bytes_of(made(making.checked(at=at), auditor, at))
    good, bad, pem = tmp_path / "a.zip", tmp_path / "b.zip", tmp_path / "key.pem"
    good.write_bytes(content)
    bad.write_bytes(again(told(content) | {"more.json": b"{}"}).getvalue())
    pem.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in signers.chains()[0]))
    out = io.StringIO()
    call_command("verify_pack", str(good), stdout=out)
    call_command("verify_pack", str(good), "--certificate", str(pem), stdout=out)
    assert out.getvalue().count("Intact") == 2
    with pytest.raises(CommandError, match="1 things are wrong"):
        call_command("verify_pack", str(bad), stdout=out)
    assert "more.json was added." in out.getvalue()
    with pytest.raises(CommandError, match="cannot be verified"):
        call_command("verify_pack", str(tmp_path / "none.zip"), stdout=out)


def test_asking_needs_a_reason_and_leaves_a_trace(at, auditor):
    claim = making.checked(at=at)
    with pytest.raises(ReasonMissing):
        packs.ask(claim, by=auditor, at=at, reason=" \x00 ")
    pack = made(claim, auditor, at, reason="核查 11010519491231002X")
    assert pack.reason == "核查 1101****2X"
    actions = Entry.objects.filter(thing_type="subsidies.evidencepack", thing_id=str(pack.pk)).order_by("id")
    assert list(actions.values_list("action", "reason", "by")) == [
        ("evidence_pack.asked", pack.reason, auditor.pk),
        ("evidence_pack.made", "", None),
    ]
    with pytest.raises(packs.HasOne):
        packs.ask(claim, by=auditor, at=at, reason="再来一份")


def test_tasks_make_and_delete_and_do_nothing_twice(at, auditor, monkeypatch):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    pack = packs.ask(making.checked(at=at), by=auditor, at=at, reason="审计")
    assert (make_due_packs(), make_due_packs()) == (1, 0)
    pack.refresh_from_db()
    key = pack.file_key
    assert (pack.state, pack.done, pack.expires_at) == ("ready", pack.parts, at + 7 * DAY)
    told = Notice.objects.get(user=auditor, kind="evidence.ready")
    assert told.path == reverse("subsidies:packs", args=[pack.claim.number])
    assert pack.claim.number in told.words_en
    assert delete_old_packs() == 0
    monkeypatch.setattr("portal.clock.now", lambda: at + 7 * DAY)
    assert (delete_old_packs(), delete_old_packs()) == (1, 0)
    pack.refresh_from_db()
    assert (pack.state, pack.file_key) == ("deleted", "")
    assert not default_storage.exists(key)


def test_what_fails_is_tried_again_and_given_up(at, auditor, monkeypatch):
    def away(*_args, **_named):
        raise OSError("away")

    monkeypatch.setattr("certificates.signers.signed_for", away)
    pack = packs.ask(making.checked(at=at), by=auditor, at=at, reason="审计")
    for turn in range(packs.madefiles.MOST_TRIES + 1):
        assert packs.make_next(at=at + turn * packs.madefiles.LEASE)
    pack.refresh_from_db()
    assert pack.state == "failed"
    assert Entry.objects.filter(action="evidence_pack.failed", thing_id=str(pack.pk)).exists()
    assert Notice.objects.filter(user=auditor).values_list("kind", flat=True).get() == "evidence.failed"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"reason": ""}, "evidence_pack_asked_for_a_reason"),
        ({"manifest_sha256": "x"}, "evidence_pack_ready_with_its_manifest"),
        ({"file_key": ""}, "evidencepack_state_has_its_file_and_times"),
        ({"done": 99}, "evidencepack_done_within_parts"),
    ],
)
def test_the_table_refuses_what_cannot_be(at, auditor, changes, name):
    pack = made(making.checked(at=at), auditor, at)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        EvidencePack.objects.filter(pk=pack.pk).update(**changes)
    with pytest.raises(IntegrityError, match="expires_after_it_is_ready"), transaction.atomic():
        EvidencePack.objects.filter(pk=pack.pk).update(expires_at=pack.ready_at)


# -- the pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def now(monkeypatch, at):
    monkeypatch.setattr("portal.clock.now", lambda: at)
    return at


def test_an_auditor_asks_fetches_and_deletes(client, auditor, now):
    claim = making.checked(at=now)
    url = reverse("subsidies:packs", args=[claim.number])
    desk = factories.sign_in(client, auditor)
    empty = desk.post(url, {"reason": ""})
    assert empty.status_code == 422
    assert "请写明理由" in empty.content.decode() or "error" in empty.content.decode()
    assert desk.post(url, {"reason": "审计"}).url == url
    assert desk.post(url, {"reason": "再来"}).status_code == 409
    assert "<progress" in desk.get(url).content.decode()
    make_due_packs()
    pack = EvidencePack.objects.get()
    assert str(pack.uid) in desk.get(url).content.decode()
    answer = desk.post(reverse("subsidies:pack_file", args=[pack.uid]))
    assert answer["Content-Type"] == "application/zip"
    assert checked(answer.content) == []
    assert Entry.objects.filter(action="evidence_pack.fetched", by=auditor).count() == 1
    assert desk.get(reverse("subsidies:pack_file", args=[pack.uid])).status_code == 405
    assert desk.post(reverse("subsidies:pack_delete", args=[pack.uid])).url == url
    assert desk.post(reverse("subsidies:pack_file", args=[pack.uid])).status_code == 404


def test_nobody_else_fetches_it_and_nothing_old(client, auditor, now, monkeypatch):
    pack = made(making.checked(at=now), auditor, now)
    url = reverse("subsidies:pack_file", args=[pack.uid])
    other = factories.staff(Role.AUDITOR, name="another auditor")
    assert factories.sign_in(client, other).post(url).status_code == 404
    assert client.post(reverse("subsidies:pack_delete", args=[pack.uid])).status_code == 404
    reviewer = factories.staff(Role.PROVINCE_REVIEWER)
    assert factories.sign_in(client, reviewer).post(url).status_code == 404
    monkeypatch.setattr("portal.clock.now", lambda: now + 7 * DAY)
    assert factories.sign_in(client, auditor).post(url).status_code == 404


def test_by_the_api(client, auditor, now):
    claim = making.checked(at=now)
    url = reverse("api-claim-packs", args=[claim.number])
    desk = factories.sign_in(client, auditor)
    assert desk.post(url, {"reason": ""}, content_type="application/json").status_code == 400
    asked = desk.post(url, {"reason": "审计"}, content_type="application/json")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert (
        desk.post(url, {"reason": "审计"}, content_type="application/json").json()["code"]
        == packs.HasOne.code
    )
    make_due_packs()
    (one,) = desk.get(url).json()["results"]
    assert one["state"] == "ready"
    assert checked(desk.post(reverse("api-pack-file", args=[one["uid"]])).content) == []
    assert desk.delete(reverse("api-pack", args=[one["uid"]])).json()["state"] == "deleted"
