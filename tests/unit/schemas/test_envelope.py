"""The signed envelope: exact bytes, one signature, and nothing that is not known."""

import base64
import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import envelope
from schemas.canonical import render_canonical
from schemas.envelope import ENVELOPE_BYTES_MAX, PAYLOAD_TYPE, parse_envelope, render_envelope, render_pae
from schemas.errors import InputError
from tests.support.world import key_of, make_signer

HEADER = b'{"v":1}'
SIGNER = make_signer("clerk")
RAW = render_envelope(HEADER, key_of("clerk"), SIGNER.sign)


def refusal_of(raw: bytes) -> str:
    """Give the code an envelope is turned away with."""
    with pytest.raises(InputError) as caught:
        parse_envelope(raw)
    return caught.value.code


def change(**fields: object) -> bytes:
    """Write the envelope with other fields."""
    return render_canonical(json.loads(RAW) | fields)


def change_signature(**fields: object) -> bytes:
    """Write the envelope with other fields of its signature."""
    return change(signatures=[json.loads(RAW)["signatures"][0] | fields])


def test_the_signed_bytes_are_those_of_the_dsse_specification(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "PAYLOAD_TYPE", "http://example.com/HelloWorld")
    assert render_pae(b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_an_envelope_gives_back_header_key_and_digest() -> None:
    found = parse_envelope(RAW)
    assert (found.header, found.key) == (HEADER, key_of("clerk"))
    assert found.digest == sha256(bytes.fromhex(key_of("clerk")) + HEADER).hexdigest()
    assert PAYLOAD_TYPE.encode() in RAW
    assert b"\n" not in RAW


def test_the_same_header_under_another_key_is_another_document() -> None:
    copy = parse_envelope(render_envelope(HEADER, key_of("reviewer"), make_signer("reviewer").sign))
    assert copy.header == HEADER
    assert copy.digest != parse_envelope(RAW).digest


def test_the_same_header_under_the_same_key_is_the_same_document_however_it_is_written() -> None:
    spaced = json.dumps(json.loads(RAW), indent=1).encode()
    assert spaced != RAW
    assert parse_envelope(spaced) == parse_envelope(RAW)


@given(st.binary(max_size=200))
def test_any_header_bytes_survive_signing_and_reading(header: bytes) -> None:
    assert parse_envelope(render_envelope(header, key_of("clerk"), SIGNER.sign)).header == header


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
def test_a_changed_byte_never_gives_another_header(index: int, flip: int) -> None:
    changed = RAW[:index] + bytes([RAW[index] ^ flip]) + RAW[index + 1 :]
    try:
        found = parse_envelope(changed)
    except InputError as error:
        outcome: object = error.code
    else:
        outcome = (found.header, found.key)
    assert outcome in {"I03", "I04", (HEADER, key_of("clerk"))}


def test_another_header_under_the_same_signature_is_refused() -> None:
    assert refusal_of(change(payload=base64.b64encode(b'{"v":2}').decode())) == "I03"


@pytest.mark.parametrize("key", [key_of("reviewer"), "0" * 64, "f" * 64])
def test_another_key_is_refused(key: str) -> None:
    assert refusal_of(change_signature(keyid=key)) == "I03"


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    assert refusal_of(change_signature(sig=base64.b64encode(bytes(size)).decode())) == "I03"


def test_a_signature_over_the_bare_header_is_refused() -> None:
    assert refusal_of(change_signature(sig=base64.b64encode(SIGNER.sign(HEADER)).decode())) == "I03"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        RAW[:-1],
        RAW + b"x",
        change(extra=1),
        change(payload=None),
        change(payload="中"),
        change(payload="not base64!"),
        change(payload="AAA"),
        change(payloadType="application/json"),
        change(payloadType=PAYLOAD_TYPE + "\n"),
        change(payloadType=PAYLOAD_TYPE.replace("+", "x")),
        change(signatures=[]),
        change(signatures=json.loads(RAW)["signatures"] * 2),
        change_signature(extra=1),
        change_signature(keyid=key_of("clerk").upper()),
        change_signature(keyid="clerk"),
        change_signature(sig="中"),
        change_signature(sig="A" * 92),
        b"[" * 100_000,
    ],
)
def test_what_is_no_envelope_with_one_signature_is_refused(raw: bytes) -> None:
    assert refusal_of(raw) == "I04"


def test_an_envelope_above_its_bound_is_not_even_parsed() -> None:
    assert refusal_of(RAW + b" " * (ENVELOPE_BYTES_MAX - len(RAW) + 1)) == "I02"


def test_an_envelope_of_exactly_its_bound_is_read() -> None:
    assert parse_envelope(RAW + b" " * (ENVELOPE_BYTES_MAX - len(RAW))).header == HEADER
