"""Take over the key and certificates that a certification authority issued, into the folder of the installation's keys.

Afterwards the folder looks as `make_keys` leaves it, but for the root's key, which stays with the authority: `seal.pem`
holds the key, its certificate and the chain, `root.cert.pem` the authority's root when the file carries one.
"""

from datetime import datetime
from pathlib import Path

from cryptography import x509

from baqylau.signatures import keys
from baqylau.signatures.files import make_private_folder, write_all
from baqylau.signatures.keys import SealKeys, load_keys, load_pkcs12
from baqylau.signatures.terms import MAX_CARRIED_CERTIFICATES, KeyCode, KeyTrouble


def take_over_pkcs12(folder: Path, source: Path, passphrase_file: Path, *, at: datetime) -> SealKeys:
    """Write what the PKCS#12 file holds into `folder`, and return it loaded; nothing is ever overwritten.

    Raises KeyTrouble, and leaves nothing half made, when keys are there already, the file cannot be opened, or the
    certificate is not valid at `at`, is an authority's own, is not meant for signing, or its chain is torn.
    """
    make_private_folder(folder)
    keys.require_no_keys(folder)
    found = load_pkcs12(source, passphrase_file)
    _require_usable(found, at, source)
    contents = {folder / keys.SEAL: keys.key_pem(found.private_key) + _in_one((found.certificate, *found.chain))}
    if found.root is not None:
        contents[folder / keys.ROOT_CERTIFICATE] = _in_one((found.root,))
    write_all(contents)
    return load_keys(folder)


def _in_one(certificates: tuple[x509.Certificate, ...]) -> bytes:
    return b"".join(keys.certificate_pem(certificate) for certificate in certificates)


def _require_usable(found: SealKeys, at: datetime, source: Path) -> None:
    certificate = found.certificate
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        days = f"{certificate.not_valid_before_utc:%Y-%m-%d} to {certificate.not_valid_after_utc:%Y-%m-%d}"
        raise KeyTrouble(KeyCode.NOT_SUPPORTED, f"the certificate in {source} is valid from {days} only")
    if _is_authority(certificate):
        raise KeyTrouble(
            KeyCode.NOT_SUPPORTED, f"the certificate in {source} belongs to a certification authority, not to a seal"
        )
    if not _may_sign(certificate):
        raise KeyTrouble(KeyCode.NOT_SUPPORTED, f"the certificate in {source} is not meant for signing")
    if 1 + len(found.chain) > MAX_CARRIED_CERTIFICATES:
        raise KeyTrouble(KeyCode.NOT_SUPPORTED, f"{source} carries more certificates than a seal may: leave others out")
    _require_chain(found, source)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _may_sign(certificate: x509.Certificate) -> bool:
    """Tell whether the key usage, where it is stated, allows signatures (RFC 5280, 4.2.1.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(usage.digital_signature or usage.content_commitment)


def _require_chain(found: SealKeys, source: Path) -> None:
    """Refuse a chain in which a certificate is carried that issued none of the others."""
    issued, left = found.certificate, [*found.chain]
    while left:
        issuer = next((one for one in left if one.subject == issued.issuer), None)
        if issuer is None:
            raise KeyTrouble(KeyCode.MISMATCH, f"{source} carries certificates that did not issue the seal's")
        _require_issued(issued, issuer, source)
        left.remove(issuer)
        issued = issuer
    if found.root is not None:
        _require_issued(issued, found.root, source)


def _require_issued(issued: x509.Certificate, issuer: x509.Certificate, source: Path) -> None:
    try:
        issued.verify_directly_issued_by(issuer)
    except Exception as trouble:  # another name, a wrong signature, or an algorithm that cannot be checked
        name = issued.subject.rfc4514_string()
        raise KeyTrouble(KeyCode.MISMATCH, f"the chain in {source} is torn at {name}") from trouble
