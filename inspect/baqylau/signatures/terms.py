"""The words of this room: what can be wrong with a key or a file, and what a verification found.

Codes and values are stable: pages translate them, the command line prints them, and stored verdicts keep them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: Bytes; a report with photographs takes about 6 MB, so a larger file is refused before any parser sees it.
MAX_PDF_BYTES = 64 * 1024 * 1024

#: The seal's own certificate and at most three between it and the root.
MAX_CARRIED_CERTIFICATES = 4

#: Name of the signature field that holds the seal.
FIELD_NAME = "Seal"


class KeyCode(StrEnum):
    """Why a key cannot be used or made."""

    MISSING = "signatures.key_missing"
    EXISTS = "signatures.key_exists"
    READABLE_BY_OTHERS = "signatures.key_readable_by_others"
    UNREADABLE = "signatures.key_unreadable"
    MISMATCH = "signatures.key_mismatch"
    NOT_SUPPORTED = "signatures.key_not_supported"
    PASSPHRASE_WRONG = "signatures.passphrase_wrong"  # noqa: S105 (a code, not a passphrase)
    ROOT_EXPIRED = "signatures.root_expired"
    NAME_UNUSABLE = "signatures.name_unusable"
    NOT_WRITTEN = "signatures.key_not_written"
    TIME_WITHOUT_ZONE = "signatures.key_time_without_zone"


class SealCode(StrEnum):
    """Why a file was not sealed."""

    PDF_UNREADABLE = "signatures.pdf_unreadable"
    PDF_TOO_LARGE = "signatures.pdf_too_large"
    PDF_ENCRYPTED = "signatures.pdf_encrypted"
    ALREADY_SIGNED = "signatures.already_signed"
    CERTIFICATE_NOT_VALID_THEN = "signatures.certificate_not_valid_then"
    TIME_WITHOUT_ZONE = "signatures.seal_time_without_zone"
    NOT_VERIFIABLE = "signatures.seal_not_verifiable"


class KeyTrouble(Exception):
    """Say why a key cannot be used: `code` for programs and translations, the message for the log."""

    def __init__(self, code: KeyCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class SealTrouble(Exception):
    """Say why a file was not sealed: `code` for programs and translations, the message for the log."""

    def __init__(self, code: SealCode, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class KeyNames:
    """What the certificates of a new installation say about their owner."""

    #: Common name of the root, at most 64 characters (X.520), for example "Baqylau root, Almaty council".
    root: str
    #: Common name of the seal, at most 64 characters; readers of the PDF see it as the signer.
    seal: str
    #: Organisation, at most 64 characters.
    organisation: str
    #: Two capital letters (ISO 3166-1).
    country: str = "KZ"


class SealState(StrEnum):
    """The verdict on a file, one of five; only `genuine` is good news."""

    GENUINE = "genuine"
    CHANGED = "changed"
    NOT_SEALED = "not_sealed"
    UNKNOWN_SIGNER = "unknown_signer"
    UNREADABLE = "unreadable"


class SealReason(StrEnum):
    """What the verdict rests on, finer than the state."""

    #: genuine: every byte is as it was sealed.
    AS_SEALED = "as_sealed"
    #: changed: the bytes do not have the digest that was signed, or the signature over it fails.
    DIGEST_OR_SIGNATURE_WRONG = "digest_or_signature_wrong"
    #: changed: something was appended after the seal (an incremental update, ISO 32000-1, 7.5.6).
    BYTES_ADDED = "bytes_added"
    #: changed: the bytes that hold the signature itself, or their place in the document, are not as they were written.
    SEAL_ALTERED = "seal_altered"
    #: not_sealed: a PDF without any signature.
    NO_SIGNATURE = "no_signature"
    #: not_sealed: a signature of another kind, one that does not certify the file against every change.
    OTHER_SIGNATURE = "other_signature"
    #: unknown_signer: intact, but no path to a trusted certificate.
    SIGNER_NOT_TRUSTED = "signer_not_trusted"
    #: unknown_signer: intact, but a certificate was not valid at the stated time of signing.
    CERTIFICATE_NOT_VALID_THEN = "certificate_not_valid_then"
    #: unreadable: larger than `MAX_PDF_BYTES`, so nothing was looked at.
    TOO_LARGE = "too_large"
    #: unreadable: no PDF header.
    NOT_A_PDF = "not_a_pdf"
    #: unreadable: needs a password.
    ENCRYPTED = "encrypted"
    #: unreadable: the file is torn or breaks the format.
    DAMAGED = "damaged"
    #: unreadable: the signature is garbage or of a kind not supported, such as GOST R 34.10.
    SIGNATURE_NOT_UNDERSTOOD = "signature_not_understood"


class SealCoverage(StrEnum):
    """How much of the file the signature speaks for."""

    ENTIRE_FILE = "entire_file"
    PART = "part"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SealVerdict:
    """What the verification of one file found.

    Signer, fingerprint and time are the file's own claim unless the state is genuine; None means that they could
    not be read.
    """

    state: SealState
    reason: SealReason
    #: Subject of the signer's certificate (RFC 4514).
    signer: str | None = None
    #: SHA-256 of the signer's certificate, groups of four.
    fingerprint: str | None = None
    #: UTC; the seal's own statement, not a time stamp by a third party.
    signed_at: datetime | None = None
    coverage: SealCoverage = SealCoverage.UNKNOWN

    @property
    def is_genuine(self) -> bool:
        """Whether every byte is as a trusted signer sealed it."""
        return self.state is SealState.GENUINE
