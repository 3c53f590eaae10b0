"""Asking one witness: what is a cosignature, and everything that is none."""

import re
from collections.abc import Callable

import pytest

from consolidator.cosigning.asking import ask
from consolidator.transparency.checkpoint import Checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.notes import render_signature_line
from consolidator.transparency.policy import Witness
from tests.support.witnesses import make_witness_key
from tests.unit.cosigning.scripted import LOG, NOW, Answer, Honest, make_head, make_offer, serve, serve_raw


@pytest.mark.parametrize(
    ("recorded", "thought"), [(0, 0), (0, 300), (1, 0), (256, 256), (256, 0), (255, 600), (513, 513), (600, 600)]
)
def test_an_honest_witness_cosigns_from_whatever_size_it_knows(recorded: int, thought: int) -> None:
    honest = Honest("w1", recorded)
    with serve("w1", honest.answer) as witness:
        reply = ask(witness, make_offer(600, 7), thought)
    assert (reply.error, reply.known, reply.number) == ("", 600, 7)
    assert reply.cosignature is not None
    assert (reply.cosignature.witness, reply.cosignature.seconds) == (witness.key, NOW)
    assert len(honest.asked) == 1 + (recorded != thought)


def cosign_as(name: str, size: int, text_size: int = 0) -> bytes:
    """Give the signature line of a witness over the log at a size."""
    head = make_head(text_size or size)
    return render_signature_line(cosign(Checkpoint(LOG.name, size, head.root), make_witness_key(name), NOW))


def always(status: int, body: bytes, media_type: str = "text/plain") -> Callable[[bytes], Answer]:
    """Answer the same whatever is asked."""
    return lambda _: (status, media_type, body)


SIZE_LINE = "text/x.tlog.size"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (always(200, cosign_as("w2", 600)), "no cosignature under its key"),
        (always(200, cosign_as("w1", 599)), "is wrong"),
        (always(200, cosign_as("w1", 600, 599)), "is wrong"),
        (always(200, b""), "no cosignature under its key"),
        (always(200, b"yes\n"), "malformed|ends in a newline|blank line"),
        (always(200, cosign_as("w1", 600)[:-1]), "ends in a newline"),
        (always(200, b"\xff\n"), "UTF-8"),
        (always(200, b"x" * 20_000), "too long"),
        (always(202, cosign_as("w1", 600)), "answers 202"),
        (always(302, b"elsewhere"), "answers 302: elsewhere"),
        (always(403, b"no\x1b[2J\nmore"), r"answers 403: no\?\[2J$"),
        (always(404, b""), "answers 404"),
        (always(422, b"bad proof\n"), "answers 422: bad proof"),
        (always(429, b"later\n"), "answers 429"),
        (always(500, b""), "answers 500"),
        (always(409, b"300\n"), "without the size"),
        (always(409, b"0300\n", SIZE_LINE), "without the size"),
        (always(409, b"-1\n", SIZE_LINE), "without the size"),
        (always(409, b"601\n", SIZE_LINE), "more than there are"),
        (always(409, b"300\n", SIZE_LINE), "answers 409: 300"),
    ],
)
def test_anything_else_is_no_cosignature(answer: Callable[[bytes], Answer], error: str) -> None:
    with serve("w1", answer) as witness:
        reply = ask(witness, make_offer(600), 0)
    assert reply.cosignature is None
    assert re.search(error, reply.error)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xff\xff\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nx", b"HTTP/1.1 200 OK\r\n" * 500],
)
def test_what_is_no_answer_is_no_cosignature(content: bytes) -> None:
    with serve_raw("w1", content) as witness:
        reply = ask(witness, make_offer(600), 0)
    assert reply.cosignature is None
    assert reply.error


def test_where_nobody_listens_there_is_no_cosignature() -> None:
    reply = ask(Witness("w1", make_witness_key("w1").verifier, "http://127.0.0.1:9"), make_offer(600), 0)
    assert "does not answer (Connection refused)" in reply.error


def test_a_witness_that_knows_more_than_there_is_gets_no_request() -> None:
    reply = ask(Witness("w1", make_witness_key("w1").verifier, "http://127.0.0.1:9"), make_offer(600), 601)
    assert "rolled back" in reply.error
