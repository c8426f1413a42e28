"""STORAGE_URL against a real S3 server (SeaweedFS, from a wheel), through django-storages."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from certificates import archive
from courses import media
from courses.services import clearing, films, sending
from portal import clock, environment
from portal.accounts.roles import Role
from tests import factories
from tests.courses import footage

WEED = Path(sys.executable).parent / "weed"
KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}


def free_ports(n: int) -> list[int]:
    """Ports whose gRPC twin (port + 10000), which SeaweedFS also takes, exists too.

    It leaves sockets in /tmp that are named by the port and that another user cannot remove: each has ports of one's own.
    """
    first = 20_000 + os.geteuid() % 10_000
    sockets = [socket.socket() for _ in range(n)]
    try:
        for number, one in enumerate(sockets):
            for port in range(first + 97 * number, 40_000):
                try:
                    one.bind(("127.0.0.1", port))
                    break
                except OSError:
                    continue
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    home = tmp_path_factory.mktemp("s3")
    (home / "s3.json").write_text(
        json.dumps(
            {
                "identities": [
                    {
                        "name": "test",
                        "credentials": [{"accessKey": "key", "secretKey": "secret"}],
                        "actions": ["Admin", "Read", "Write", "List"],
                    }
                ]
            }
        )
    )
    master, volume, filer, port = free_ports(4)
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                str(WEED), "server", f"-dir={home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}",
                f"-volume.port={volume}", "-filer", f"-filer.port={filer}", "-s3", f"-s3.port={port}",
                f"-s3.config={home / 's3.json'}", "-volume.max=5", "-master.volumeSizeLimitMB=64", "-s3.port.iceberg=0", "-s3.port.lance=0",
            ],
            stdout=log, stderr=log,
        )  # fmt: skip
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **KEYS)
    try:
        for _try in range(60):
            try:
                client.create_bucket(Bucket="zhixun")
                client.put_object(Bucket="zhixun", Key="ready", Body=b"yes")
                break
            except (BotoCoreError, ClientError):
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.5)
        yield f"s3://key:secret@127.0.0.1:{port}/zhixun?secure=0"
    finally:
        server.kill()
        server.wait(timeout=20)


@pytest.fixture
def on_s3(s3, settings):
    settings.STORAGES = {**settings.STORAGES, "default": environment.storage(s3)}


def content(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def test_what_is_stored_is_read_back(on_s3):
    name = default_storage.save("certificates/52/胡𨱑.pdf", ContentFile(b"%PDF"))
    assert content(name) == b"%PDF"
    assert default_storage.size(name) == 4
    default_storage.delete(name)
    assert not default_storage.exists(name)


def test_a_second_file_of_one_name_does_not_overwrite_the_first(on_s3):
    first = default_storage.save("payments/batch.csv", ContentFile(b"one"))
    second = default_storage.save("payments/batch.csv", ContentFile(b"two"))
    assert first != second
    assert content(first) == b"one"


@pytest.mark.django_db
def test_a_film_is_played_from_a_signed_address_of_the_store(on_s3, client):
    key = default_storage.save("courses/T/clip.mp4", ContentFile(b"film" * 100))
    answer = client.get(media.signed_url(key, user_id=None, at=clock.now()))
    assert answer.status_code == 302
    assert "Signature" in answer["Location"]
    with urllib.request.urlopen(answer["Location"], timeout=10) as film:
        assert film.read() == b"film" * 100
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(answer["Location"].split("?")[0], timeout=10)


@pytest.mark.django_db
def test_a_certificate_is_kept_and_found_there(on_s3):
    key = archive.key_of("ZX-52-2026-0000001", b"%PDF-certificate")
    archive.put(key, b"%PDF-torn")
    archive.put(key, b"%PDF-certificate")
    assert archive.get(key, hashlib.sha256(b"%PDF-certificate").digest()) == b"%PDF-certificate"
    assert archive.get(key, hashlib.sha256(b"another").digest()) is None


@pytest.mark.django_db
def test_a_film_goes_the_whole_way_there(on_s3, client, settings, tmp_path, at):
    """Sent in parts, put together, made, played by a signed list and a redirect, and deleted, all on S3."""
    settings.FILM_WORK_DIR = tmp_path
    manager = factories.staff(Role.PROVIDER_MANAGER)
    draft = footage.draft(by=manager, at=at)
    whole = footage.film(width=640, height=360)
    film = sending.begin_film(
        draft, lesson_key="weld", name="平焊.mp4", size=len(whole), by=manager, at=at, position=1
    )
    half = len(whole) // 2
    for start, piece in ((0, whole[:half]), (half, whole[half:])):
        film = sending.receive(film, start=start, source=BytesIO(piece), length=len(piece), by=manager, at=at)
    parts = [part.key for part in film.parts.all()]
    assert len(parts) == 2
    footage.worked(at)
    film.refresh_from_db()
    assert (film.state, film.sha256) == ("ready", hashlib.sha256(whole).hexdigest())
    assert content(film.original_key) == whole
    assert not [key for key in parts if default_storage.exists(key)]
    assert not list(tmp_path.glob("*/*"))
    person = factories.user()
    factories.sign_in(client, person)
    first = client.get(media.signed_url(film.hls_key, user_id=person.pk, at=clock.now())).content.decode()
    rung = client.get(next(row for row in first.splitlines() if row.startswith("/"))).content.decode()
    piece = client.get(next(row for row in rung.splitlines() if row.startswith("/")))
    assert piece.status_code == 302
    ask = urllib.request.Request(piece["Location"], headers={"Range": "bytes=4-7"})
    with urllib.request.urlopen(ask, timeout=10) as answer:
        assert (answer.status, answer.read()) == (206, b"ftyp")
    films.remove_video(film.videos.get(), by=manager, at=at)
    assert clearing.clear_next(at=at)
    assert default_storage.listdir(film.folder) in ([[], []], ([], []))
