"""Tell whether a file is, byte for byte, what this installation or another trusted one sealed.

The file comes from anybody, and a PDF parser can be made to work for minutes on a few megabytes. So the signature
is found by its byte range and judged over the bare bytes first; the parser sees a file only when a trusted signer
signed every byte of it. No input raises: each call into a library happens inside a guard.

The judgement is made at the time the seal states, so a certificate that has expired since is no fault; that time is
the signer's own word. Nothing is fetched, so a revocation is expressed by no longer trusting the certificate.
Call from ordinary threads only: pyHanko starts an event loop of its own.
"""

import hashlib
import logging
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import check_ess_certid, extract_certificate_info, extract_signer_info
from pyhanko.sign.validation import async_validate_cms_signature, read_certification_data
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from baqylau.signatures.coroutines import run_to_end
from baqylau.signatures.keys import fingerprint
from baqylau.signatures.terms import (
    FIELD_NAME,
    MAX_CARRIED_CERTIFICATES,
    MAX_PDF_BYTES,
    SealCoverage,
    SealReason,
    SealState,
    SealVerdict,
)

#: Readers accept a header within the first 1024 bytes (Adobe, PDF Reference 1.7, appendix H, note 13).
_HEADER_WITHIN = 1024
_END_WITHIN = 2048
_MAX_CMS_BYTES = 64 * 1024
#: A file with more signatures than this is looked at from its end.
_MAX_SIGNATURES = 8
#: Where after the digits of the signature the rest of its dictionary is looked for.
_DICTIONARY_WITHIN = 64 * 1024
_SIGNING_USAGES = frozenset({"digital_signature", "non_repudiation"})
_DIGESTS = frozenset({"sha256", "sha384", "sha512"})

_BYTE_RANGE = re.compile(
    rb"/ByteRange\s{0,80}\[\s{0,80}0\s{1,80}(\d{1,10})\s{1,80}(\d{1,10})\s{1,80}(\d{1,10})\s{0,80}\]"
)
_SEAL_MARK = re.compile(rb"/SubFilter\s{0,80}/ETSI\.CAdES\.detached")
_SEAL_TIME = re.compile(rb"/M\s{0,80}\(D(?::|\\072)(\d{14})Z\)")
_NO_CHANGES = re.compile(
    rb"/TransformMethod\s{0,80}/DocMDP\s{0,80}/TransformParams\s{0,80}"
    rb"<<\s{0,80}/Type\s{0,80}/TransformParams\s{0,80}/V\s{0,80}/1\.2\s{0,80}/P 1\s{0,80}>>"
)
_ENCRYPTION = re.compile(rb"/Encrypt\s{0,80}(?:\d{1,10}\s{1,80}\d{1,5}\s{1,80}R|<<)")
_END = re.compile(rb"startxref\s{1,80}\d{1,10}\s{1,80}%%EOF")

# The libraries log the names of strangers' certificates with tracebacks; our logs carry ids only, and the verdict
# says what was found.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

_STATES = {
    SealReason.AS_SEALED: SealState.GENUINE,
    SealReason.DIGEST_OR_SIGNATURE_WRONG: SealState.CHANGED,
    SealReason.BYTES_ADDED: SealState.CHANGED,
    SealReason.SEAL_ALTERED: SealState.CHANGED,
    SealReason.NO_SIGNATURE: SealState.NOT_SEALED,
    SealReason.OTHER_SIGNATURE: SealState.NOT_SEALED,
    SealReason.SIGNER_NOT_TRUSTED: SealState.UNKNOWN_SIGNER,
    SealReason.CERTIFICATE_NOT_VALID_THEN: SealState.UNKNOWN_SIGNER,
    SealReason.TOO_LARGE: SealState.UNREADABLE,
    SealReason.NOT_A_PDF: SealState.UNREADABLE,
    SealReason.ENCRYPTED: SealState.UNREADABLE,
    SealReason.DAMAGED: SealState.UNREADABLE,
    SealReason.SIGNATURE_NOT_UNDERSTOOD: SealState.UNREADABLE,
}


@dataclass(frozen=True)
class _Place:
    """Where a signature lies: the signed bytes are those before `begin` and those from `end` until `until`."""

    begin: int
    end: int
    until: int


@dataclass(frozen=True)
class _Seal:
    """One signature of the file, read but not yet judged."""

    place: _Place
    #: The bytes between the angle brackets, with the padding.
    content: bytes
    signed_data: Any  # asn1crypto's cms.SignedData
    signer_info: Any
    certificate: x509.Certificate
    #: UTC; None when the dictionary does not say it as a seal does.
    signed_at: datetime | None
    #: Whether the dictionary reads like one that `seal_pdf` writes: PAdES, a time, no changes allowed.
    is_sealing: bool

    @property
    def moment(self) -> datetime:
        """The time to judge at; for what is no seal, where the answer does not depend on it, any valid one."""
        return self.signed_at or self.certificate.not_valid_before_utc


def verify_seal(pdf: bytes, trusted: Sequence[x509.Certificate]) -> SealVerdict:
    """Return what the file is; whatever the bytes are, nothing is raised.

    `trusted` holds seal certificates themselves (`SealKeys.trusted`) or the roots that issued them; both work, and
    with none no signer is known. Compare also with the SHA-256 stored when the report was issued: a genuine seal
    says that the file is one of ours, the hash says which.
    """
    if len(pdf) > MAX_PDF_BYTES:
        return _verdict(SealReason.TOO_LARGE)
    if b"%PDF-" not in pdf[:_HEADER_WITHIN]:
        return _verdict(SealReason.NOT_A_PDF)
    places = _places(pdf)
    if not places:
        return _verdict(_why_no_signature(pdf))
    verdicts = [_verdict_at(pdf, place, trusted) for place in reversed(places)]
    # Whatever was signed or written after it: a seal of ours that lies in the file is what matters.
    ours = [verdict for verdict in verdicts if verdict.reason in (SealReason.AS_SEALED, SealReason.BYTES_ADDED)]
    return (ours or verdicts)[0]


def _places(pdf: bytes) -> list[_Place]:
    """The last signatures of the file, in its order, whose byte ranges leave out one piece of hexadecimal digits."""
    found = []
    for match in deque(_BYTE_RANGE.finditer(pdf), maxlen=_MAX_SIGNATURES):
        first_length, second, second_length = (int(number) for number in match.groups())
        place = _Place(first_length, second, second + second_length)
        is_gap = first_length < second <= place.until <= len(pdf) and second - first_length <= 2 * _MAX_CMS_BYTES
        if is_gap and pdf[first_length : first_length + 1] == b"<" and pdf[second - 1 : second] == b">":
            found.append(place)
    return found


def _why_no_signature(pdf: bytes) -> SealReason:
    """Tell plain files from torn ones by their bytes; a wrong guess here is between two kinds of `no`."""
    if _SEAL_MARK.search(pdf):
        return SealReason.SEAL_ALTERED
    if b"/ByteRange" in pdf:
        return SealReason.OTHER_SIGNATURE
    if _ENCRYPTION.search(pdf):
        return SealReason.ENCRYPTED
    return SealReason.NO_SIGNATURE if _END.search(pdf[-_END_WITHIN:]) else SealReason.DAMAGED


def _verdict(reason: SealReason, coverage: SealCoverage = SealCoverage.UNKNOWN) -> SealVerdict:
    return SealVerdict(_STATES[reason], reason, coverage=coverage)


def _verdict_at(pdf: bytes, place: _Place, trusted: Sequence[x509.Certificate]) -> SealVerdict:
    coverage = SealCoverage.ENTIRE_FILE if place.until == len(pdf) else SealCoverage.PART
    try:
        content = bytes.fromhex(pdf[place.begin + 1 : place.end - 1].decode("ascii"))
    except ValueError:
        return _verdict(SealReason.SEAL_ALTERED, coverage)
    try:
        seal = _read(pdf, place, content)
        return replace(
            _verdict(_judge(pdf, seal, trusted), coverage),
            signer=seal.certificate.subject.rfc4514_string(),
            fingerprint=fingerprint(seal.certificate),
            signed_at=seal.signed_at,
        )
    except Exception:  # noqa: BLE001 (garbage, GOST and other unsupported CMS end here)
        return _verdict(SealReason.SIGNATURE_NOT_UNDERSTOOD, coverage)


def _read(pdf: bytes, place: _Place, content: bytes) -> _Seal:
    """Read the CMS (RFC 5652) and what its dictionary says; raises on what is not understood."""
    signed_data = cms.ContentInfo.load(content)["content"]
    # Path building tries the carried certificates in every order, so their number is the work a stranger can cause.
    if len(signed_data["certificates"]) > MAX_CARRIED_CERTIFICATES:
        raise ValueError("more certificates than a seal carries")
    dictionary = pdf[place.end : min(place.end + _DICTIONARY_WITHIN, place.until)]
    time = _SEAL_TIME.search(dictionary)
    signer = extract_certificate_info(signed_data).signer_cert
    return _Seal(
        place=place,
        content=content,
        signed_data=signed_data,
        signer_info=extract_signer_info(signed_data),
        certificate=x509.load_der_x509_certificate(signer.dump()),
        signed_at=time and datetime.strptime(time[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC),
        is_sealing=bool(time and _SEAL_MARK.search(dictionary) and _NO_CHANGES.search(dictionary)),
    )


def _judge(pdf: bytes, seal: _Seal, trusted: Sequence[x509.Certificate]) -> SealReason:
    """Answer in this order: is it intact, is it a seal, do we know the signer, is it the whole file as written."""
    status = _validate(pdf, seal, trusted)
    if not (status.intact and status.valid):
        return SealReason.DIGEST_OR_SIGNATURE_WRONG
    if not seal.is_sealing:
        return SealReason.OTHER_SIGNATURE
    if (distrust := _distrust(status, seal)) is not None:
        return distrust
    if seal.place.until != len(pdf):
        return SealReason.BYTES_ADDED
    # Capital digits, because a digit in the other case would mean the same.
    digits = b"<" + seal.content.hex().upper().encode() + b">"
    is_as_written = pdf[seal.place.begin : seal.place.end] == digits and _is_as_written(seal)
    return SealReason.AS_SEALED if is_as_written and _document_agrees(pdf, seal) else SealReason.SEAL_ALTERED


def _validate(pdf: bytes, seal: _Seal, trusted: Sequence[x509.Certificate]) -> Any:
    """Let pyHanko check digest, signature and path, at the signing time and without any network."""
    algorithm = seal.signer_info["digest_algorithm"]["algorithm"].native
    if algorithm not in _DIGESTS:
        raise ValueError("a digest that is too weak or not supported")
    digest, whole = hashlib.new(algorithm), memoryview(pdf)
    digest.update(whole[: seal.place.begin])
    digest.update(whole[seal.place.end : seal.place.until])
    context = ValidationContext(
        trust_roots=list(_anchors(trusted)),
        moment=seal.moment,
        best_signature_time=seal.moment,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    usage = KeyUsageConstraints(key_usage=set(_SIGNING_USAGES), match_all_key_usages=False)
    return run_to_end(
        async_validate_cms_signature(
            seal.signed_data, raw_digest=digest.digest(), validation_context=context, key_usage_settings=usage
        )
    )


def _anchors(trusted: Sequence[x509.Certificate]) -> Iterator[Any]:
    """Those certificates that asn1crypto can handle: it raises on GOST ones, and one such must not hide the rest."""
    for certificate in trusted:
        anchor = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
        try:
            _ = (anchor.public_key.algorithm, anchor.subject.hashable, anchor.key_identifier)
        except Exception:  # noqa: BLE001, S112 (left out: nothing can be verified under it here)
            continue
        yield anchor


def _distrust(status: Any, seal: _Seal) -> SealReason | None:
    """Why the signer is not trusted; None when he is.

    RFC 5280, 6.1, does not look into a trust anchor, and pyHanko follows it. A seal certificate that is trusted by
    itself must still be valid at signing time, be meant for signing, and issue nothing.
    """
    if not _is_valid_at(seal.certificate, seal.moment):
        return SealReason.CERTIFICATE_NOT_VALID_THEN
    if not status.trusted or status.validation_path is None:
        return SealReason.SIGNER_NOT_TRUSTED
    path = [x509.load_der_x509_certificate(c.dump()) for c in status.validation_path.iter_certs(include_root=True)]
    if not all(_is_valid_at(certificate, seal.moment) for certificate in path):
        return SealReason.CERTIFICATE_NOT_VALID_THEN
    usages = status.signing_cert.key_usage_value
    if usages is None or not (_SIGNING_USAGES & usages.native):
        return SealReason.SIGNER_NOT_TRUSTED
    if path[0] != seal.certificate and not _is_authority(path[0]):
        return SealReason.SIGNER_NOT_TRUSTED
    return None


def _is_valid_at(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _is_as_written(seal: _Seal) -> bool:
    """Whether the CMS is, byte for byte, the one that these parts make, padded with zeros.

    A CMS has fields that no signature protects (versions, the set of digest algorithms, further certificates,
    unsigned attributes). Building it anew from the protected ones and comparing leaves no room in them.
    """
    carried = [choice.chosen.untag() for choice in seal.signed_data["certificates"]]
    if not _are_bound(carried, seal.signer_info):
        return False
    digest = {"algorithm": seal.signer_info["digest_algorithm"]["algorithm"].native}
    signer = extract_certificate_info(seal.signed_data).signer_cert
    signer_info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {"issuer_and_serial_number": {"issuer": signer.issuer, "serial_number": signer.serial_number}},
            "digest_algorithm": digest,
            "signature_algorithm": {"algorithm": seal.signer_info["signature_algorithm"]["algorithm"].native},
            "signed_attrs": seal.signer_info["signed_attrs"].copy(),
            "signature": seal.signer_info["signature"].native,
        }
    )
    signed_data = {
        "version": "v1",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "data"},
        "certificates": [cms.CertificateChoices("certificate", c) for c in carried],
        "signer_infos": [signer_info],
    }
    written = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed_data)}).dump()
    return seal.content.startswith(written) and not seal.content[len(written) :].strip(b"\0")


def _are_bound(carried: Sequence[Any], signer_info: Any) -> bool:
    """Whether exactly the certificates carried are named, by hash, in the signed attribute (RFC 5035, 5.4.1)."""
    attribute = get_signing_cert_attr(signer_info["signed_attrs"])
    named = [] if attribute is None else list(attribute["certs"])
    return len(named) == len(carried) and all(any(check_ess_certid(c, name) for name in named) for c in carried)


def _document_agrees(pdf: bytes, seal: _Seal) -> bool:
    """Whether a reader of the document meets this seal, alone, as a certification that allows no changes.

    Every byte is a trusted signer's by now, so the parser is safe to use (ISO 32000-1, 12.8.2.2 and 12.8.4).
    """
    reader = PdfFileReader(BytesIO(pdf))
    certification = read_certification_data(reader)
    if reader.encrypted or certification is None or len(reader.embedded_signatures) != 1:
        return False
    embedded: Any = reader.embedded_signatures[0]
    place = certification.author_sig.container_ref
    return bool(
        embedded.field_name == FIELD_NAME
        and embedded.pkcs7_content == seal.content
        and list(embedded.byte_range) == [0, seal.place.begin, seal.place.end, len(pdf) - seal.place.end]
        and embedded.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
        and embedded.self_reported_timestamp == seal.signed_at
        and place is not None
        and place == embedded.sig_object.container_ref
        and certification.permission == MDPPerm.NO_CHANGES
    )
