import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.environment import DEMO_SECRET

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "ZHIXUN_MODE": "production",
    "SECRET_KEY": "a-secret-of-production-that-is-long-enough-for-django-4711-xyz",
    "SEALING_KEYS": "k1:another-secret",
    "INDEX_KEY": "index-secret",
    "LINK_KEY": "link-secret",
    "CERTIFICATE_SIGNER": "file:///etc/zhixun/signer.p12",
    "CERTIFICATE_SIGNER_PASSWORD": "signer-secret",
    "DATABASE_URL": "postgres://zhixun_app:x@db.example/zhixun",
    "REDIS_URL": "redis://redis.example/0",
    "STORAGE_URL": "s3://key:secret@s3.example/zhixun",
    "SITE_URL": "https://zhixun.example",
    "ALLOWED_HOSTS": "zhixun.example",
    "SMS_PORT": "portal.accounts.sms.Http",
    "SMS_HTTP_URL": "https://sms.example/send",
    "CERTIFICATE_REGISTER": "certificates.register_port.Unconnected",
    "NAME_CHECK": "subsidies.name_port.Unconnected",
}


def manage(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_deployment_check_is_clean():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "SEALING_KEYS",
        "INDEX_KEY",
        "LINK_KEY",
        "CERTIFICATE_SIGNER",
        "CERTIFICATE_SIGNER_PASSWORD",
        "DATABASE_URL",
        "REDIS_URL",
        "STORAGE_URL",
        "SITE_URL",
        "SMS_PORT",
    ],
)
def test_production_refuses_to_start_without(name):
    done = manage("check", **{k: v for k, v in PRODUCTION.items() if k != name})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", DEMO_SECRET),
        ("SEALING_KEYS", f"k1:{DEMO_SECRET}"),
        ("INDEX_KEY", DEMO_SECRET),
        ("LINK_KEY", DEMO_SECRET),
        ("CERTIFICATE_SIGNER_PASSWORD", DEMO_SECRET),
        ("SITE_URL", "http://zhixun.example"),
        ("STORAGE_URL", "ftp://x"),
        ("ZHIXUN_MODE", "prod"),
    ],
)
def test_production_refuses_unfit_values(name, value):
    done = manage("check", **PRODUCTION | {name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]


def test_a_key_in_a_device_needs_its_certificates():
    device = PRODUCTION | {"CERTIFICATE_SIGNER": "pkcs11:token=a?module-path=/usr/lib/a.so"}
    done = manage("check", **device)
    assert done.returncode != 0
    assert "CERTIFICATE_SIGNER_CHAIN" in done.stderr.splitlines()[-1]
    assert manage("check", **device, CERTIFICATE_SIGNER_CHAIN="/etc/zhixun/papers.pem").returncode == 0


def test_a_secret_may_stand_in_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text(PRODUCTION["INDEX_KEY"] + "\n")
    environment = {k: v for k, v in PRODUCTION.items() if k != "INDEX_KEY"} | {"INDEX_KEY_FILE": str(path)}
    assert manage("check", **environment).returncode == 0


def test_production_has_no_demo_clock(tmp_path):
    (tmp_path / "clock").write_text("86400")
    ask = "from portal import clock; print(clock.offset())"
    done = manage("shell", "-v", "0", "-c", ask, **PRODUCTION, ZHIXUN_VAR=str(tmp_path))
    assert done.stdout.split() == ["0:00:00"], done.stderr
    done = manage("shell", "-v", "0", "-c", ask, ZHIXUN_VAR=str(tmp_path))
    assert "1 day" in done.stdout


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/demo/", "/design/"])
def test_production_has_no_demo_pages(client, settings, path):
    settings.PRODUCTION = True
    assert client.get(path).status_code == 404
