"""Certificates for tests: an authority, and one certificate per common name, as PEM files. Good for a day."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from streams.kafka.client import Tls

_DAY = timedelta(days=1)


class Authority:
    """An authority with its files in a folder of its own."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        """Make key and certificate."""
        self.folder = folder
        self._key = generate_private_key(SECP256R1())
        self._certificate = self._sign(name, self._key, _name(name), x509.BasicConstraints(ca=True, path_length=None))
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def issue(self, name: str) -> Tls:
        """Make a certificate whose subject's common name is ``name``; good for servers on loopback and for clients."""
        tls = Tls(self.file, self.folder / f"{name}.pem", self.folder / f"{name}.key")
        if not tls.cert.exists():
            key = generate_private_key(SECP256R1())
            ordinary = x509.BasicConstraints(ca=False, path_length=None)
            certificate = self._sign(name, key, self._certificate.subject, ordinary)
            tls.cert.write_bytes(certificate.public_bytes(Encoding.PEM))
            tls.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return tls

    def _sign(
        self, name: str, key: EllipticCurvePrivateKey, issuer: x509.Name, basic: x509.BasicConstraints
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        loopback = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
        usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=basic.ca,
            crl_sign=basic.ca,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(basic, critical=True)
            .add_extension(usage, critical=True)
            .add_extension(loopback, critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
