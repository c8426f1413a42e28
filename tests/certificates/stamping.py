"""A real time-stamp service and the lists of two authorities, on loopback. The stamps are pyHanko's."""

import datetime as dt
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DAY = dt.timedelta(days=1)


def name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


@dataclass
class Authority:
    """Issues certificates, and tells at `address` which it has taken back."""

    words: str
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    at: dt.datetime
    address: str
    revoked: list[int] = field(default_factory=list)
    next_update: dt.timedelta = DAY
    listed_as: x509.Name | None = None

    def __post_init__(self) -> None:
        self.certificate = self.issue(self.words, self.key.public_key(), is_authority=True)

    def issue(self, words, public_key, *, usage=None, is_authority=False, listed=True) -> x509.Certificate:
        made = (
            x509.CertificateBuilder()
            .subject_name(name(words))
            .issuer_name(name(self.words))
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.at - DAY)
            .not_valid_after(self.at + 400 * DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    not is_authority, not is_authority, *[False] * 3, is_authority, is_authority, *[False] * 2
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
        )
        if listed and not is_authority:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(self.address)], None, None, None)
            made = made.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        if usage:
            made = made.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        return made.sign(self.key, hashes.SHA256())

    def list(self) -> bytes:
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.listed_as or name(self.words))
            .last_update(self.at - dt.timedelta(hours=1))
            .next_update(self.at + self.next_update)
        )
        for serial in self.revoked:
            taken = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(self.at)
            made = made.add_revoked_certificate(taken.build())
        return made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)


class Stamping:
    """Everything at one address: `/stamp`, `/signers.crl`, `/stamps.crl`. `spoilt` changes what an address answers."""

    def __init__(self, at: dt.datetime, port: int) -> None:
        self.at, self.address = at, f"http://127.0.0.1:{port}"
        self.spoilt, self.asked = {}, []
        self.signers = Authority(
            "Signers 𠮷", ec.generate_private_key(ec.SECP256R1()), at, f"{self.address}/signers.crl"
        )
        self.stamps = Authority(
            "Stamps", rsa.generate_private_key(65537, 2048), at, f"{self.address}/stamps.crl"
        )
        self.new_stamper()

    def new_stamper(self, words: str = "Stamp service") -> None:
        key = rsa.generate_private_key(65537, 2048)
        own = self.stamps.issue(words, key.public_key(), usage=ExtendedKeyUsageOID.TIME_STAMPING)
        plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self.own = own
        self.stamper = DummyTimeStamper(
            asn1.Certificate.load(own.public_bytes(Encoding.DER)),
            keys.PrivateKeyInfo.load(plain),
            fixed_dt=self.at,
        )

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        self.asked.append(path)
        if path in self.spoilt:
            return self.spoilt[path](body)
        if path == "/stamp":
            return 200, self.stamped(body)
        return 200, {"/signers.crl": self.signers, "/stamps.crl": self.stamps}[path].list()

    def stamped(self, body: bytes) -> bytes:
        return self.stamper.request_tsa_response(tsp.TimeStampReq.load(body)).dump()


@contextmanager
def stamping(at: dt.datetime):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, content = here.answer(
                self.path, self.rfile.read(int(self.headers["Content-Length"] or 0))
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.headers["Content-Length"] = "0"
            self.do_POST()

        def log_message(self, *_words) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Stamping(at, server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
