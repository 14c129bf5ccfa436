"""A key that a certification authority issued is taken over once, whole, and only if it can seal."""

import io
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result

from baqylau.cli.commands import main
from baqylau.signatures.keys import SealKeys, fingerprint, load_keys
from baqylau.signatures.seal import seal_pdf
from baqylau.signatures.takeover import take_over_pkcs12
from baqylau.signatures.terms import KeyCode, KeyTrouble
from baqylau.signatures.verify import verify_seal

PASSPHRASE = "тілек қосу"
SIGNER = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n"
AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
FOR_ENCRYPTION = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,keyEncipherment\n"


def _soon() -> datetime:
    """Return an instant at which what OpenSSL has just issued, by its own clock, is valid."""
    return datetime.now(UTC) + timedelta(minutes=1)


class Authority:
    """A certification authority of two levels, made with openssl."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passphrase = self._secret("passphrase", PASSPHRASE)
        self.issue("root", AUTHORITY, issuer=None)
        self.issue("middle", AUTHORITY, issuer="root")
        self.issue("seal", SIGNER, issuer="middle")

    def issue(self, name: str, extensions: str, issuer: str | None, days: int = 400, curve: str = "P-256") -> None:
        """Issue a certificate with a key of its own."""
        (self.folder / f"{name}.ext").write_text(extensions)
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", f"{name}.key")
        self._openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN=Test {name}", "-out", f"{name}.csr")
        if issuer is None:
            signer = ["-signkey", f"{name}.key"]
        else:
            signer = ["-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key", "-CAcreateserial"]
        written = ["-in", f"{name}.csr", "-extfile", f"{name}.ext", "-days", str(days), "-out", f"{name}.crt"]
        self._openssl("x509", "-req", *signer, *written)

    def pack(
        self, name: str = "seal", others: tuple[str, ...] = ("middle", "root"), passphrase: str = PASSPHRASE
    ) -> Path:
        """Return a PKCS#12 file with the key, its certificate and the others."""
        (self.folder / "others.pem").write_text("".join((self.folder / f"{one}.crt").read_text() for one in others))
        made = ["-inkey", f"{name}.key", "-in", f"{name}.crt", "-passout", f"pass:{passphrase}", "-out", f"{name}.p12"]
        self._openssl("pkcs12", "-export", *made, *(["-certfile", "others.pem"] if others else []))
        (self.folder / f"{name}.p12").chmod(0o600)
        return self.folder / f"{name}.p12"

    def _secret(self, name: str, words: str) -> Path:
        path = self.folder / name
        path.write_text(words + "\n")
        path.chmod(0o600)
        return path

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    folder = tmp_path / "authority"
    folder.mkdir()
    return Authority(folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "keys"


def _take_over(folder: Path, authority: Authority, source: Path) -> SealKeys:
    return take_over_pkcs12(folder, source, authority.passphrase, at=_soon())


def _run(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["--instance", str(folder.parent), "keys", *options])


def _blank_pdf() -> bytes:
    pdf, written = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(written)
    return written.getvalue()


def test_the_command_keeps_key_certificate_chain_and_root_as_its_own_keys_are_kept(
    folder: Path, authority: Authority
) -> None:
    source = authority.pack()
    done = _run(folder, "init", "--pkcs12", str(source), "--passphrase-file", str(authority.passphrase))
    assert done.exit_code == 0, done.output
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir() if path.suffix == ".pem"} == {
        "seal.pem": 0o600,
        "root.cert.pem": 0o600,
    }
    assert (folder / "seal.pem").read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    held = load_keys(folder)
    assert [one.subject.rfc4514_string() for one in (held.certificate, *held.chain)] == [
        "CN=Test seal",
        "CN=Test middle",
    ]
    assert held.root is not None
    assert held.root.subject.rfc4514_string() == "CN=Test root"
    assert fingerprint(held.certificate) in _run(folder, "show").output


def test_a_report_is_sealed_and_verified_with_the_key_that_was_taken_over(folder: Path, authority: Authority) -> None:
    held = _take_over(folder, authority, authority.pack())
    sealed = seal_pdf(_blank_pdf(), held, reason="x", location="", name="x", at=_soon())
    verdict = verify_seal(sealed, load_keys(folder).trusted)
    assert verdict.is_genuine
    assert verdict.fingerprint == fingerprint(held.certificate)


def test_an_authority_may_keep_its_root_to_itself(folder: Path, authority: Authority) -> None:
    held = _take_over(folder, authority, authority.pack(others=("middle",)))
    assert held.root is None
    assert [path.name for path in folder.iterdir()] == ["seal.pem"]


def test_keys_that_are_there_stay_as_they_are(folder: Path, authority: Authority) -> None:
    assert _run(folder, "init").exit_code == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done = _run(folder, "init", "--pkcs12", str(authority.pack()), "--passphrase-file", str(authority.passphrase))
    assert done.exit_code == 1
    assert "never overwritten" in done.output
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def _of_an_authority(authority: Authority) -> Path:
    return authority.pack("middle", ("root",))


def _not_for_signing(authority: Authority) -> Path:
    authority.issue("other", FOR_ENCRYPTION, "middle")
    return authority.pack("other")


def _not_of_this_time(authority: Authority) -> Path:
    authority.issue("other", SIGNER, "middle", days=0)
    return authority.pack("other")


def _on_an_odd_curve(authority: Authority) -> Path:
    authority.issue("other", SIGNER, "middle", curve="secp256k1")
    return authority.pack("other")


def _with_a_foreign_certificate(authority: Authority) -> Path:
    authority.issue("stranger", AUTHORITY, "root")
    return authority.pack(others=("middle", "stranger", "root"))


def _with_a_false_issuer(authority: Authority) -> Path:
    """Another authority of the same name."""
    authority.issue("middle", AUTHORITY, "root")
    return authority.pack()


def _under_another_passphrase(authority: Authority) -> Path:
    return authority.pack(passphrase="another")


def _torn(authority: Authority) -> Path:
    source = authority.pack()
    source.write_bytes(source.read_bytes()[:200])
    return source


@pytest.mark.parametrize(
    ("pack", "code", "words"),
    [
        (_of_an_authority, KeyCode.NOT_SUPPORTED, "belongs to a certification authority"),
        (_not_for_signing, KeyCode.NOT_SUPPORTED, "not meant for signing"),
        (_not_of_this_time, KeyCode.NOT_SUPPORTED, "is valid from"),
        (_on_an_odd_curve, KeyCode.NOT_SUPPORTED, "ECDSA P-256"),
        (_with_a_foreign_certificate, KeyCode.MISMATCH, "did not issue"),
        (_with_a_false_issuer, KeyCode.MISMATCH, "is torn at CN=Test seal"),
        (_under_another_passphrase, KeyCode.PASSPHRASE_WRONG, "passphrase does not open"),
        (_torn, KeyCode.UNREADABLE, "not a readable PKCS#12"),
    ],
)
def test_what_cannot_seal_is_refused_and_nothing_is_kept(
    folder: Path, authority: Authority, pack: Callable[[Authority], Path], code: KeyCode, words: str
) -> None:
    source = pack(authority)
    with pytest.raises(KeyTrouble, match=words) as caught:
        _take_over(folder, authority, source)
    assert caught.value.code is code
    assert list(folder.iterdir()) == []


def test_a_passphrase_is_never_an_argument(folder: Path, authority: Authority) -> None:
    done = _run(folder, "init", "--pkcs12", str(authority.pack()))
    assert done.exit_code == 1
    assert "--passphrase-file" in done.output
    assert not (folder / "seal.pem").exists()
