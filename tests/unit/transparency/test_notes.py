"""Signed notes: the rules of C2SP signed-note, each with the note that breaks it."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.keys import Ed25519Signer, Verifier, derive_signer, parse_vkey
from consolidator.transparency.notes import NOTE_BYTES_MAX, Note, open_note, sign_note
from schemas.errors import ConfigurationError, InvariantError, VerificationError

SPECIFICATION_KEY = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
SPECIFICATION_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
LOG = derive_signer("log.example", bytes(range(32)))
OTHER = derive_signer("other.example", bytes(range(32, 64)))
TEXT = "log.example\n7\n县区\n"


def signers(count: int) -> list[Ed25519Signer]:
    """Give that many signers with names of their own."""
    return [derive_signer(f"w{number}.example", number.to_bytes(32, "big")) for number in range(count)]


def opens(raw: bytes, verifier: Verifier) -> Note | None:
    """Give the opened note, or None when it is refused."""
    try:
        return open_note(raw, [verifier])
    except VerificationError:
        return None


def edits(raw: bytes) -> list[bytes]:
    """Give every note that differs in one place: a bit flipped, a byte replaced, left out, doubled, the end cut off."""
    flipped = [
        raw[:at] + bytes([raw[at] ^ mask]) + raw[at + 1 :]
        for at in range(len(raw))
        for mask in (1, 2, 4, 8, 16, 32, 64, 128, 255)
    ]
    shorter = [raw[:at] + raw[at + 1 :] for at in range(len(raw))]
    longer = [raw[:at] + byte + raw[at:] for at in range(len(raw) + 1) for byte in (b"\n", b" ", b"A", b"=", b"\x00")]
    return [note for note in (*flipped, *shorter, *longer, *(raw[:at] for at in range(len(raw)))) if note != raw]


def test_the_example_of_the_specification_opens() -> None:
    note = open_note(SPECIFICATION_NOTE, [SPECIFICATION_KEY])
    assert note.text == "This is an example message.\n"
    assert [line.name for line in note.verified] == ["example.com/foo"]
    assert note.unverified == ()


def test_a_signed_note_is_text_blank_line_and_one_line_per_signer_in_order() -> None:
    raw = sign_note(TEXT, [LOG, OTHER])
    expected = "".join(
        f"— {signer.name} {b64encode(signer.key_id + signer.sign(TEXT.encode())).decode()}\n" for signer in (LOG, OTHER)
    )
    assert raw.decode() == f"{TEXT}\n{expected}"


@given(st.text(max_size=40).map(lambda text: text + "\n"))
def test_what_can_be_signed_opens_to_the_same_text(text: str) -> None:
    try:
        raw = sign_note(text, [LOG])
    except InvariantError:
        assert any(character < " " and character != "\n" for character in text)
    else:
        assert open_note(raw, [LOG.verifier]).text == text


def test_signature_lines_without_a_text_and_its_blank_line_are_no_note() -> None:
    empty = sign_note("\n", [LOG])
    assert open_note(empty, [LOG.verifier]).text == "\n"
    with pytest.raises(VerificationError, match="blank line"):
        open_note(empty.removeprefix(b"\n\n"), [LOG.verifier])


def test_the_text_may_hold_blank_lines_and_even_signature_lines() -> None:
    inner = sign_note("inner\n", [OTHER]).decode()
    text = f"\n\nfirst\n\n{inner}\n\n"
    note = open_note(sign_note(text, [LOG]), [LOG.verifier, OTHER.verifier])
    assert note.text == text
    assert [line.name for line in note.verified] == ["log.example"]


def test_every_single_edit_of_a_note_is_refused() -> None:
    raw = sign_note(TEXT, [LOG])
    assert opens(raw, LOG.verifier) is not None
    assert [note for note in edits(raw) if opens(note, LOG.verifier)] == []


def test_every_single_edit_beside_an_unknown_signature_is_refused_or_leaves_the_text() -> None:
    raw = sign_note(TEXT, [OTHER, LOG])
    results = [opens(note, LOG.verifier) for note in edits(raw)]
    assert {note.text for note in results if note} == {TEXT}
    assert {line.name for note in results if note for line in note.verified} == {"log.example"}
    assert None in results


def test_lines_of_unknown_keys_are_ignored_and_kept_apart() -> None:
    same_name = derive_signer("log.example", bytes(32))
    note = open_note(sign_note(TEXT, [OTHER, same_name, LOG]), [LOG.verifier])
    assert [line.key_id for line in note.verified] == [LOG.key_id]
    assert [line.key_id for line in note.unverified] == [OTHER.key_id, same_name.key_id]


def test_a_wrong_signature_of_a_known_key_rejects_the_note_though_another_is_right() -> None:
    raw = sign_note(TEXT, [LOG])
    wrong = sign_note("another text\n", [OTHER]).rpartition(b"\n\n")[2]
    assert open_note(raw + wrong, [LOG.verifier]).text == TEXT
    with pytest.raises(VerificationError, match="wrong"):
        open_note(raw + wrong, [LOG.verifier, OTHER.verifier])


def test_a_second_wrong_line_of_a_known_key_rejects_the_note() -> None:
    wrong = sign_note("another text\n", [LOG]).rpartition(b"\n\n")[2]
    with pytest.raises(VerificationError, match="wrong"):
        open_note(sign_note(TEXT, [LOG]) + wrong, [LOG.verifier])


@pytest.mark.parametrize("known", [[], [OTHER.verifier]])
def test_a_note_that_no_known_key_signed_is_refused(known: list[Verifier]) -> None:
    with pytest.raises(VerificationError, match="no known key"):
        open_note(sign_note(TEXT, [LOG]), known)


def test_a_key_that_signs_twice_counts_once() -> None:
    note = open_note(sign_note(TEXT, [LOG, OTHER, LOG]), [LOG.verifier, OTHER.verifier, LOG.verifier])
    assert [line.name for line in note.verified] == ["log.example", "other.example"]


def test_a_key_that_signs_twice_counts_once_though_its_signatures_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consolidator.transparency.notes.check_signature", lambda *_: None)  # as if both were right
    again = sign_note("another text\n", [LOG]).rpartition(b"\n\n")[2]
    assert len(open_note(sign_note(TEXT, [LOG]) + again, [LOG.verifier]).verified) == 1


def test_two_trusted_keys_that_cannot_be_told_apart_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = sign_note(TEXT, [LOG])
    twin = Verifier("log.example", 1, bytes(32))
    monkeypatch.setattr(Verifier, "key_id", property(lambda _: b"same"))  # a real collision of ids would take hours
    with pytest.raises(ConfigurationError):
        open_note(raw, [LOG.verifier, twin])


@pytest.mark.parametrize("count", [1, 16, 100])
def test_a_note_may_carry_up_to_a_hundred_signatures(count: int) -> None:
    chosen = signers(count)
    note = open_note(sign_note(TEXT, chosen), [signer.verifier for signer in chosen])
    assert len(note.verified) == count


def test_a_hundred_and_one_signatures_are_refused() -> None:
    raw = sign_note(TEXT, [LOG, *signers(99)])
    assert open_note(raw, [LOG.verifier]).text == TEXT
    with pytest.raises(VerificationError, match="100"):
        open_note(raw + sign_note(TEXT, [OTHER]).rpartition(b"\n\n")[2], [LOG.verifier])


def test_a_note_beyond_its_greatest_size_is_refused() -> None:
    line = len(sign_note("\n", [LOG])) - 1
    largest = "x" * (NOTE_BYTES_MAX - line - 1) + "\n"
    assert open_note(sign_note(largest, [LOG]), [LOG.verifier]).text == largest
    with pytest.raises(VerificationError, match="bytes"):
        open_note(sign_note("x" + largest, [LOG]), [LOG.verifier])


LINE = sign_note(TEXT, [LOG]).rpartition(b"\n\n")[2]
BODY = TEXT.encode() + b"\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\n\n",
        TEXT.encode(),
        BODY,
        LINE,
        b"\n" + LINE,
        TEXT.encode() + LINE,
        BODY + LINE + b"\n",
        BODY + LINE.rstrip(b"\n"),
        BODY + b"\n" + LINE + LINE.rstrip(b"\n"),
        BODY + LINE.replace(b"\n", b"\r\n"),
        BODY.replace(b"7", b"7\t") + LINE,
        BODY + LINE.replace("—".encode(), b"-"),
        BODY + LINE.replace("— ".encode(), "—".encode()),
        BODY + LINE.replace(b"example ", b"example  "),
        BODY + LINE.replace(b"log.example ", b"log+example "),
        BODY + LINE.replace(b"log.example ", b" "),
        BODY + LINE.replace(b"=\n", b"\n"),
        BODY + LINE + "— short.example AAAAAA==\n".encode(),
        BODY + LINE + "— empty.example \n".encode(),
        BODY + LINE + b"no signature\n",
        BODY.replace("县".encode(), b"\xff") + LINE,
        BODY.replace("县".encode(), b"\xed\xa0\x80") + LINE,
        BODY.replace(b"7", b"\xc0\xb7") + LINE,
    ],
)
def test_a_malformed_note_is_refused(raw: bytes) -> None:
    assert open_note(BODY + LINE, [LOG.verifier]).text == TEXT
    with pytest.raises(VerificationError):
        open_note(raw, [LOG.verifier])


@pytest.mark.parametrize("code", [code for code in range(32) if code != ord("\n")])
def test_every_control_character_but_the_newline_is_refused(code: int) -> None:
    with pytest.raises(VerificationError, match="control character"):
        open_note(BODY.replace(b"7", bytes([code])) + LINE, [LOG.verifier])
    with pytest.raises(InvariantError):
        sign_note(f"{chr(code)}\n", [LOG])


@pytest.mark.parametrize("text", ["", "no newline", "newline\nwithin", "half\ud800\n"])
def test_a_text_that_cannot_stand_in_a_note_is_never_signed(text: str) -> None:
    with pytest.raises(InvariantError):
        sign_note(text, [LOG])


def test_a_note_needs_a_signer_and_bears_a_hundred_at_most() -> None:
    with pytest.raises(InvariantError):
        sign_note(TEXT, [])
    with pytest.raises(InvariantError):
        sign_note(TEXT, [LOG] * 101)


class Token:
    """A signer of another kind, as a hardware token would be."""

    def __init__(self, name: str) -> None:
        """Sign under this name with the log's key."""
        self.name = name
        self.key_id = LOG.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign somewhere else."""
        return LOG.sign(message)


def test_any_signer_can_sign_a_note() -> None:
    assert sign_note(TEXT, [Token("log.example")]) == sign_note(TEXT, [LOG])


def test_a_signer_whose_name_cannot_stand_in_a_note_is_refused() -> None:
    with pytest.raises(InvariantError):
        sign_note(TEXT, [Token("log example")])
