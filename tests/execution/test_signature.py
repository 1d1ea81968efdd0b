"""Who computed a record can be told, and nobody else can say so."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from resources import Polybook

from polybook.execution import DamagedError, Job, Record, Store
from polybook.execution.record import read_record, record_bytes, record_path
from polybook.execution.signature import Signer, generate_key, load_signer, signed_by
from polybook.source import BookError


@pytest.fixture(scope="module")
def make_signer(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Signer]:
    def make() -> Signer:
        file = tmp_path_factory.mktemp("keys") / "writer.pem"
        generate_key(file)
        return load_signer(file)

    return make


@pytest.fixture(scope="module")
def signer(make_signer: Callable[[], Signer]) -> Signer:
    return make_signer()


@pytest.fixture(scope="module")
def record(make_job: Callable[..., Job], make_record: Callable[..., Record]) -> Record:
    return attrs.evolve(make_record(make_job("1 + 1")), sha256=64 * "a")


def test_what_a_writer_signs_is_vouched_for_by_that_writer_alone(
    make_signer: Callable[[], Signer], signer: Signer, record: Record
) -> None:
    other = make_signer()
    content = record_bytes(record, signer)
    assert signed_by(content, [other.public, signer.public])
    assert not signed_by(content, [other.public])
    assert not signed_by(content, [])
    assert not signed_by(record_bytes(record), [signer.public])
    assert read_record(content) == record


def test_signing_a_record_again_gives_the_same_bytes(signer: Signer, record: Record) -> None:
    assert record_bytes(record, signer) == record_bytes(record, signer)


def test_nobody_signs_in_the_name_of_another(
    make_signer: Callable[[], Signer], signer: Signer, record: Record
) -> None:
    content = json.loads(record_bytes(record, make_signer()))
    content["signature"]["by"] = signer.public
    assert not signed_by(json.dumps(content).encode(), [signer.public])


@pytest.mark.parametrize(
    "signature",
    [None, 3, "", {}, {"by": "PUBLIC"}, {"by": "PUBLIC", "value": "no digits"}, {"value": "00"}],
)
def test_what_is_no_signature_vouches_for_nothing(
    signer: Signer, record: Record, signature: object
) -> None:
    text = json.dumps(signature).replace("PUBLIC", signer.public)
    content = {**json.loads(record_bytes(record)), "signature": json.loads(text)}
    assert not signed_by(json.dumps(content).encode(), [signer.public])


@given(st.data())
def test_a_changed_byte_makes_no_other_record_that_counts(
    signer: Signer, record: Record, data: st.DataObject
) -> None:
    content = bytearray(record_bytes(record, signer))
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    try:
        changed = read_record(bytes(content))
    except DamagedError:
        return
    assert changed == record or not signed_by(bytes(content), [signer.public])


def test_a_record_altered_with_its_checksum_is_no_longer_signed(
    signer: Signer, record: Record
) -> None:
    signature = json.loads(record_bytes(record, signer))["signature"]
    forged = json.loads(record_bytes(attrs.evolve(record, sha256=64 * "b")))
    content = json.dumps({**forged, "signature": signature}).encode()
    assert read_record(content).sha256 == 64 * "b"
    assert not signed_by(content, [signer.public])


def test_a_store_with_a_signer_keeps_the_signature_with_the_record(
    tmp_path: Path,
    make_job: Callable[..., Job],
    make_record: Callable[..., Record],
    signer: Signer,
) -> None:
    job = make_job("1")
    store = Store(tmp_path, warn=pytest.fail, signer=signer)
    kept = store.put(job.notebook, make_record(job))
    assert signed_by((tmp_path / record_path(kept)).read_bytes(), [signer.public])
    assert store.get(job.page, "alpha", job.key).record == kept


def test_only_the_owner_may_read_a_new_key(tmp_path: Path) -> None:
    file = tmp_path / "writer.pem"
    public = generate_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_signer(file).public == public


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "writer.pem"
    file.write_text("precious")
    with pytest.raises(BookError, match="there is a file already"):
        generate_key(file)
    assert file.read_text() == "precious"


def test_a_file_without_such_a_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BookError, match="cannot be read: No such file"):
        load_signer(tmp_path / "none.pem")
    file = tmp_path / "text.pem"
    file.write_text("no key")
    with pytest.raises(BookError, match="no Ed25519 private key"):
        load_signer(file)
    other = X25519PrivateKey.generate()
    file.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(BookError, match="no Ed25519 private key"):
        load_signer(file)


def test_keygen_prints_the_public_key(polybook: Polybook, tmp_path: Path) -> None:
    made = polybook("store", "keygen", "writer.pem", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert made.stdout == load_signer(tmp_path / "writer.pem").public + "\n"
    again = polybook("store", "keygen", "writer.pem", cwd=tmp_path)
    assert again.returncode == 1
    assert again.stderr.startswith("writer.pem:1:1: error: there is a file already")


def test_a_key_that_cannot_be_used_stops_an_execution(polybook: Polybook, tiny_book: Path) -> None:
    done = polybook("execute", "--book", tiny_book, POLYBOOK_STORE_KEY="lost.pem")
    assert done.returncode == 1
    assert "lost.pem:1:1: error: the private key cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
