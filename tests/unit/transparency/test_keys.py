"""Keys of signed notes: what is read, what is refused, and that edge cases of Ed25519 fall as they do elsewhere."""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.keys import (
    COSIGNATURE,
    ED25519,
    Verifier,
    derive_signer,
    parse_private_key,
    parse_vkey,
    render_private_key,
    render_vkey,
)
from consolidator.transparency.signatures import check_signature
from schemas.errors import ConfigurationError, ConsolidatorError, VerificationError

SPECIFICATION_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
LOG_VKEY = "log.example/disbursement/2026+eb0982a5+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS_VKEY = "audit.example/w1+c2fa1a02+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
LOG_SEED = bytes(range(32))
EDGE_CASES = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "ed25519-cctv.json"


def render_key(name: str, material: bytes) -> str:
    """Write a key line by hand, its id right for the bytes given."""
    digest = sha256(name.encode() + b"\n" + material).hexdigest()
    return f"{name}+{digest[:8]}+{b64encode(material).decode()}"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (SPECIFICATION_VKEY, "example.com/foo", ED25519),
        (LOG_VKEY, "log.example/disbursement/2026", ED25519),
        (WITNESS_VKEY, "audit.example/w1", COSIGNATURE),
        (render_key("审计.example", b"\xff" + b"a long identifier" + bytes(64)), "审计.example", 0xFF),
        (render_key("plus.example", b"\x01" + b"\xfb\xef\xbe" * 10 + b"\xfb\xef"), "plus.example", ED25519),
    ],
)
def test_a_verifier_key_is_read_and_written_back_the_same(text: str, name: str, kind: int) -> None:
    verifier = parse_vkey(text)
    assert (verifier.name, verifier.kind) == (name, kind)
    assert verifier.key_id.hex() == text.split("+")[1]
    assert render_vkey(verifier) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        SPECIFICATION_VKEY + "\n",
        " " + SPECIFICATION_VKEY,
        SPECIFICATION_VKEY.replace("530d903a", "530D903A"),
        SPECIFICATION_VKEY.replace("530d903a", "530d903b"),
        SPECIFICATION_VKEY.replace("530d903a", "0530d903a"),
        SPECIFICATION_VKEY.replace("example.com/foo", "example.com/fop"),
        SPECIFICATION_VKEY.replace("example.com/foo", "example.com foo"),
        SPECIFICATION_VKEY.replace("example.com/foo", ""),
        SPECIFICATION_VKEY[:-1],
        SPECIFICATION_VKEY[:-1] + "*",
        render_key("short.example", b"\x01" + bytes(31)),
        render_key("long.example", b"\x04" + bytes(33)),
        WITNESS_VKEY.rstrip("X") + "\N{LATIN CAPITAL LETTER X WITH DOT ABOVE}",
    ],
)
def test_a_verifier_key_that_is_not_exactly_one_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_vkey(text)


def test_loose_bits_before_the_padding_are_refused() -> None:
    text = render_key(
        "bits.example", b"\xff" + bytes(33)
    )  # 34 bytes: the last symbol before == carries four loose bits
    assert parse_vkey(text).public == bytes(33)
    with pytest.raises(ConfigurationError):
        parse_vkey(text.replace("A==", "B=="))


def test_the_log_key_of_the_known_vector_comes_from_its_seed() -> None:
    signer = derive_signer("log.example/disbursement/2026", LOG_SEED)
    assert render_vkey(signer.verifier) == LOG_VKEY
    assert (signer.name, signer.key_id.hex()) == ("log.example/disbursement/2026", "eb0982a5")


@given(st.binary(min_size=32, max_size=32))
def test_a_private_key_line_gives_back_the_same_signer(seed: bytes) -> None:
    signer = derive_signer("clerk.example/1", seed)
    line = render_private_key(signer)
    again = parse_private_key(line)
    assert render_private_key(again) == line
    assert again.verifier == signer.verifier
    assert again.sign(b"text") == signer.sign(b"text")


def test_a_private_key_line_is_in_the_form_other_tools_read() -> None:
    line = render_private_key(derive_signer("log.example/disbursement/2026", LOG_SEED))
    material = b64encode(b"\x01" + LOG_SEED).decode()
    assert line == f"PRIVATE+KEY+log.example/disbursement/2026+eb0982a5+{material}"


@pytest.mark.parametrize(
    "line",
    [
        "",
        LOG_VKEY,
        "private+key+log.example+eb0982a5+AAAA",
        "PRIVATE+KEY+log.example+eb0982a5",
        render_private_key(derive_signer("log.example", LOG_SEED)).removeprefix("PRIVATE+KEY+"),
        render_private_key(derive_signer("log.example", LOG_SEED)) + "\n",
        render_private_key(derive_signer("log.example", LOG_SEED)).replace("log.example", "log.examplf"),
        "PRIVATE+KEY+" + render_key("log.example", b"\x04" + LOG_SEED),
        "PRIVATE+KEY+" + render_key("log.example", b"\x01" + LOG_SEED[1:]),
    ],
)
def test_a_line_that_is_no_private_key_is_refused_without_being_repeated(line: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_private_key(line)
    assert "log.ex" not in str(caught.value)
    assert b64encode(LOG_SEED[3:12]).decode() not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\u0085b", "a\nb", "a\x1fb", "a\x00b", "a\ud800b"])
def test_a_name_that_cannot_stand_in_a_note_makes_no_key(name: str) -> None:
    with pytest.raises(ConfigurationError):
        derive_signer(name, LOG_SEED)


def test_a_signer_never_shows_its_private_half() -> None:
    signer = derive_signer("log.example", LOG_SEED)
    assert "private" not in repr(signer)
    assert "log.example" in repr(signer)


def test_a_signature_holds_for_its_key_and_bytes_only() -> None:
    signer = derive_signer("log.example", LOG_SEED)
    signature = signer.sign(b"text")
    check_signature(signer.verifier, b"text", signature)
    other = derive_signer("log.example", bytes(32)).verifier
    for verifier, message, wrong in (
        (signer.verifier, b"texT", signature),
        (signer.verifier, b"text", signature[:-1]),
        (signer.verifier, b"text", b""),
        (other, b"text", signature),
    ):
        with pytest.raises(VerificationError):
            check_signature(verifier, message, wrong)


def test_a_key_of_a_type_that_cannot_be_checked_proves_nothing() -> None:
    signer = derive_signer("log.example", LOG_SEED)
    with pytest.raises(VerificationError, match="0x06"):
        check_signature(Verifier("log.example", 0x06, signer.verifier.public), b"text", signer.sign(b"text"))


@pytest.mark.skipif(not EDGE_CASES.exists(), reason="the folder shared/vectors is not beside this repository")
def test_the_edge_cases_of_ed25519_fall_by_the_ref10_rule() -> None:
    cases = json.loads(EDGE_CASES.read_text())
    accepted = [number for number, case in enumerate(cases) if is_accepted(case["key"], case["msg"], case["sig"])]
    refused_flags = {"low_order_residue", "non_canonical_R"}
    assert (len(cases), len(accepted)) == (914, 208)
    assert accepted == [number for number, case in enumerate(cases) if refused_flags.isdisjoint(case["flags"] or ())]


def is_accepted(key: str, message: str, signature: str) -> bool:
    """Say whether our check lets a vector's signature through."""
    verifier = Verifier("edge.example", ED25519, bytes.fromhex(key))
    try:
        check_signature(verifier, message.encode(), bytes.fromhex(signature))
    except ConsolidatorError:
        return False
    return True
