"""The installation's keys: make, load, rotate, and read those that a certification authority issued.

A folder holds `root.key.pem`, `root.cert.pem`, `seal.pem` (key, then certificate, in one file, so that a rotation is
one atomic rename) and `retired/` with the certificates of earlier seals. The root's key is needed for a rotation only
and may be kept elsewhere in between. Taking a certificate out of `retired/` disowns everything sealed under it.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from baqylau.signatures.files import make_private_folder, read_file, replace_file, require_private_folder, write_all
from baqylau.signatures.terms import KeyCode, KeyNames, KeyTrouble

Parsed = TypeVar("Parsed")
SealPrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

ROOT_LIFETIME = timedelta(days=3652)
SEAL_LIFETIME = timedelta(days=1096)

_ROOT_KEY = "root.key.pem"
ROOT_CERTIFICATE = "root.cert.pem"
SEAL = "seal.pem"
_RETIRED = "retired"
#: NIST SP 800-131A: shorter RSA keys are no longer acceptable for signing.
_MIN_RSA_BITS = 2048
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


@dataclass(frozen=True)
class SealKeys:
    """What sealing and verifying need."""

    private_key: SealPrivateKey
    certificate: x509.Certificate
    #: Certificates between the seal's and the root, to be carried in each signature; empty for a local root.
    chain: tuple[x509.Certificate, ...] = ()
    #: The root to publish; None when a certification authority did not include its own.
    root: x509.Certificate | None = None
    #: Certificates of earlier seals, which still verify.
    retired: tuple[x509.Certificate, ...] = ()

    def __repr__(self) -> str:
        """Name the key by its certificate, so that no log can hold the key itself."""
        return f"SealKeys({fingerprint(self.certificate)})"

    @property
    def trusted(self) -> tuple[x509.Certificate, ...]:
        """The certificates under which this installation's seals count as genuine: now's, then the earlier ones.

        Single certificates and not the root, so that one stolen seal key can be disowned without the others.
        """
        return (self.certificate, *self.retired)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate (DER) as sixteen groups of four capital hexadecimal digits."""
    digits = certificate.fingerprint(hashes.SHA256()).hex().upper()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def make_keys(folder: Path, names: KeyNames, *, at: datetime) -> SealKeys:
    """Write a new local root and a seal certificate issued by it into `folder`, and return them loaded.

    Makes the folder (mode 0700) when absent. `at` is the start of validity, with a zone. Raises KeyTrouble when any
    key is already there, and leaves nothing half made.
    """
    since = _whole_second(at)
    make_private_folder(folder)
    require_no_keys(folder)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _issue_root(root_key, _subject(names.root, names.organisation, names.country), since)
    seal_key, seal = _issue_seal(root_key, root, _subject(names.seal, names.organisation, names.country), since)
    write_all(
        {
            folder / _ROOT_KEY: key_pem(root_key),
            folder / ROOT_CERTIFICATE: certificate_pem(root),
            folder / SEAL: key_pem(seal_key) + certificate_pem(seal),
        }
    )
    return load_keys(folder)


def require_no_keys(folder: Path) -> None:
    """Refuse a folder in which any key lies already."""
    for name in (_ROOT_KEY, ROOT_CERTIFICATE, SEAL):
        if os.path.lexists(folder / name):
            raise KeyTrouble(KeyCode.EXISTS, f"{folder / name} exists; keys are never overwritten")


def load_keys(folder: Path) -> SealKeys:
    """Return the installation's keys; raise KeyTrouble when they are missing, torn or readable by others."""
    require_private_folder(folder)
    pem = read_file(folder / SEAL, secret=True)
    key = _usable(_parsed(lambda: serialization.load_pem_private_key(pem, None), folder / SEAL))
    certificate, *chain = _parsed(lambda: x509.load_pem_x509_certificates(pem), folder / SEAL)
    _require_pair(key, certificate, folder / SEAL)
    return SealKeys(key, certificate, tuple(chain), _root_of(folder), _retired_of(folder, besides=certificate))


def rotate_seal(folder: Path, *, at: datetime, name: str | None = None) -> SealKeys:
    """Replace the seal's key and certificate by new ones under the same root, and keep the old certificate.

    `name` is a new common name; None keeps the old subject. The old private key is gone afterwards: it could only
    be stolen. Raises KeyTrouble when the root's key is not in the folder or the root has expired.
    """
    since = _whole_second(at)
    old = load_keys(folder)
    root_pem = read_file(folder / _ROOT_KEY, secret=True)
    root_key = _usable(_parsed(lambda: serialization.load_pem_private_key(root_pem, None), folder / _ROOT_KEY))
    if old.root is None:
        raise KeyTrouble(KeyCode.MISSING, f"{folder / ROOT_CERTIFICATE} is missing")
    _require_pair(root_key, old.root, folder / _ROOT_KEY)
    if since >= old.root.not_valid_after_utc:
        raise KeyTrouble(KeyCode.ROOT_EXPIRED, "the root has expired; make new keys in a new folder")
    subject = old.certificate.subject if name is None else _renamed(old.certificate.subject, name)
    key, certificate = _issue_seal(root_key, old.root, subject, since)
    retire_certificate(folder, old.certificate)
    replace_file(folder / SEAL, key_pem(key) + certificate_pem(certificate))
    return load_keys(folder)


def retire_certificate(folder: Path, certificate: x509.Certificate) -> Path:
    """Keep a certificate in `retired/`, so that what was sealed under it still verifies; return its file.

    Doing it twice is harmless. Call it before a certificate from a certification authority is replaced.
    """
    require_private_folder(folder)
    retired = folder / _RETIRED
    make_private_folder(retired)
    path = retired / f"{certificate.fingerprint(hashes.SHA256()).hex()}.pem"
    if not path.exists():
        write_all({path: certificate_pem(certificate)})
    return path


def load_pkcs12(source: Path, passphrase_file: Path, *, folder: Path | None = None) -> SealKeys:
    """Return the key and certificates of a PKCS#12 file (RFC 7292) issued by a certification authority.

    The passphrase is the first line of a file, since arguments and environment can be read by other processes.
    With `folder` (the installation's own keys), what was sealed under those keys still verifies.
    """
    content = read_file(source, secret=True)
    passphrase = read_file(passphrase_file, secret=True).split(b"\n", 1)[0].removesuffix(b"\r")
    key, certificate, others = _open_pkcs12(content, passphrase, source)
    _require_pair(key, certificate, source)
    roots = [other for other in others if other.issuer == other.subject]
    chain = tuple(other for other in others if other not in roots and other != certificate)
    retired = () if folder is None else _certificates_of(folder, besides=certificate)
    return SealKeys(key, certificate, chain, roots[0] if roots else None, retired)


def _open_pkcs12(
    content: bytes, passphrase: bytes, source: Path
) -> tuple[SealPrivateKey, x509.Certificate, Sequence[x509.Certificate]]:
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase or None)
    except ValueError as trouble:
        # One exception serves a wrong passphrase and a torn file; the library's wording tells them apart.
        if "password" in str(trouble).lower():
            raise KeyTrouble(KeyCode.PASSPHRASE_WRONG, f"the passphrase does not open {source}") from trouble
        raise KeyTrouble(KeyCode.UNREADABLE, f"{source} is not a readable PKCS#12 file") from trouble
    except Exception as trouble:  # GOST keys, as the NCA of Kazakhstan issues, end here
        raise KeyTrouble(KeyCode.NOT_SUPPORTED, f"{source} holds a key that cannot seal") from trouble
    if key is None or certificate is None:
        raise KeyTrouble(KeyCode.MISSING, f"{source} holds no key with its certificate")
    return _usable(key), certificate, others


def _certificates_of(folder: Path, *, besides: x509.Certificate) -> tuple[x509.Certificate, ...]:
    """The folder's own seal certificate, if there is one, and the retired ones."""
    own = () if not (folder / SEAL).exists() else (load_keys(folder).certificate,)
    return tuple(dict.fromkeys(c for c in (*own, *_retired_of(folder, besides=besides)) if c != besides))


def _retired_of(folder: Path, *, besides: x509.Certificate) -> tuple[x509.Certificate, ...]:
    files = sorted((folder / _RETIRED).glob("*.pem"))
    found = (_certificate_in(file) for file in files)
    return tuple(certificate for certificate in found if certificate != besides)


def _certificate_in(path: Path) -> x509.Certificate:
    return _parsed(lambda: x509.load_pem_x509_certificate(read_file(path)), path)


def _root_of(folder: Path) -> x509.Certificate | None:
    path = folder / ROOT_CERTIFICATE
    return _certificate_in(path) if path.exists() else None


def _parsed(read: Callable[[], Parsed], path: Path) -> Parsed:
    try:
        return read()
    except KeyTrouble:
        raise
    except Exception as trouble:  # whatever the parser meets, the operator hears which file to look at
        raise KeyTrouble(KeyCode.UNREADABLE, f"{path} does not hold what it should") from trouble


def _usable(key: object) -> SealPrivateKey:
    """Return the key if ordinary PDF readers can check its signatures: ECDSA on a NIST curve, or RSA."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _MIN_RSA_BITS:
        return key
    raise KeyTrouble(KeyCode.NOT_SUPPORTED, f"a seal needs ECDSA P-256, P-384, P-521 or RSA from {_MIN_RSA_BITS} bits")


def _require_pair(key: SealPrivateKey, certificate: x509.Certificate, path: Path) -> None:
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    own = key.public_key().public_bytes(*spki)
    if _parsed(lambda: certificate.public_key().public_bytes(*spki), path) != own:
        raise KeyTrouble(KeyCode.MISMATCH, f"the key in {path} does not belong to its certificate")


def _whole_second(at: datetime) -> datetime:
    """X.509 times have no fractions (RFC 5280, 4.1.2.5)."""
    if at.utcoffset() is None:
        raise KeyTrouble(KeyCode.TIME_WITHOUT_ZONE, "the time needs a zone")
    return at.astimezone(UTC).replace(microsecond=0)


def _subject(common_name: str, organisation: str, country: str) -> x509.Name:
    oids = (NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)
    try:
        values = zip(oids, (country, organisation, common_name), strict=True)
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in values])
    except ValueError as trouble:  # empty, too long, or a country that is not two letters
        raise KeyTrouble(KeyCode.NAME_UNUSABLE, f"a certificate cannot carry this name: {trouble}") from trouble


def _renamed(subject: x509.Name, common_name: str) -> x509.Name:
    oids = (NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME)
    organisation, country = (str(subject.get_attributes_for_oid(oid)[0].value) for oid in oids)
    return _subject(common_name, organisation, country)


def _issue_root(key: ec.EllipticCurvePrivateKey, subject: x509.Name, since: datetime) -> x509.Certificate:
    """Self-sign a root that may issue seals but no further authorities: pathlen 0 (RFC 5280, 4.2.1.9)."""
    return (
        _draft(subject, subject, key.public_key(), since, since + ROOT_LIFETIME)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )


def _issue_seal(
    root_key: SealPrivateKey, root: x509.Certificate, subject: x509.Name, since: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Make a seal key and its certificate, which never outlives the root.

    digitalSignature with nonRepudiation is a key usage that ETSI EN 319 412-2, 4.3.2 knows (type B), and the one
    that the ordinary readers accept.
    """
    if subject == root.subject:  # such a certificate would look self-issued (RFC 5280, 3.2)
        raise KeyTrouble(KeyCode.NAME_UNUSABLE, "the seal needs another name than the root")
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(since + SEAL_LIFETIME, root.not_valid_after_utc)
    issuer_id = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _draft(subject, root.subject, key.public_key(), since, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return key, certificate


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,  # nonRepudiation, renamed (RFC 5280, 4.2.1.3)
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def key_pem(key: SealPrivateKey) -> bytes:
    """PKCS#8 (RFC 5958) without a passphrase: the file's mode and the disk's encryption guard it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """Return the certificate as it stands in a file."""
    return certificate.public_bytes(serialization.Encoding.PEM)
