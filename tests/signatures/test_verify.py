"""Verification: only the very bytes that were sealed are genuine, and no file, however hostile, is an exception."""

import datetime as dt
import io
import logging
import re
import sys
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
import weasyprint
from asn1crypto import cms, core
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from baqylau.signatures import seal, verify
from baqylau.signatures.keys import SealKeys, fingerprint, make_keys, rotate_seal
from baqylau.signatures.seal import seal_pdf
from baqylau.signatures.terms import KeyNames, SealCoverage, SealReason, SealState, SealVerdict
from baqylau.signatures.verify import verify_seal

AT = dt.datetime(2026, 3, 2, 4, 30, 15, tzinfo=dt.UTC)
NAMES = KeyNames(root="Бақылау: түбір", seal="Бақылау: мөр", organisation="Кеңес")
STATEMENT = {"reason": "Есептің бүтіндігі", "location": "Алматы", "name": "Қоғамдық кеңес"}
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("verify") / "keys"


@pytest.fixture(scope="module")
def keys(folder: Path) -> SealKeys:
    return make_keys(folder, NAMES, at=AT - DAY)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    """Another installation, which took the very same names."""
    return make_keys(tmp_path_factory.mktemp("stranger") / "keys", NAMES, at=AT - DAY)


@pytest.fixture(scope="module")
def report() -> bytes:
    html = '<html lang="kk"><head><title>Есеп</title></head><body><h1>Әділ ғұмыр</h1><p>Тамақ мөлшері аз.</p></body></html>'
    with warnings.catch_warnings():
        # WeasyPrint 70 leaves its own colour profile open until it is collected; nothing of ours.
        warnings.filterwarnings("ignore", "unclosed file .*sRGB2014.icc", ResourceWarning)
        return weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-3a")


@pytest.fixture(scope="module")
def sealed(report: bytes, keys: SealKeys) -> bytes:
    return seal_pdf(report, keys, at=AT, **STATEMENT)


def of(verdict: SealVerdict) -> tuple[SealState, SealReason]:
    return verdict.state, verdict.reason


def sealed_unchecked(report: bytes, keys: SealKeys, at: dt.datetime = AT) -> bytes:
    """A seal that `seal_pdf` would refuse to make or to hand out."""
    return seal._append_seal(seal._open(report), keys, seal._Statement(at=at, **STATEMENT))


def flipped(pdf: bytes, place: int, mask: int = 1) -> bytes:
    changed = bytearray(pdf)
    changed[place] ^= mask
    return bytes(changed)


def contents_of(pdf: bytes) -> tuple[int, int]:
    """Where the hexadecimal digits of the signature begin and end."""
    start, length, second, _ = byte_range_of(pdf)
    return start + length + 1, second - 1


def byte_range_of(pdf: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", pdf)[-1]]


def with_contents(pdf: bytes, content: bytes) -> bytes:
    begin, end = contents_of(pdf)
    return pdf[:begin] + content.hex().upper().encode().ljust(end - begin, b"0") + pdf[end:]


def cms_of(pdf: bytes) -> bytes:
    begin, end = contents_of(pdf)
    return bytes.fromhex(pdf[begin:end].decode())


def updated(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """The file with an incremental update (ISO 32000-1, 7.5.6) appended."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().startswith(pdf)
    return out.getvalue()


def also_signed(
    pdf: bytes,
    by: SealKeys,
    *,
    certify: bool = False,
    permissions: MDPPerm = MDPPerm.NO_CHANGES,
    digest: str = "sha256",
) -> bytes:
    """The file signed by somebody with pyHanko's ordinary function."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    der = serialization.Encoding.DER
    private = by.private_key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(by.certificate.public_bytes(der)),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    metadata = PdfSignatureMetadata(
        field_name="Second", md_algorithm=digest, certify=certify, docmdp_permissions=permissions
    )
    return sign_pdf(writer, metadata, signer=signer).getvalue()


def certificate_of(
    key: Any, name: str, issuer: x509.Certificate | None, issuer_key: Any, **more: Any
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    is_authority = more.get("is_authority", False)
    usage = more.get("usage", (not is_authority, False, False, False, False, is_authority))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(more.get("since", AT - DAY))
        .not_valid_after(more.get("until", AT + 365 * DAY))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.KeyUsage(*usage, False, False, False), critical=True)
    )
    for extension in more.get("extensions", ()):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


# What is genuine


def test_a_sealed_file_is_genuine_under_the_seal_certificate_and_under_the_root(sealed: bytes, keys: SealKeys) -> None:
    assert keys.root is not None
    for trusted in (keys.trusted, [keys.root], [keys.certificate, keys.root]):
        assert verify_seal(sealed, trusted) == SealVerdict(
            SealState.GENUINE,
            SealReason.AS_SEALED,
            signer="CN=Бақылау: мөр,O=Кеңес,C=KZ",
            fingerprint=fingerprint(keys.certificate),
            signed_at=AT,
            coverage=SealCoverage.ENTIRE_FILE,
        )


def test_a_seal_stays_genuine_after_its_certificates_expired(report: bytes, tmp_path: Path) -> None:
    long_ago = dt.datetime(2003, 5, 1, tzinfo=dt.UTC)
    old = make_keys(tmp_path / "keys", NAMES, at=long_ago)
    sealed = seal_pdf(report, old, at=long_ago + DAY, **STATEMENT)
    assert old.root is not None
    assert verify_seal(sealed, old.trusted).is_genuine
    assert verify_seal(sealed, [old.root]).is_genuine


def test_a_seal_stays_genuine_after_a_rotation_until_its_certificate_is_disowned(report: bytes, tmp_path: Path) -> None:
    first = make_keys(tmp_path / "keys", NAMES, at=AT - DAY)
    sealed = seal_pdf(report, first, at=AT, **STATEMENT)
    second = rotate_seal(tmp_path / "keys", at=AT)
    assert verify_seal(sealed, second.trusted).is_genuine
    assert verify_seal(sealed, [second.certificate]).state is SealState.UNKNOWN_SIGNER


def test_each_reason_belongs_to_one_state() -> None:
    assert set(verify._STATES) == set(SealReason)
    assert [reason for reason, state in verify._STATES.items() if state is SealState.GENUINE] == [SealReason.AS_SEALED]


# What was changed


def test_one_flipped_byte_is_noticed_at_two_hundred_spread_places(sealed: bytes, keys: SealKeys) -> None:
    places = [index * (len(sealed) - 1) // 199 for index in range(200)]
    assert (places[0], places[-1]) == (0, len(sealed) - 1)
    missed = [place for place in places if verify_seal(flipped(sealed, place), keys.trusted).is_genuine]
    assert missed == []


def test_one_flipped_byte_of_the_report_is_told_as_a_change(report: bytes, sealed: bytes, keys: SealKeys) -> None:
    place = report.index(b"stream") + 50
    assert of(verify_seal(flipped(sealed, place), keys.trusted)) == (
        SealState.CHANGED,
        SealReason.DIGEST_OR_SIGNATURE_WRONG,
    )


def test_a_wrong_signature_over_the_right_digest_is_told_as_a_change(sealed: bytes, keys: SealKeys) -> None:
    wrong = bytearray(cms_of(sealed).rstrip(b"\0"))
    wrong[-5] ^= 1  # within the signature value, which comes last
    assert of(verify_seal(with_contents(sealed, bytes(wrong)), keys.trusted)) == (
        SealState.CHANGED,
        SealReason.DIGEST_OR_SIGNATURE_WRONG,
    )


@pytest.mark.parametrize("mask", [0x01, 0x20], ids=["another digit", "the same digit in small letters"])
def test_no_byte_of_the_signature_itself_can_be_flipped(sealed: bytes, keys: SealKeys, mask: int) -> None:
    begin, end = contents_of(sealed)
    digits_in_use = begin + 2 * len(cms_of(sealed).rstrip(b"\0"))
    places = [*range(begin - 1, digits_in_use + 2, 7), *range(digits_in_use, end + 1, 401)]
    missed = [place for place in places if verify_seal(flipped(sealed, place, mask), keys.trusted).is_genuine]
    assert missed == []


def test_no_byte_of_a_carried_intermediate_certificate_can_be_flipped(report: bytes) -> None:
    root_key, middle_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    root = certificate_of(root_key, "root", None, root_key, is_authority=True)
    middle = certificate_of(middle_key, "middle", root, root_key, is_authority=True)
    given_keys = SealKeys(own_key, certificate_of(own_key, "own", middle, middle_key), (middle,), root)
    sealed = seal_pdf(report, given_keys, at=AT, **STATEMENT)
    der = middle.public_bytes(serialization.Encoding.DER)
    begin = contents_of(sealed)[0] + 2 * cms_of(sealed).index(der)
    places = range(begin, begin + 2 * len(der), 5)
    assert verify_seal(sealed, given_keys.trusted).is_genuine
    assert [place for place in places if verify_seal(flipped(sealed, place), given_keys.trusted).is_genuine] == []


def test_the_padding_of_the_signature_can_hide_nothing(sealed: bytes, keys: SealKeys) -> None:
    hidden = with_contents(sealed, cms_of(sealed).rstrip(b"\0") + b"\0" * 20 + b"hidden")
    assert of(verify_seal(hidden, keys.trusted)) == (SealState.CHANGED, SealReason.SEAL_ALTERED)


def test_an_unsigned_attribute_can_hide_nothing(sealed: bytes, keys: SealKeys) -> None:
    message = cms.ContentInfo.load(cms_of(sealed))
    signer = message["content"]["signer_infos"][0]
    signer["unsigned_attrs"] = cms.CMSAttributes([{"type": "1.2.3.4", "values": [core.Integer(1)]}])
    changed = with_contents(sealed, message.dump(force=True))
    assert of(verify_seal(changed, keys.trusted)) == (SealState.CHANGED, SealReason.SEAL_ALTERED)


def test_a_further_certificate_can_hide_nothing(sealed: bytes, keys: SealKeys, stranger: SealKeys) -> None:
    message = cms.ContentInfo.load(cms_of(sealed))
    extra = asn1_x509.Certificate.load(stranger.certificate.public_bytes(serialization.Encoding.DER))
    message["content"]["certificates"].append(cms.CertificateChoices("certificate", extra))
    changed = with_contents(sealed, message.dump(force=True))
    assert of(verify_seal(changed, keys.trusted)) == (SealState.CHANGED, SealReason.SEAL_ALTERED)


def test_an_appended_update_is_noticed_though_the_library_calls_the_signature_valid(
    sealed: bytes, keys: SealKeys
) -> None:
    def put_another_title(writer: IncrementalPdfFileWriter) -> None:
        writer.root["/Metadata"] = writer.add_object(TextStringObject("another report"))
        writer.update_root()

    appended = updated(sealed, put_another_title)
    reader = PdfFileReader(io.BytesIO(appended))
    anchor = asn1_x509.Certificate.load(keys.certificate.public_bytes(serialization.Encoding.DER))
    alone = validate_pdf_signature(
        reader.embedded_signatures[0], ValidationContext(trust_roots=[anchor], moment=AT), skip_diff=True
    )
    assert alone.intact
    assert alone.valid
    assert alone.trusted
    verdict = verify_seal(appended, keys.trusted)
    assert of(verdict) == (SealState.CHANGED, SealReason.BYTES_ADDED)
    assert verdict.coverage is SealCoverage.PART


@pytest.mark.parametrize("tail", [b"\n", b" ", b"% a remark", b"\0", b"%%EOF\n", b"startxref\n0\n%%EOF\n"])
def test_a_few_appended_bytes_are_noticed(sealed: bytes, keys: SealKeys, tail: bytes) -> None:
    assert not verify_seal(sealed + tail, keys.trusted).is_genuine
    assert not verify_seal(tail + sealed, keys.trusted).is_genuine


def test_an_update_that_hides_the_seal_is_noticed(sealed: bytes, keys: SealKeys) -> None:
    def forget_the_form(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/AcroForm"]
        del writer.root["/Perms"]
        writer.update_root()

    assert of(verify_seal(updated(sealed, forget_the_form), keys.trusted)) == (
        SealState.CHANGED,
        SealReason.BYTES_ADDED,
    )


def test_an_update_that_takes_back_the_certification_is_noticed(sealed: bytes, keys: SealKeys) -> None:
    def forget_the_permissions(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/Perms"]
        writer.update_root()

    assert of(verify_seal(updated(sealed, forget_the_permissions), keys.trusted)) == (
        SealState.CHANGED,
        SealReason.BYTES_ADDED,
    )


def test_a_second_signature_after_the_seal_is_a_change(
    sealed: bytes, keys: SealKeys, stranger: SealKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pyHanko refuses to sign what DocMDP forbids, so the permission is taken back first, as an attacker would.
    def forget_the_permissions(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/Perms"]
        writer.update_root()

    opened = updated(sealed, forget_the_permissions)
    monkeypatch.setattr(seal, "FIELD_NAME", "Second")
    found = {}
    for who, signer in (("stranger", stranger), ("we", keys)):
        certified = seal._append_seal(
            seal._SealWriter.from_reader(PdfFileReader(io.BytesIO(opened))), signer, seal._Statement(at=AT, **STATEMENT)
        )
        for how, twice in (("signed", also_signed(opened, signer)), ("certified", certified)):
            assert len(PdfFileReader(io.BytesIO(twice)).embedded_signatures) == 2
            found[who, how] = of(verify_seal(twice, keys.trusted))
    assert set(found) == {(who, how) for who in ("stranger", "we") for how in ("signed", "certified")}
    assert set(found.values()) == {(SealState.CHANGED, SealReason.BYTES_ADDED)}


def test_a_file_of_ours_with_a_strangers_signature_below_the_seal_is_altered(
    report: bytes, keys: SealKeys, stranger: SealKeys
) -> None:
    signed = also_signed(report, stranger)
    writer = seal._SealWriter.from_reader(PdfFileReader(io.BytesIO(signed)))
    both = seal._append_seal(writer, keys, seal._Statement(at=AT, **STATEMENT))
    assert of(verify_seal(both, keys.trusted)) == (SealState.CHANGED, SealReason.SEAL_ALTERED)


def test_a_byte_range_that_leaves_a_hole_is_noticed(sealed: bytes, keys: SealKeys) -> None:
    start, length, second, rest = byte_range_of(sealed)
    before = b"/ByteRange [%d %d %d %d]" % (start, length, second, rest)
    for ranges in ((0, length - 9, second, rest), (0, length, second + 9, rest - 9), (9, length - 9, second, rest)):
        after = (b"/ByteRange [%d %d %d %d]" % ranges).ljust(len(before))
        changed = sealed.replace(before, after)
        assert len(changed) == len(sealed)
        assert not verify_seal(changed, keys.trusted).is_genuine


@pytest.mark.parametrize(
    "ranges",
    [b"[]", b"[0]", b"[0 1 2]", b"[0 -1 5 9]", b"[(a) (b) (c) (d)]", b"null", b"[0 1.5 2 3]", b"[0 9999999999 1 1]"],
)
def test_a_byte_range_of_nonsense_gives_a_state(sealed: bytes, keys: SealKeys, ranges: bytes) -> None:
    before = re.search(rb"\[\d+ \d+ \d+ \d+\] +", sealed[contents_of(sealed)[1] :])
    assert before is not None
    changed = sealed.replace(before[0], ranges.ljust(len(before[0])))
    assert not verify_seal(changed, keys.trusted).is_genuine


# Whose seal it is


def test_a_file_sealed_by_another_key_has_an_unknown_signer(report: bytes, keys: SealKeys, stranger: SealKeys) -> None:
    assert keys.root is not None
    foreign = seal_pdf(report, stranger, at=AT, **STATEMENT)
    for trusted in (keys.trusted, [keys.root]):
        verdict = verify_seal(foreign, trusted)
        assert of(verdict) == (SealState.UNKNOWN_SIGNER, SealReason.SIGNER_NOT_TRUSTED)
        assert verdict.signer == "CN=Бақылау: мөр,O=Кеңес,C=KZ", "the same name helps the impostor nothing"
        assert verdict.fingerprint == fingerprint(stranger.certificate)


def test_with_nobody_trusted_every_signer_is_unknown(sealed: bytes) -> None:
    assert verify_seal(sealed, ()).state is SealState.UNKNOWN_SIGNER


@pytest.mark.parametrize("days", [-30, 1200])
def test_a_certificate_must_have_been_valid_at_the_time_of_signing(report: bytes, keys: SealKeys, days: int) -> None:
    assert keys.root is not None
    sealed = sealed_unchecked(report, keys, AT + days * DAY)
    for trusted in (keys.trusted, [keys.root]):
        assert of(verify_seal(sealed, trusted)) == (
            SealState.UNKNOWN_SIGNER,
            SealReason.CERTIFICATE_NOT_VALID_THEN,
        )


def test_a_root_must_have_been_valid_too(report: bytes) -> None:
    root_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate_of(root_key, "root", None, root_key, is_authority=True, since=AT - 9 * DAY, until=AT - DAY)
    own = certificate_of(own_key, "own", root, root_key)
    sealed = seal_pdf(report, SealKeys(own_key, own, (), root), at=AT, **STATEMENT)
    assert of(verify_seal(sealed, [root])) == (SealState.UNKNOWN_SIGNER, SealReason.CERTIFICATE_NOT_VALID_THEN)


def test_a_key_that_is_not_meant_for_signing_makes_no_seal(report: bytes, folder: Path, keys: SealKeys) -> None:
    assert keys.root is not None
    root_key = serialization.load_pem_private_key((folder / "root.key.pem").read_bytes(), None)
    assert isinstance(root_key, ec.EllipticCurvePrivateKey)
    by_root = sealed_unchecked(report, SealKeys(root_key, keys.root))
    assert verify_seal(by_root, [keys.root]).reason is SealReason.SIGNER_NOT_TRUSTED


def test_a_seal_certificate_cannot_issue_another(report: bytes, keys: SealKeys) -> None:
    own_key = ec.generate_private_key(ec.SECP256R1())
    own = certificate_of(own_key, "made by a thief", keys.certificate, keys.private_key)
    forged = sealed_unchecked(report, SealKeys(own_key, own, (keys.certificate,)))
    for trusted in (keys.trusted, [keys.root]):
        assert verify_seal(forged, trusted).reason is SealReason.SIGNER_NOT_TRUSTED


def test_a_trusted_certificate_that_the_parser_cannot_read_does_not_hide_the_others(
    sealed: bytes, keys: SealKeys
) -> None:
    gost = x509.load_der_x509_certificate(like_gost(keys.certificate.public_bytes(serialization.Encoding.DER)))
    assert verify_seal(sealed, [gost, *keys.trusted]).is_genuine
    assert verify_seal(sealed, [gost]).state is SealState.UNKNOWN_SIGNER


# What is no seal


def test_a_report_that_was_never_sealed_is_not_sealed(report: bytes, keys: SealKeys) -> None:
    assert of(verify_seal(report, keys.trusted)) == (SealState.NOT_SEALED, SealReason.NO_SIGNATURE)


def test_an_ordinary_signature_is_no_seal_even_by_our_key(report: bytes, keys: SealKeys, stranger: SealKeys) -> None:
    for signer in (keys, stranger):
        signed = also_signed(report, signer)
        assert of(verify_seal(signed, keys.trusted)) == (SealState.NOT_SEALED, SealReason.OTHER_SIGNATURE)


def test_a_certification_that_allows_changes_is_no_seal(report: bytes, keys: SealKeys) -> None:
    signed = also_signed(report, keys, certify=True, permissions=MDPPerm.FILL_FORMS)
    assert of(verify_seal(signed, keys.trusted)) == (SealState.NOT_SEALED, SealReason.OTHER_SIGNATURE)


def test_our_own_form_of_seal_that_allows_changes_is_none(
    report: bytes, keys: SealKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "MDPPerm", SimpleNamespace(NO_CHANGES=MDPPerm.FILL_FORMS))
    assert of(verify_seal(sealed_unchecked(report, keys), keys.trusted)) == (
        SealState.NOT_SEALED,
        SealReason.OTHER_SIGNATURE,
    )


def test_a_signature_over_a_weak_digest_is_not_judged(report: bytes, keys: SealKeys) -> None:
    assert of(verify_seal(also_signed(report, keys, digest="sha1"), keys.trusted)) == (
        SealState.UNREADABLE,
        SealReason.SIGNATURE_NOT_UNDERSTOOD,
    )


def test_two_ordinary_signatures_give_a_state(report: bytes, keys: SealKeys, stranger: SealKeys) -> None:
    first = also_signed(report, stranger)
    writer = IncrementalPdfFileWriter(io.BytesIO(first))
    der = serialization.Encoding.DER
    private = keys.private_key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signer = SimpleSigner(
        asn1_x509.Certificate.load(keys.certificate.public_bytes(der)),
        asn1_keys.PrivateKeyInfo.load(private),
        SimpleCertificateStore(),
    )
    both = sign_pdf(writer, PdfSignatureMetadata(field_name="Third"), signer=signer).getvalue()
    assert verify_seal(both, keys.trusted).state is SealState.NOT_SEALED


# What cannot be read


def zip_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("report.pdf", b"%PDF-1.7")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"plain text",
        "Мәтін".encode(),
        zip_file(),
        b"<html></html>",
        b"\xff" * 5000,
        b" " * 2000 + b"%PDF-1.7",
    ],
)
def test_what_is_no_pdf_is_unreadable(keys: SealKeys, content: bytes) -> None:
    verdict = verify_seal(content, keys.trusted)
    assert verdict.state is SealState.UNREADABLE
    assert verdict.reason in (SealReason.NOT_A_PDF, SealReason.DAMAGED), "the ZIP holds a header in its first bytes"


def test_a_truncated_file_is_never_genuine(report: bytes, sealed: bytes, keys: SealKeys) -> None:
    ends = [*range(0, len(sealed), len(sealed) // 97), *range(len(sealed) - 40, len(sealed))]
    states = {end: verify_seal(sealed[:end], keys.trusted).state for end in ends}
    # Cut right after the report, the file is the report as it was before the seal.
    before = {end for end, state in states.items() if state is SealState.NOT_SEALED}
    assert all(len(report) <= end < sealed.index(b"/SubFilter") for end in before)
    assert {states[end] for end in ends if end not in before} <= {SealState.UNREADABLE, SealState.CHANGED}


def test_an_encrypted_file_is_unreadable(report: bytes, keys: SealKeys) -> None:
    for user in ("", "password"):
        out = io.BytesIO()
        with pikepdf.open(io.BytesIO(report)) as document:
            document.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
        assert of(verify_seal(out.getvalue(), keys.trusted)) == (SealState.UNREADABLE, SealReason.ENCRYPTED)


def test_a_file_over_the_limit_is_not_looked_at(keys: SealKeys, monkeypatch: pytest.MonkeyPatch, sealed: bytes) -> None:
    assert verify.MAX_PDF_BYTES == 64 * 1024 * 1024
    monkeypatch.setattr(verify, "MAX_PDF_BYTES", len(sealed) - 1)
    monkeypatch.setattr(verify, "PdfFileReader", None)
    assert of(verify_seal(sealed, keys.trusted)) == (SealState.UNREADABLE, SealReason.TOO_LARGE)


def like_gost(der: bytes) -> bytes:
    """Exchange the object identifiers of ECDSA and SHA-256 for ones of Kazakhstan's GOST of the same length."""
    exchanged = der
    for ours, theirs in (
        (b"\x2a\x86\x48\xce\x3d\x02\x01", b"\x2a\x83\x0e\x03\x0a\x01\x01"),  # ecPublicKey -> 1.2.398.3.10.1.1
        (b"\x2a\x86\x48\xce\x3d\x04\x03\x02", b"\x2a\x83\x0e\x03\x0a\x01\x01\x02"),  # ecdsa-with-SHA256
        (b"\x60\x86\x48\x01\x65\x03\x04\x02\x01", b"\x2a\x83\x0e\x03\x0a\x01\x03\x03\x01"),  # sha256 -> ...1.3.3.1
    ):
        exchanged = exchanged.replace(ours, theirs)
    assert exchanged != der
    return exchanged


def test_a_gost_signature_is_not_understood_and_no_crash(sealed: bytes, keys: SealKeys) -> None:
    gost = with_contents(sealed, like_gost(cms_of(sealed).rstrip(b"\0")))
    assert of(verify_seal(gost, keys.trusted)) == (SealState.UNREADABLE, SealReason.SIGNATURE_NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff",
        b"\xff" * 300,
        bytes(range(256)),
        b"\x30\x03\x02\x01\x05",
        b"0\x82\x01\x00" * 60,
        b"\x30\x80" * 900,
    ],
)
def test_garbage_in_place_of_the_signature_gives_a_state(sealed: bytes, keys: SealKeys, garbage: bytes) -> None:
    verdict = verify_seal(with_contents(sealed, garbage), keys.trusted)
    assert of(verdict) == (SealState.UNREADABLE, SealReason.SIGNATURE_NOT_UNDERSTOOD)


def test_the_signature_of_another_file_is_a_change(report: bytes, sealed: bytes, keys: SealKeys) -> None:
    other = seal_pdf(report, keys, at=AT, **STATEMENT)
    assert of(verify_seal(with_contents(sealed, cms_of(other)), keys.trusted)) == (
        SealState.CHANGED,
        SealReason.DIGEST_OR_SIGNATURE_WRONG,
    )


def assembled(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, with a right cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [3 0 R] >> >>"
PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"


@pytest.mark.parametrize(
    "objects",
    [
        (CATALOG, PAGES, b"<< /FT /Sig /T (a) /V << /Type /Sig >> >>"),
        (CATALOG, PAGES, b"<< /FT /Sig /T (a) /V 3 0 R >>"),
        (CATALOG, PAGES, b"<< /FT /Sig /T (a) /Kids [3 0 R] >>"),
        (CATALOG, PAGES, b"<< /FT /Sig /T (a) /Parent 3 0 R /V 9 0 R >>"),
        (CATALOG, PAGES, b"<< /FT /Sig /T (a) /V 4 0 R >>", b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <3003> >>"),
        (CATALOG, PAGES, b"<< /FT /Sig /T (a) /V 4 0 R >>", b"[1 2 3]"),
        (CATALOG, PAGES, b"(text)"),
        (CATALOG, PAGES, b"[" * 20000 + b"]" * 20000),
        (CATALOG, PAGES, b"<</a " * 20000 + b">>" * 20000),
        (b"1 0 R", PAGES),
        (b"null",),
    ],
)
def test_a_crooked_structure_gives_a_state_soon(keys: SealKeys, objects: tuple[bytes, ...]) -> None:
    began = time.monotonic()
    assert not verify_seal(assembled(*objects), keys.trusted).is_genuine
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "previous", [b"/Prev 0", b"/Prev 9999999", b"/Prev -1", b"/Prev (x)", b"/Encrypt 2 0 R", b"/Size -1"]
)
def test_a_crooked_trailer_gives_a_state(keys: SealKeys, previous: bytes) -> None:
    assert not verify_seal(
        assembled(CATALOG, PAGES, b"<<>>", trailer=b"/Root 1 0 R " + previous), keys.trusted
    ).is_genuine


def test_a_cross_reference_that_goes_round_in_a_circle_gives_a_state_soon(keys: SealKeys) -> None:
    pdf = assembled(CATALOG, PAGES, b"<<>>")
    table = pdf.index(b"xref\n")
    circle = assembled(CATALOG, PAGES, b"<<>>", trailer=b"/Root 1 0 R /Prev %d" % table)
    began = time.monotonic()
    assert not verify_seal(circle, keys.trusted).is_genuine
    assert time.monotonic() - began < 10


def test_a_compressed_bomb_gives_a_state_soon(keys: SealKeys) -> None:
    bomb = zlib.compress(b"\0" * 200_000_000, 9)
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(bomb)
    catalog = b"<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>"
    began = time.monotonic()
    assert not verify_seal(assembled(catalog, PAGES, stream + bomb + b"\nendstream"), keys.trusted).is_genuine
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "piece",
    [
        b"[",
        b" ",
        b"<<",
        b"/ByteRange",
        b"/ByteRange [0 9 99 9] ",
        b"/ByteRange [0 1 9",
        b"/Encrypt ",
        b"0000000015 00000 n \n",
    ],
)
def test_many_megabytes_of_trouble_are_answered_soon(keys: SealKeys, piece: bytes) -> None:
    content = b"%PDF-1.7\n" + piece * (24_000_000 // len(piece)) + b"\nstartxref\n9\n%%EOF\n"
    began = time.monotonic()
    assert not verify_seal(content, keys.trusted).is_genuine
    assert time.monotonic() - began < 3, "a parser works on such files for minutes"


def test_many_signatures_over_many_megabytes_are_answered_soon(keys: SealKeys, sealed: bytes) -> None:
    begin, end = contents_of(sealed)
    ranges = b"/ByteRange [0 %d %d %d]\n" % (9, 9 + end + 1 - begin + 1, 24_000_000)
    content = b"%PDF-1.7\n" + sealed[begin - 1 : end + 1] + ranges * 400 + b" " * 25_000_000
    began = time.monotonic()
    assert verify_seal(content, keys.trusted).reason is SealReason.DIGEST_OR_SIGNATURE_WRONG
    assert time.monotonic() - began < 5


def test_more_certificates_than_a_seal_carries_are_not_tried(sealed: bytes, keys: SealKeys, stranger: SealKeys) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    message = cms.ContentInfo.load(cms_of(sealed))
    for number in range(4):
        extra = certificate_of(key, f"extra {number}", None, key).public_bytes(serialization.Encoding.DER)
        choice = cms.CertificateChoices("certificate", asn1_x509.Certificate.load(extra))
        message["content"]["certificates"].append(choice)
    content = message.dump(force=True)
    begin, _ = contents_of(sealed)
    padded = sealed[:begin] + b"0" * 4000 + sealed[begin:]  # more room, and a byte range that says so
    start, length, second, rest = byte_range_of(sealed)
    old = b"/ByteRange [%d %d %d %d]" % (start, length, second, rest)
    new = (b"/ByteRange [%d %d %d %d]" % (start, length, second + 4000, rest)).ljust(len(old))
    crowded = with_contents(padded.replace(old, new), content)
    assert of(verify_seal(crowded, keys.trusted)) == (SealState.UNREADABLE, SealReason.SIGNATURE_NOT_UNDERSTOOD)


def test_the_parser_sees_only_what_a_trusted_signer_signed_whole(
    report: bytes, sealed: bytes, keys: SealKeys, stranger: SealKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign, parsed = seal_pdf(report, stranger, at=AT, **STATEMENT), []

    def parse(stream: io.BytesIO) -> PdfFileReader:
        parsed.append(stream)
        return PdfFileReader(stream)

    monkeypatch.setattr(verify, "PdfFileReader", parse)
    for content in (report, foreign, sealed + b"\n", flipped(sealed, 500), sealed[:-1], also_signed(report, stranger)):
        assert not verify_seal(content, keys.trusted).is_genuine
    assert parsed == []
    assert verify_seal(sealed, keys.trusted).is_genuine
    assert len(parsed) == 1


@settings(max_examples=150, deadline=None, database=None)
@given(content=st.binary(max_size=4000), with_header=st.booleans())
def test_random_bytes_are_never_an_exception(keys: SealKeys, content: bytes, with_header: bool) -> None:
    verdict = verify_seal(b"%PDF-1.7\n" + content if with_header else content, keys.trusted)
    assert verdict.state is not SealState.GENUINE


@settings(max_examples=150, deadline=None, database=None)
@given(place=st.floats(0, 1), length=st.integers(0, 60), instead=st.binary(max_size=60), in_signature=st.booleans())
def test_a_sealed_file_with_a_random_piece_exchanged_is_never_genuine(
    sealed: bytes, keys: SealKeys, place: float, length: int, instead: bytes, in_signature: bool
) -> None:
    low, high = contents_of(sealed) if in_signature else (0, len(sealed))
    start = low + int(place * (high - low))
    changed = sealed[:start] + instead + sealed[start + length :]
    assert verify_seal(changed, keys.trusted).is_genuine == (changed == sealed)


@settings(max_examples=150, deadline=None, database=None)
@given(content=st.binary(max_size=1500))
def test_random_bytes_in_place_of_the_signature_are_never_an_exception(
    sealed: bytes, keys: SealKeys, content: bytes
) -> None:
    assert not verify_seal(with_contents(sealed, content), keys.trusted).is_genuine


# What verification does to the rest of the program


@pytest.fixture
def network_calls() -> Iterator[list[str]]:
    """The names asked for and the addresses connected to while the test runs, by Python's audit events."""
    seen: list[str] = []
    is_on = True

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if is_on and event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
            seen.append(f"{event} {arguments}")

    sys.addaudithook(listen)  # cannot be taken off again, hence the switch
    yield seen
    is_on = False


def test_nothing_is_fetched_though_the_certificate_names_addresses(report: bytes, network_calls: list[str]) -> None:
    root_key, middle_key, own_key = (rsa.generate_private_key(65537, 2048) for _ in range(3))
    address = [x509.UniformResourceIdentifier("http://127.0.0.1:9/asked")]
    extensions = (
        x509.CRLDistributionPoints([x509.DistributionPoint(address, None, None, None)]),
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(AuthorityInformationAccessOID.OCSP, address[0]),
                x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, address[0]),
            ]
        ),
    )
    root = certificate_of(root_key, "root", None, root_key, is_authority=True)
    middle = certificate_of(middle_key, "middle", root, root_key, is_authority=True, extensions=extensions)
    own = certificate_of(own_key, "own", middle, middle_key, extensions=extensions)
    whole = sealed_unchecked(report, SealKeys(own_key, own, (middle,)))
    without_chain = sealed_unchecked(report, SealKeys(own_key, own))
    assert verify_seal(whole, [root]).is_genuine
    assert verify_seal(without_chain, [root]).state is SealState.UNKNOWN_SIGNER
    assert network_calls == []


def test_no_name_of_a_stranger_gets_into_the_log(
    report: bytes, keys: SealKeys, stranger: SealKeys, caplog: pytest.LogCaptureFixture
) -> None:
    foreign = seal_pdf(report, stranger, at=AT, **STATEMENT)
    with caplog.at_level(logging.DEBUG):
        verify_seal(foreign, keys.trusted)
    assert [record for record in caplog.records if record.name.startswith("pyhanko")] == []
