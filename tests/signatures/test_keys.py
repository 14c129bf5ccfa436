"""Keys: made once, refused when anybody else can read them, rotated without losing what was sealed before."""

import datetime as dt
import os
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from baqylau.signatures.keys import (
    SealKeys,
    fingerprint,
    load_keys,
    load_pkcs12,
    make_keys,
    retire_certificate,
    rotate_seal,
)
from baqylau.signatures.terms import KeyCode, KeyNames, KeyTrouble

AT = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
NAMES = KeyNames(root="Бақылау: түбір", seal="Бақылау: мөр", organisation="Алматы қоғамдық кеңесі")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "keys"


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def write_secret(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def certificate_for(key: object, name: str, **more: object) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, issuer_key = more.get("issuer", subject), more.get("issuer_key", key)
    algorithm = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT)
        .not_valid_after(AT + dt.timedelta(days=365))
        .sign(issuer_key, algorithm)
    )


def pkcs12_of(key: object, certificate: x509.Certificate, others: list[x509.Certificate], passphrase: bytes) -> bytes:
    lock = serialization.BestAvailableEncryption(passphrase)
    return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, others, lock)


def trouble_of(call: object) -> KeyCode:
    with pytest.raises(KeyTrouble) as caught:
        call()
    return caught.value.code


def test_made_keys_are_private_files_in_a_private_folder(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    assert mode_of(folder) == 0o700
    assert {path.name: mode_of(path) for path in folder.iterdir()} == {
        "root.key.pem": 0o600,
        "root.cert.pem": 0o600,
        "seal.pem": 0o600,
    }
    for name in ("root.key.pem", "seal.pem"):
        assert (folder / name).read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n"), "PKCS#8"


def test_made_keys_are_private_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        make_keys(folder, NAMES, at=AT)
    finally:
        os.umask(before)
    assert mode_of(folder / "seal.pem") == 0o600
    assert load_keys(folder).root is not None


def test_the_root_may_issue_seals_only_and_lives_ten_years(folder: Path) -> None:
    root = make_keys(folder, NAMES, at=AT).root
    assert root is not None
    constraints = root.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    usage = root.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert (usage.value.key_cert_sign, usage.value.digital_signature) == (True, False)
    assert isinstance(root.public_key().curve, ec.SECP256R1)
    assert root.not_valid_before_utc == AT.replace(microsecond=0)
    assert 3652 <= (root.not_valid_after_utc - root.not_valid_before_utc).days <= 3653


def test_the_seal_certificate_is_issued_by_the_root_for_signing_and_lives_three_years(folder: Path) -> None:
    keys = make_keys(folder, NAMES, at=AT)
    certificate, root = keys.certificate, keys.root
    assert root is not None
    certificate.verify_directly_issued_by(root)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    assert certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    assert certificate.subject.rfc4514_string() == "CN=Бақылау: мөр,O=Алматы қоғамдық кеңесі,C=KZ"
    assert 1095 <= (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 1096


def test_a_second_making_overwrites_nothing(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert trouble_of(lambda: make_keys(folder, NAMES, at=AT)) == "signatures.key_exists"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("left", ["root.key.pem", "root.cert.pem", "seal.pem"])
def test_making_beside_a_single_left_over_file_is_refused(folder: Path, left: str) -> None:
    folder.mkdir(parents=True, mode=0o700)
    write_secret(folder / left, b"something that somebody may need")
    assert trouble_of(lambda: make_keys(folder, NAMES, at=AT)) is KeyCode.EXISTS
    assert [path.name for path in folder.iterdir()] == [left]


def test_two_makings_at_once_do_not_overwrite_each_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_keys(folder, NAMES, at=AT)
    monkeypatch.setattr(os.path, "lexists", lambda path: False)
    assert trouble_of(lambda: make_keys(folder, NAMES, at=AT)) is KeyCode.EXISTS
    assert load_keys(folder).trusted == made.trusted


def test_a_making_that_fails_half_way_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def full_disk(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    assert trouble_of(lambda: make_keys(folder, NAMES, at=AT)) is KeyCode.NOT_WRITTEN
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "names",
    [
        KeyNames(root="r" * 65, seal="s", organisation="o"),
        KeyNames(root="r", seal="", organisation="o"),
        KeyNames(root="r", seal="s", organisation="o", country="KAZ"),
        KeyNames(root="the same", seal="the same", organisation="o"),
    ],
)
def test_names_that_a_certificate_cannot_carry_are_refused(folder: Path, names: KeyNames) -> None:
    assert trouble_of(lambda: make_keys(folder, names, at=AT)) is KeyCode.NAME_UNUSABLE
    assert list(folder.iterdir()) == []


def test_a_time_without_a_zone_is_refused(folder: Path) -> None:
    assert trouble_of(lambda: make_keys(folder, NAMES, at=AT.replace(tzinfo=None))) is KeyCode.TIME_WITHOUT_ZONE


def test_loaded_keys_are_the_made_ones(folder: Path) -> None:
    made, loaded = make_keys(folder, NAMES, at=AT), load_keys(folder)
    assert loaded.certificate == made.certificate
    assert loaded.root == made.root
    assert loaded.trusted == (made.certificate,)
    assert loaded.private_key.public_key() == made.certificate.public_key()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_key_file_open_to_others_is_refused(folder: Path, mode: int) -> None:
    make_keys(folder, NAMES, at=AT)
    (folder / "seal.pem").chmod(mode)
    with pytest.raises(KeyTrouble, match=r"seal\.pem has mode") as caught:
        load_keys(folder)
    assert caught.value.code == "signatures.key_readable_by_others"


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o755, 0o777])
def test_a_folder_open_to_others_is_refused(folder: Path, mode: int) -> None:
    make_keys(folder, NAMES, at=AT)
    folder.chmod(mode)
    assert trouble_of(lambda: load_keys(folder)) is KeyCode.READABLE_BY_OTHERS
    assert trouble_of(lambda: rotate_seal(folder, at=AT)) is KeyCode.READABLE_BY_OTHERS


def test_an_open_root_key_stops_a_rotation(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    (folder / "root.key.pem").chmod(0o644)
    assert trouble_of(lambda: rotate_seal(folder, at=AT)) is KeyCode.READABLE_BY_OTHERS


def test_missing_keys_are_missing(folder: Path, tmp_path: Path) -> None:
    assert trouble_of(lambda: load_keys(folder)) == "signatures.key_missing"
    folder.mkdir(parents=True, mode=0o700)
    assert trouble_of(lambda: load_keys(folder)) is KeyCode.MISSING
    assert trouble_of(lambda: load_keys(write_secret(tmp_path / "file", b""))) is KeyCode.MISSING


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 500, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_torn_key_file_is_unreadable(folder: Path, content: bytes) -> None:
    make_keys(folder, NAMES, at=AT)
    write_secret(folder / "seal.pem", content)
    assert trouble_of(lambda: load_keys(folder)) is KeyCode.UNREADABLE


def test_a_key_without_its_certificate_is_unreadable(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    pem = (folder / "seal.pem").read_bytes()
    write_secret(folder / "seal.pem", pem[: pem.index(b"-----BEGIN CERTIFICATE")])
    assert trouble_of(lambda: load_keys(folder)) is KeyCode.UNREADABLE


def test_a_key_with_another_certificate_is_a_mismatch(folder: Path, tmp_path: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    make_keys(tmp_path / "other", NAMES, at=AT)
    mine, other = (place.joinpath("seal.pem").read_bytes() for place in (folder, tmp_path / "other"))
    cut = b"-----BEGIN CERTIFICATE"
    write_secret(folder / "seal.pem", mine[: mine.index(cut)] + other[other.index(cut) :])
    assert trouble_of(lambda: load_keys(folder)) == "signatures.key_mismatch"


def test_the_fingerprint_is_sixteen_groups_of_four(folder: Path) -> None:
    certificate = make_keys(folder, NAMES, at=AT).certificate
    groups = fingerprint(certificate).split(" ")
    assert [len(group) for group in groups] == [4] * 16
    assert bytes.fromhex("".join(groups)) == certificate.fingerprint(hashes.SHA256())


def test_no_representation_shows_the_private_key(folder: Path) -> None:
    keys = make_keys(folder, NAMES, at=AT)
    assert repr(keys) == str(keys) == f"SealKeys({fingerprint(keys.certificate)})"


def test_a_rotation_makes_a_new_key_under_the_same_root_and_keeps_the_old_certificate(folder: Path) -> None:
    old = make_keys(folder, NAMES, at=AT)
    new = rotate_seal(folder, at=AT + dt.timedelta(days=900))
    assert new.certificate.public_key() != old.certificate.public_key()
    assert new.certificate.subject == old.certificate.subject
    assert new.root == old.root
    assert new.trusted == (new.certificate, old.certificate)
    assert load_keys(folder).trusted == new.trusted
    assert mode_of(folder / "retired") == 0o700
    assert b"PRIVATE" not in b"".join(path.read_bytes() for path in (folder / "retired").iterdir())
    assert mode_of(folder / "seal.pem") == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["retired", "root.cert.pem", "root.key.pem", "seal.pem"]


def test_a_rotation_may_give_a_new_name_and_several_are_kept(folder: Path) -> None:
    first = make_keys(folder, NAMES, at=AT)
    second = rotate_seal(folder, at=AT, name="Жаңа мөр")
    third = rotate_seal(folder, at=AT)
    assert third.certificate.subject.rfc4514_string() == "CN=Жаңа мөр,O=Алматы қоғамдық кеңесі,C=KZ"
    assert set(third.trusted) == {first.certificate, second.certificate, third.certificate}


def test_a_disowned_certificate_is_no_longer_trusted(folder: Path) -> None:
    old = make_keys(folder, NAMES, at=AT)
    rotate_seal(folder, at=AT)
    (folder / "retired" / f"{old.certificate.fingerprint(hashes.SHA256()).hex()}.pem").unlink()
    assert old.certificate not in load_keys(folder).trusted


def test_a_torn_retired_certificate_is_reported_and_not_skipped(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    rotate_seal(folder, at=AT)
    next((folder / "retired").iterdir()).write_bytes(b"torn")
    assert trouble_of(lambda: load_keys(folder)) is KeyCode.UNREADABLE


def test_a_failed_rotation_leaves_the_old_seal_in_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = make_keys(folder, NAMES, at=AT)

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", refuse)
    assert trouble_of(lambda: rotate_seal(folder, at=AT)) is KeyCode.NOT_WRITTEN
    assert load_keys(folder).trusted == (old.certificate,)
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_rotation_needs_the_root_key_which_may_be_kept_elsewhere(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    (folder / "root.key.pem").unlink()
    assert load_keys(folder).root is not None
    assert trouble_of(lambda: rotate_seal(folder, at=AT)) is KeyCode.MISSING
    (folder / "root.cert.pem").unlink()
    assert load_keys(folder).root is None


def test_a_seal_never_outlives_its_root_and_an_expired_root_issues_nothing(folder: Path) -> None:
    root = make_keys(folder, NAMES, at=AT).root
    assert root is not None
    late = rotate_seal(folder, at=AT + dt.timedelta(days=3500))
    assert late.certificate.not_valid_after_utc == root.not_valid_after_utc
    assert trouble_of(lambda: rotate_seal(folder, at=AT + dt.timedelta(days=3700))) == "signatures.root_expired"


def test_retiring_a_certificate_twice_is_harmless(folder: Path) -> None:
    make_keys(folder, NAMES, at=AT)
    certificate = certificate_for(ec.generate_private_key(ec.SECP256R1()), "issued by a CA")
    assert retire_certificate(folder, certificate) == retire_certificate(folder, certificate)
    assert certificate in load_keys(folder).trusted


class TestPkcs12:
    """A file that a certification authority gave."""

    PASSPHRASE = "құпия сөз 1".encode()

    @pytest.fixture
    def passphrase_file(self, tmp_path: Path) -> Path:
        return write_secret(tmp_path / "passphrase", self.PASSPHRASE + b"\r\nsecond line\n")

    def given(self, tmp_path: Path, key: object) -> tuple[Path, SealKeys]:
        root_key, middle_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = certificate_for(root_key, "CA root")
        middle = certificate_for(middle_key, "CA middle", issuer=root.subject, issuer_key=root_key)
        own = certificate_for(key, "council", issuer=middle.subject, issuer_key=middle_key)
        content = pkcs12_of(key, own, [root, middle], self.PASSPHRASE)
        return write_secret(tmp_path / "seal.p12", content), SealKeys(key, own, (middle,), root)

    @pytest.mark.parametrize(
        "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)], ids=["EC", "RSA"]
    )
    def test_it_is_opened_with_the_first_line_of_the_passphrase_file(
        self, tmp_path: Path, passphrase_file: Path, key: object
    ) -> None:
        source, given = self.given(tmp_path, key)
        loaded = load_pkcs12(source, passphrase_file)
        assert (loaded.certificate, loaded.chain, loaded.root) == (given.certificate, given.chain, given.root)
        assert loaded.trusted == (given.certificate,)

    def test_what_the_installation_sealed_before_still_verifies(
        self, tmp_path: Path, folder: Path, passphrase_file: Path
    ) -> None:
        first = make_keys(folder, NAMES, at=AT)
        second = rotate_seal(folder, at=AT)
        source, given = self.given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
        loaded = load_pkcs12(source, passphrase_file, folder=folder)
        assert loaded.trusted == (given.certificate, second.certificate, first.certificate)

    def test_a_wrong_passphrase_is_told_from_a_torn_file(self, tmp_path: Path, passphrase_file: Path) -> None:
        source, _ = self.given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
        write_secret(passphrase_file, b"another")
        assert trouble_of(lambda: load_pkcs12(source, passphrase_file)) == "signatures.passphrase_wrong"
        write_secret(source, source.read_bytes()[:100])
        assert trouble_of(lambda: load_pkcs12(source, passphrase_file)) is KeyCode.UNREADABLE
        write_secret(source, b"not a PKCS#12 file")
        assert trouble_of(lambda: load_pkcs12(source, passphrase_file)) is KeyCode.UNREADABLE

    @pytest.mark.parametrize("which", ["seal.p12", "passphrase"])
    def test_both_files_must_be_private(self, tmp_path: Path, passphrase_file: Path, which: str) -> None:
        source, _ = self.given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
        (tmp_path / which).chmod(0o644)
        assert trouble_of(lambda: load_pkcs12(source, passphrase_file)) is KeyCode.READABLE_BY_OTHERS

    def test_both_files_must_exist(self, tmp_path: Path, passphrase_file: Path) -> None:
        source, _ = self.given(tmp_path, ec.generate_private_key(ec.SECP256R1()))
        assert trouble_of(lambda: load_pkcs12(tmp_path / "none", passphrase_file)) is KeyCode.MISSING
        assert trouble_of(lambda: load_pkcs12(source, tmp_path / "none")) is KeyCode.MISSING

    @pytest.mark.parametrize(
        "key",
        [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256K1())],
        ids=["Ed25519", "secp256k1"],
    )
    def test_a_key_that_ordinary_readers_cannot_check_is_refused(
        self, tmp_path: Path, passphrase_file: Path, key: object
    ) -> None:
        content = pkcs12_of(key, certificate_for(key, "x"), [], self.PASSPHRASE)
        source = write_secret(tmp_path / "odd.p12", content)
        assert trouble_of(lambda: load_pkcs12(source, passphrase_file)) == "signatures.key_not_supported"

    def test_a_file_without_a_key_is_refused(self, tmp_path: Path, passphrase_file: Path) -> None:
        certificate = certificate_for(ec.generate_private_key(ec.SECP256R1()), "x")
        lock = serialization.BestAvailableEncryption(self.PASSPHRASE)
        content = pkcs12.serialize_key_and_certificates(None, None, None, [certificate], lock)
        source = write_secret(tmp_path / "empty.p12", content)
        assert trouble_of(lambda: load_pkcs12(source, passphrase_file)) is KeyCode.MISSING
