"""Seal a finished PDF: the last step before its bytes are frozen and stored by their SHA-256.

The seal is an incremental update that adds a signature field and touches nothing else: not the metadata, so that the
file keeps its PDF/A identity and its dates, and no page content. Nothing reads the clock or the network.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.attributes import SignedAttributeProviderSpec, SigningCertificateV2Provider
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import select_suitable_signing_md
from pyhanko_certvalidator.registry import SimpleCertificateStore

from baqylau.signatures.coroutines import run_to_end
from baqylau.signatures.keys import SealKeys
from baqylau.signatures.terms import FIELD_NAME, MAX_PDF_BYTES, SealCode, SealTrouble
from baqylau.signatures.verify import verify_seal

#: Bytes of a CMS beside its certificates: attributes, an RSA-4096 signature and headers take under 1.5 kB.
_CMS_BYTES_BESIDE_CERTIFICATES = 2048


@dataclass(frozen=True)
class _Statement:
    """What the seal says about itself in the signature dictionary (ISO 32000-1, table 252)."""

    reason: str
    location: str
    name: str
    at: datetime


class _SealWriter(IncrementalPdfFileWriter):
    """Appends to a PDF without rewriting its metadata.

    pyHanko would set ModDate from its own clock and serialise the XMP anew; the caller gives the time, and the
    XMP that makes the file PDF/A (ISO 19005-3, 6.6) stays byte for byte what the renderer wrote.
    """

    def _update_meta(self) -> None:
        """Leave /Info and /Metadata alone."""


class _EveryCertificateBound(SigningCertificateV2Provider, SignedAttributeProviderSpec):
    """Puts the hashes of all certificates that the signature carries under the signature, the signer's first.

    RFC 5035, 5.4.1, lets the attribute list further certificates; without them a byte of an intermediate
    certificate could change unnoticed. Serves as pyHanko's attribute specification too, and as such names itself
    only: PAdES baseline has no signing-time attribute (ETSI EN 319 142-1, 6.3).
    """

    def __init__(self, certificates: list[Any]) -> None:
        super().__init__(certificates[0])
        self.certificates = certificates

    async def build_attr_value(self, dry_run: bool = False) -> Any:  # noqa: ARG002 (pyHanko's signature)
        """Return the SigningCertificateV2 value."""
        return tsp.SigningCertificateV2(
            {"certs": [as_signing_certificate_v2(certificate)["certs"][0] for certificate in self.certificates]}
        )

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterator[Any]:  # noqa: ARG002
        """Yield this attribute; pyHanko adds content type and message digest by itself."""
        yield self


def seal_pdf(pdf: bytes, keys: SealKeys, *, reason: str, location: str, name: str, at: datetime) -> bytes:
    """Return the PDF with the installation's seal, verified; raise SealTrouble when it cannot be sealed.

    PAdES B-B (ETSI EN 319 142-1, 6.3): CMS without a signing-time attribute, the time `at` (with a zone, to the
    second) in /M. A certification signature with DocMDP P=1 (ISO 32000-1, 12.8.2.2): no change is allowed. The field
    is invisible; `reason` is also what assistive technology reads for it, so give it in the report's language.
    Two seals of one file differ: ECDSA and the file identifier are random.
    """
    statement = _Statement(reason, location, name, _signing_time(at, keys.certificate))
    writer = _open(pdf)
    try:
        sealed = _append_seal(writer, keys, statement)
    except Exception as trouble:
        raise SealTrouble(SealCode.PDF_UNREADABLE, f"the PDF cannot be sealed: {trouble}") from trouble
    # A seal that does not hold must be noticed now, by us, and not by the authority that receives the report.
    verdict = verify_seal(sealed, (keys.certificate,))
    if not verdict.is_genuine:
        raise SealTrouble(SealCode.NOT_VERIFIABLE, f"the new seal does not verify: {verdict.reason}")
    return sealed


def _signing_time(at: datetime, certificate: x509.Certificate) -> datetime:
    if at.utcoffset() is None:
        raise SealTrouble(SealCode.TIME_WITHOUT_ZONE, "the time of sealing needs a zone")
    moment = at.astimezone(UTC).replace(microsecond=0)
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        raise SealTrouble(SealCode.CERTIFICATE_NOT_VALID_THEN, "the seal's certificate is not valid at that time")
    return moment


def _open(pdf: bytes) -> _SealWriter:
    """Open a PDF that may be sealed: readable, not encrypted, not yet signed by anybody.

    A certification must be the first signature of a document (ISO 32000-1, 12.8.2.2), and PDF/A forbids encryption
    (ISO 19005-3, 6.1.3).
    """
    if len(pdf) > MAX_PDF_BYTES:
        raise SealTrouble(SealCode.PDF_TOO_LARGE, f"the PDF is larger than {MAX_PDF_BYTES} bytes")
    try:
        reader = PdfFileReader(BytesIO(pdf))
        is_encrypted = reader.encrypted
        is_signed = not is_encrypted and any(enumerate_sig_fields(reader, filled_status=True))
        writer = _SealWriter.from_reader(reader)
    except Exception as trouble:
        raise SealTrouble(SealCode.PDF_UNREADABLE, f"the file is not a readable PDF: {trouble}") from trouble
    if is_encrypted:
        raise SealTrouble(SealCode.PDF_ENCRYPTED, "an encrypted PDF cannot be sealed")
    if is_signed:
        raise SealTrouble(SealCode.ALREADY_SIGNED, "the PDF carries a signature already")
    return cast(_SealWriter, writer)


def _append_seal(writer: _SealWriter, keys: SealKeys, statement: _Statement) -> bytes:
    signer = _signer(keys)
    algorithm = select_suitable_signing_md(signer.signing_cert.public_key)
    # ETSI EN 319 142-1, extensions dictionary: how a PDF before version 2.0 announces that it holds a CAdES signature.
    writer.register_extension(ESIC_EXTENSION_1)
    steps = _embedder(statement).write_cms(FIELD_NAME, writer)
    next(steps)
    steps.send(
        SigObjSetup(
            _placeholder(statement, keys),
            mdp_setup=SigMDPSetup(algorithm, certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
        )
    )
    prepared, output = steps.send(SigIOSetup(md_algorithm=algorithm))
    cms = run_to_end(signer.async_sign(prepared.document_digest, algorithm, use_pades=True))
    _finish(steps, cms)
    return bytes(output.getvalue())


def _embedder(statement: _Statement) -> Any:
    """An invisible field that suits archive and accessibility at once.

    PDF/A wants the Print flag and excuses a box without area from an appearance (ISO 19005-3, 6.3); PDF/UA excuses
    an annotation outside the crop box from being tagged (ISO 14289-1, 7.18.1). Its page keeps the tab order that the
    renderer of a tagged PDF gives it.
    """
    return PdfCMSEmbedder(
        SigFieldSpec(
            FIELD_NAME,
            invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True),
            readable_field_name=statement.reason,
        )
    )


def _placeholder(statement: _Statement, keys: SealKeys) -> Any:
    certificates = (keys.certificate, *keys.chain)
    size = sum(len(c.public_bytes(serialization.Encoding.DER)) for c in certificates) + _CMS_BYTES_BESIDE_CERTIFICATES
    return SignatureObject(
        timestamp=statement.at,
        subfilter=SigSeedSubFilter.PADES,
        name=statement.name,
        location=statement.location,
        reason=statement.reason,
        bytes_reserved=2 * size,  # the CMS is written in hexadecimal digits
    )


def _signer(keys: SealKeys) -> Any:
    """The signer carries intermediate certificates and leaves the root out: who verifies must have it already."""
    certificate, *chain = (_as_asn1(each) for each in (keys.certificate, *keys.chain))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(chain)
    private_key = keys.private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signer = SimpleSigner(
        signing_cert=certificate,
        signing_key=asn1_keys.PrivateKeyInfo.load(private_key),
        cert_registry=store,
    )
    signer.signed_attr_prov_spec = _EveryCertificateBound([certificate, *chain])
    return signer


def _as_asn1(certificate: x509.Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _finish(steps: Generator[Any, Any, Any], cms: Any) -> None:
    """Write the CMS into its place; the embedder yields once more and has then done its work."""
    steps.send(cms)
    steps.close()
