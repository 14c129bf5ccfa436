"""The seal, judged by programs that are not ours: poppler, OpenSSL, qpdf and pikepdf."""

import datetime as dt
import io
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import pikepdf
import pytest
import weasyprint
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from baqylau.signatures import seal
from baqylau.signatures.keys import SealKeys, make_keys
from baqylau.signatures.seal import seal_pdf
from baqylau.signatures.terms import KeyNames, SealCode, SealTrouble
from baqylau.signatures.verify import verify_seal

AT = dt.datetime(2026, 3, 2, 9, 30, 15, 999, tzinfo=dt.timezone(dt.timedelta(hours=5)))
AT_UTC = dt.datetime(2026, 3, 2, 4, 30, 15, tzinfo=dt.UTC)
STATEMENT = {"reason": "Есептің бүтіндігін растау", "location": "Алматы", "name": "Қоғамдық кеңес"}
KAZAKH = "Әділ ғұмыр, қоңыр өмір, үлгі һәм іс"


def render(body: str = "") -> bytes:
    html = f"""<html lang="kk"><head><title>Есеп</title><meta name="author" content="Кеңес"></head>
    <body><h1>{KAZAKH}</h1><p>{body or "Тамақ мөлшері жеткіліксіз. " * 40}</p>
    <table><tr><th scope="col">Бап</th></tr><tr><td>4 м²</td></tr></table></body></html>"""
    with warnings.catch_warnings():
        # WeasyPrint 70 leaves its own colour profile open until it is collected; nothing of ours.
        warnings.filterwarnings("ignore", "unclosed file .*sRGB2014.icc", ResourceWarning)
        return weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/a-3a")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    names = KeyNames(root="Бақылау: түбір", seal="Бақылау: мөр", organisation="Кеңес")
    return make_keys(tmp_path_factory.mktemp("keys") / "keys", names, at=AT_UTC - dt.timedelta(days=1))


@pytest.fixture(scope="module")
def report() -> bytes:
    return render()


@pytest.fixture(scope="module")
def sealed(report: bytes, keys: SealKeys) -> bytes:
    return seal_pdf(report, keys, at=AT, **STATEMENT)


def run(*command: str | Path) -> str:
    program = shutil.which(str(command[0]))
    assert program, f"{command[0]} is needed to check the seal from outside"
    done = subprocess.run([program, *map(str, command[1:])], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def saved(tmp_path: Path, pdf: bytes) -> Path:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    return path


def signature_of(pdf: bytes) -> dict[str, object]:
    """The signature dictionary as pikepdf reads it, in plain values."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (field,) = document.Root.AcroForm.Fields
        assert str(field.T) == "Seal"
        found = {str(key): value for key, value in field.V.items()}
        found["/Contents"] = bytes(found["/Contents"])
        found["/ByteRange"] = [int(number) for number in found["/ByteRange"]]
        return {key: str(v) if isinstance(v, (pikepdf.String, pikepdf.Name)) else v for key, v in found.items()}


def chained_keys(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> SealKeys:
    """Keys as a certification authority gives them: root, middle, seal."""
    issuer_key, issuer, made = None, None, []
    for name, own, is_authority in (
        ("CA root", ec.generate_private_key(ec.SECP384R1()), True),
        ("CA middle", rsa.generate_private_key(65537, 2048), True),
        ("Кеңес", key, False),
    ):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or subject)
            .public_key(own.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(AT_UTC - dt.timedelta(days=1))
            .not_valid_after(AT_UTC + dt.timedelta(days=365))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.KeyUsage(not is_authority, *[False] * 4, is_authority, *[False] * 3), critical=True)
            .sign(issuer_key or own, hashes.SHA256())
        )
        made.append(certificate)
        issuer_key, issuer = own, subject
    return SealKeys(key, made[2], (made[1],), made[0])


def openssl_accepts(tmp_path: Path, pdf: bytes, root: x509.Certificate) -> bool:
    signature = signature_of(pdf)
    start, length, second, rest = signature["/ByteRange"]
    (tmp_path / "signed").write_bytes(pdf[start : start + length] + pdf[second : second + rest])
    (tmp_path / "cms").write_bytes(cms.ContentInfo.load(signature["/Contents"]).dump())
    (tmp_path / "root").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", tmp_path / "cms", "-binary"]
    command += ["-content", tmp_path / "signed", "-CAfile", tmp_path / "root", "-purpose", "any"]
    command += ["-attime", str(int(AT.timestamp())), "-out", tmp_path / "out"]
    return "CMS Verification successful" in run(*command)


def test_poppler_finds_the_seal_valid_and_the_total_document_signed(tmp_path: Path, sealed: bytes) -> None:
    output = run("pdfsig", saved(tmp_path, sealed))
    assert "Signature is Valid." in output
    assert "Total document signed" in output
    assert "ETSI.CAdES.detached" in output
    assert "SHA-256" in output
    assert "CN=Бақылау: мөр,O=Кеңес,C=KZ" in output
    assert output.count("Signature #") == 1


def test_poppler_notices_a_changed_byte(tmp_path: Path, sealed: bytes) -> None:
    changed = bytearray(sealed)
    changed[sealed.index(b"stream") + 40] ^= 1
    assert "Digest Mismatch" in run("pdfsig", saved(tmp_path, bytes(changed)))


def test_openssl_verifies_the_cms_over_the_byte_range_up_to_the_root(
    tmp_path: Path, sealed: bytes, keys: SealKeys
) -> None:
    assert keys.root is not None
    assert openssl_accepts(tmp_path, sealed, keys.root)


def test_qpdf_has_no_complaint(tmp_path: Path, sealed: bytes) -> None:
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", saved(tmp_path, sealed))


def test_the_kazakh_text_reads_the_same_after_sealing(tmp_path: Path, report: bytes, sealed: bytes) -> None:
    before = run("pdftotext", saved(tmp_path, report), "-")
    assert run("pdftotext", saved(tmp_path, sealed), "-") == before
    assert KAZAKH in " ".join(before.split())


def test_the_seal_is_appended_and_leaves_every_byte_of_the_report(report: bytes, sealed: bytes) -> None:
    assert sealed.startswith(report)
    assert len(sealed) - len(report) < 10_000


def test_the_seal_is_a_certification_that_allows_no_change(sealed: bytes) -> None:
    signature = signature_of(sealed)
    assert signature["/SubFilter"] == "/ETSI.CAdES.detached"
    (reference,) = signature["/Reference"]
    assert reference.TransformMethod == "/DocMDP"
    assert reference.TransformParams.P == 1
    with pikepdf.open(io.BytesIO(sealed)) as document:
        assert document.Root.Perms.DocMDP.objgen == document.Root.AcroForm.Fields[0].V.objgen
        assert document.Root.AcroForm.SigFlags == 3


def test_the_dictionary_states_what_the_caller_said(sealed: bytes) -> None:
    signature = signature_of(sealed)
    assert {key: signature[f"/{key.title()}"] for key in STATEMENT} == STATEMENT
    assert signature["/M"] == "D:20260302043015Z", "the caller's time, in UTC, to the second"


def test_the_cms_is_pades_baseline_b(sealed: bytes, keys: SealKeys) -> None:
    signed = cms.ContentInfo.load(signature_of(sealed)["/Contents"])["content"]
    (signer,) = signed["signer_infos"]
    kinds = {attribute["type"].native for attribute in signer["signed_attrs"]}
    assert kinds == {"content_type", "message_digest", "signing_certificate_v2"}, "and no signing_time"
    assert signer["digest_algorithm"]["algorithm"].native == "sha256"
    carried = [choice.chosen.dump() for choice in signed["certificates"]]
    assert carried == [keys.certificate.public_bytes(serialization.Encoding.DER)], "and not the root"


def test_the_report_stays_a_tagged_archival_pdf(report: bytes, sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(report)) as before, pikepdf.open(io.BytesIO(sealed)) as after:
        xmp = after.Root.Metadata.read_raw_bytes()
        assert xmp == before.Root.Metadata.read_raw_bytes()
        metadata = after.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert after.pdf_version == before.pdf_version == "1.7"
        assert "/Version" not in after.Root
        assert after.docinfo.items() == before.docinfo.items(), "no producer or date of the sealing library"
        assert after.Root.MarkInfo.Marked
        for key in ("/StructTreeRoot", "/OutputIntents", "/Lang"):
            assert after.Root[key].unparse() == before.Root[key].unparse()


def test_the_field_obeys_the_archival_and_the_accessibility_rules(sealed: bytes) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as document:
        (field,) = document.Root.AcroForm.Fields
        flags, box = int(field.F), [float(number) for number in field.Rect]
        crop = [float(number) for number in document.pages[0].cropbox]
        # ISO 19005-3, 6.3.2 and 6.3.3: Print set, Hidden, Invisible, NoView and ToggleNoView clear; no area, no look.
        assert flags & 0b100
        assert not flags & 0b100100011
        assert (box[0], box[1]) == (box[2], box[3])
        # ISO 14289-1, 7.18: outside the crop box, tabs in the order of the structure, a name to read aloud.
        assert box[0] < crop[0]
        assert box[1] < crop[1]
        assert document.pages[0].obj.Tabs == "/S"
        assert str(field.TU) == STATEMENT["reason"]
        # ISO 19005-3, 6.1.12: DocMDP alone among the permissions, and no digests in its reference.
        assert list(document.Root.Perms.keys()) == ["/DocMDP"]
        assert not {"/DigestLocation", "/DigestMethod", "/DigestValue"} & set(field.V.Reference[0].keys())
        assert "/NeedAppearances" not in document.Root.AcroForm


def test_a_report_with_links_gets_the_field_beside_them(keys: SealKeys) -> None:
    report = render('<a href="#x" id="x">сілтеме</a>')
    sealed = seal_pdf(report, keys, at=AT, **STATEMENT)
    with pikepdf.open(io.BytesIO(sealed)) as document:
        subtypes = [str(annotation.Subtype) for annotation in document.pages[0].obj.Annots]
    assert sorted(subtypes) == ["/Link", "/Widget"]


def test_nothing_in_the_seal_comes_from_the_clock(keys: SealKeys, report: bytes, sealed: bytes) -> None:
    added = sealed[len(report) :]
    assert re.findall(rb"\(D(?::|\\072)(\d{14})", added) == [b"20260302043015"]


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (rsa.generate_private_key(65537, 2048), "sha256"),
        (rsa.generate_private_key(65537, 3072), "sha384"),
        (ec.generate_private_key(ec.SECP384R1()), "sha384"),
        (ec.generate_private_key(ec.SECP521R1()), "sha512"),
    ],
    ids=["RSA-2048", "RSA-3072", "P-384", "P-521"],
)
def test_keys_of_an_authority_seal_too_and_carry_their_chain(
    tmp_path: Path, report: bytes, key: ec.EllipticCurvePrivateKey, digest: str
) -> None:
    given = chained_keys(key)
    assert given.root is not None
    sealed = seal_pdf(report, given, at=AT, **STATEMENT)
    signed = cms.ContentInfo.load(signature_of(sealed)["/Contents"])["content"]
    assert signed["signer_infos"][0]["digest_algorithm"]["algorithm"].native == digest
    assert len(signed["certificates"]) == 2, "seal and intermediate, not the root"
    assert "Signature is Valid." in run("pdfsig", saved(tmp_path, sealed))
    assert openssl_accepts(tmp_path, sealed, given.root)
    assert verify_seal(sealed, [given.root]).is_genuine
    assert verify_seal(sealed, given.trusted).is_genuine


def refusal(pdf: bytes, keys: SealKeys, at: dt.datetime = AT) -> SealCode:
    with pytest.raises(SealTrouble) as caught:
        seal_pdf(pdf, keys, at=at, **STATEMENT)
    return caught.value.code


def test_a_sealed_report_is_not_sealed_again(sealed: bytes, keys: SealKeys) -> None:
    assert refusal(sealed, keys) == "signatures.already_signed"


@pytest.mark.parametrize("cut", [0, 1, 8, 500, -1, -40, -400])
def test_what_is_no_pdf_is_refused(report: bytes, keys: SealKeys, cut: int) -> None:
    torn = report[:cut] if cut >= 0 else report[: len(report) // 2]
    assert refusal(torn, keys) == "signatures.pdf_unreadable"


def test_a_pdf_without_pages_is_refused(keys: SealKeys) -> None:
    out = io.BytesIO()
    pikepdf.new().save(out)
    assert refusal(out.getvalue(), keys) is SealCode.PDF_UNREADABLE


def test_an_encrypted_pdf_is_refused(report: bytes, keys: SealKeys) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(report)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
    assert refusal(out.getvalue(), keys) == "signatures.pdf_encrypted"


def test_a_file_over_the_limit_is_refused_unread(
    report: bytes, keys: SealKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "MAX_PDF_BYTES", len(report) - 1)
    assert refusal(report, keys) == "signatures.pdf_too_large"


def test_a_time_without_a_zone_is_refused(report: bytes, keys: SealKeys) -> None:
    assert refusal(report, keys, AT.replace(tzinfo=None)) is SealCode.TIME_WITHOUT_ZONE


@pytest.mark.parametrize("days", [-2, 1200])
def test_a_time_outside_the_certificate_is_refused(report: bytes, keys: SealKeys, days: int) -> None:
    assert refusal(report, keys, AT + dt.timedelta(days=days)) == "signatures.certificate_not_valid_then"


def test_a_seal_that_does_not_hold_is_never_handed_out(report: bytes, keys: SealKeys) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    torn = SealKeys(stranger, keys.certificate)
    assert refusal(report, torn) == "signatures.seal_not_verifiable"
