"""A witness's request and its decision: every status code of the protocol, in the order of its checks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.addcheckpoint import (
    BODY_BYTES_MAX,
    AddCheckpoint,
    parse_add_checkpoint,
    parse_recorded_size,
    render_add_checkpoint,
)
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.notes import make_signature_line, render_signature_line, sign_note
from consolidator.transparency.proofs import make_consistency_proof
from consolidator.transparency.tree import EMPTY_ROOT, TreeHead
from consolidator.transparency.witnessing import Accepted, Declined, Status, decide
from schemas.errors import InvariantError, VerificationError
from tests.unit.transparency.naive import NaiveTree, numbered_leaves, serve
from tests.unit.transparency.parties import CHECKPOINT, LOG, SIGNED, WITNESS_LINE, make_cosigned

LEAVES = numbered_leaves(600)
TREE = NaiveTree(LEAVES)
READ = serve(LEAVES)
OTHER = bytes(32)
STRANGER = derive_signer(LOG.name, bytes(range(64, 96)))
HASH = "ZIewFrAygePS43PncNpI//CYp2g0S9YvgSRGsLBwWxg="


def sign(size: int, root: bytes | None = None) -> bytes:
    """Give the log's signed checkpoint at a size, with its true root or another."""
    return sign_checkpoint(Checkpoint(LOG.name, size, TREE.root(0, size) if root is None else root), LOG)


def ask(old: int, size: int, root: bytes | None = None, proof: tuple[bytes, ...] | None = None) -> AddCheckpoint:
    """Give the request to go from one size to another, by the true proof or another."""
    if proof is None:
        proof = make_consistency_proof(READ, old, size) if old <= size else ()
    return parse_add_checkpoint(render_add_checkpoint(old, proof, sign(size, root), LOG.verifier))


def answer(request: AddCheckpoint, recorded: TreeHead | None) -> Declined:
    """Give the refusal of a witness that knows the log."""
    decided = decide(request, LOG.verifier, recorded)
    assert isinstance(decided, Declined)
    return decided


@pytest.mark.parametrize(
    ("recorded", "request_"),
    [
        (None, ask(0, 0)),
        (None, ask(0, 7)),
        (TreeHead(0, EMPTY_ROOT), ask(0, 0)),
        (TreeHead(0, EMPTY_ROOT), ask(0, 300)),
        (TREE.head(7), ask(7, 7)),
        (TREE.head(7), ask(7, 8)),
        (TREE.head(256), ask(256, 257)),
        (TREE.head(255), ask(255, 600)),
    ],
)
def test_what_grows_out_of_what_was_seen_is_accepted_and_the_same_head_again(
    recorded: TreeHead | None, request_: AddCheckpoint
) -> None:
    assert decide(request_, LOG.verifier, recorded) == Accepted(request_.untrusted)


def test_a_witness_follows_a_log_step_by_step() -> None:
    recorded: TreeHead | None = None
    for old, size in ((0, 1), (1, 1), (1, 2), (2, 256), (256, 257), (257, 600), (600, 600)):
        decided = decide(ask(old, size), LOG.verifier, recorded)
        assert isinstance(decided, Accepted)
        recorded = decided.checkpoint.head
    assert recorded == TREE.head(600)


def test_404_an_unknown_origin_is_not_found_whatever_else_is_wrong() -> None:
    for request in (ask(0, 7), ask(9, 7), parse_add_checkpoint(f"old 9\n{HASH}\n\n".encode() + SIGNED)):
        decided = decide(request, None, None)
        assert isinstance(decided, Declined)
        assert (decided.status, decided.is_fork) == (Status.NOT_FOUND, False)


@pytest.mark.parametrize(
    "signed",
    [
        sign_checkpoint(CHECKPOINT, STRANGER),
        SIGNED.replace(b"BfMDAs=", b"BfMDAw="),
        SIGNED.replace(b"\n7\n", b"\n8\n"),
        SIGNED.partition(b"\n\n")[0] + b"\n\n" + WITNESS_LINE.encode(),
        SIGNED + SIGNED.partition(b"\n\n")[2].replace(b"BfMDAs=", b"BfMDAw="),
    ],
)
def test_403_without_a_right_signature_of_the_trusted_key_nothing_is_looked_at(signed: bytes) -> None:
    for head in (b"old 0\n\n", b"old 9\n\n"):
        assert answer(parse_add_checkpoint(head + signed), TREE.head(3)).status == Status.FORBIDDEN


def test_400_the_old_size_may_not_be_larger_than_the_new_one() -> None:
    for recorded in (None, TREE.head(7), TREE.head(8)):
        assert answer(ask(8, 7), recorded).status == Status.BAD_REQUEST


@pytest.mark.parametrize(
    ("recorded", "old", "size", "stated"),
    [(None, 3, 7, "0\n"), (TREE.head(5), 3, 7, "5\n"), (TREE.head(5), 0, 7, "5\n"), (TREE.head(9), 3, 7, "9\n")],
)
def test_409_another_old_size_than_recorded_is_told_the_recorded_one(
    recorded: TreeHead | None, old: int, size: int, stated: str
) -> None:
    assert answer(ask(old, size), recorded) == Declined(Status.CONFLICT, stated, "text/x.tlog.size")


@pytest.mark.parametrize(
    ("recorded", "request_", "is_fork"),
    [
        (TREE.head(3), ask(3, 7, proof=()), False),
        (TREE.head(3), ask(3, 7, OTHER), False),
        (TreeHead(3, OTHER), ask(3, 7), False),
        (TREE.head(3), ask(3, 7, proof=(*make_consistency_proof(READ, 3, 7), OTHER)), False),
        (TREE.head(7), ask(7, 7, OTHER), True),
        (TREE.head(7), ask(7, 7, proof=(OTHER,)), False),
        (None, ask(0, 7, proof=(OTHER,)), False),
        (None, ask(0, 0, OTHER), True),
        (TreeHead(0, EMPTY_ROOT), ask(0, 0, OTHER), True),
    ],
)
def test_422_what_does_not_grow_out_of_what_was_seen_is_refused(
    recorded: TreeHead | None, request_: AddCheckpoint, *, is_fork: bool
) -> None:
    decided = answer(request_, recorded)
    assert (decided.status, decided.is_fork) == (Status.UNPROCESSABLE, is_fork)
    assert decided.body.endswith("\n")


def test_a_second_root_for_the_recorded_size_is_evidence_whatever_old_size_was_given() -> None:
    for old in (0, 3, 7, 8):
        assert answer(ask(old, 7, OTHER, ()), TREE.head(7)).is_fork
    assert not answer(ask(3, 7), TREE.head(7)).is_fork


def test_only_the_logs_own_signature_lines_are_sent() -> None:
    second = render_signature_line(make_signature_line(STRANGER, SIGNED.partition(b"\n\n")[0].decode() + "\n"))
    body = render_add_checkpoint(0, (), make_cosigned(1, 2, signed=SIGNED + second), LOG.verifier)
    assert body == b"old 0\n\n" + SIGNED + second


@given(st.integers(0, 10**18 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple))
def test_a_request_reads_back_as_it_was_written(old: int, proof: tuple[bytes, ...]) -> None:
    body = render_add_checkpoint(old, proof, SIGNED, LOG.verifier)
    assert parse_add_checkpoint(body) == AddCheckpoint(old, proof, SIGNED, CHECKPOINT)
    assert len(body) <= BODY_BYTES_MAX


def test_a_request_is_written_only_for_what_the_log_signed_and_in_bounds() -> None:
    with pytest.raises(VerificationError):
        render_add_checkpoint(0, (), sign_checkpoint(CHECKPOINT, STRANGER), LOG.verifier)
    for old, proof in ((-1, ()), (0, (OTHER,) * 64), (0, (b"short",))):
        with pytest.raises(InvariantError, match="cannot be written"):
            render_add_checkpoint(old, proof, SIGNED, LOG.verifier)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "old",
        "old ",
        "old  7",
        "old 07",
        "old +7",
        "old -7",
        "old 7 ",
        "old 7\r",
        "Old 7",
        "old 1000000000000000000",
        "old \N{FULLWIDTH DIGIT SEVEN}",
        " old 7",
        "\nold 7",
        "old 7\nold 7",
        f"{HASH}\nold 7",
        f"old 7\n{HASH} ",
        f"old 7\n {HASH}",
        f"old 7\n{HASH[:-1]}",
        f"old 7\n{HASH}\r",
        f"old 7\n{HASH.replace('xg=', 'xh=')}",
        f"old 7\n{HASH.replace('/', '_')}",
        f"old 7\n{HASH[4:]}",
        f"old 7\n{HASH}{HASH}",
        "old 7\n" + "\n".join([HASH] * 64),
    ],
)
def test_400_a_request_in_any_other_spelling_is_refused(head: str) -> None:
    assert parse_add_checkpoint(f"old 7\n{HASH}\n\n".encode() + SIGNED).old == 7
    with pytest.raises(VerificationError, match="not a request"):
        parse_add_checkpoint(f"{head}\n\n".encode() + SIGNED)


@pytest.mark.parametrize(
    "rest",
    [
        b"",
        b"\n",
        SIGNED[:-1],
        b"\n" + SIGNED,
        SIGNED.replace(b"\n", b"\r\n"),
        SIGNED.partition(b"\n\n")[0] + b"\n",
        SIGNED.replace(b"\n7\n", b"\n07\n"),
        SIGNED.replace(b"\n\n", b"\nextension\n\n"),
        b"\xff" + SIGNED,
    ],
)
def test_400_a_request_without_a_well_formed_checkpoint_is_refused(rest: bytes) -> None:
    with pytest.raises(VerificationError):
        parse_add_checkpoint(b"old 7\n\n" + rest)


def test_400_a_request_has_10240_bytes_at_most() -> None:
    filling = make_signature_line(STRANGER, "x\n")
    rest = BODY_BYTES_MAX - len(b"old 0\n\n" + SIGNED)
    name = "w" * (rest - len(render_signature_line(replace(filling, name=""))))
    largest = SIGNED + render_signature_line(replace(filling, name=name))
    assert len(b"old 0\n\n" + largest) == BODY_BYTES_MAX
    assert parse_add_checkpoint(b"old 0\n\n" + largest).checkpoint == largest
    with pytest.raises(VerificationError, match="at most 10240"):
        parse_add_checkpoint(b"old 0\n\n" + SIGNED + render_signature_line(replace(filling, name=f"{name}w")))


def test_a_request_of_10240_bytes_is_written_and_no_larger_one() -> None:
    text = "x" * (BODY_BYTES_MAX - len(b"old 0\n\n") - len(sign_note("\n", [LOG]))) + "\n"
    assert len(render_add_checkpoint(0, (), sign_note(text, [LOG]), LOG.verifier)) == BODY_BYTES_MAX
    with pytest.raises(InvariantError, match="too large"):
        render_add_checkpoint(0, (), sign_note(f"x{text}", [LOG]), LOG.verifier)


@given(st.integers(0, 10**18 - 1))
def test_the_size_of_a_409_is_read_back(size: int) -> None:
    declined = answer(ask(7, 7), TreeHead(size, OTHER)) if size != 7 else Declined(Status.CONFLICT, "7\n")
    assert parse_recorded_size(declined.body.encode()) == size


@pytest.mark.parametrize(
    "body",
    [b"", b"7", b"07\n", b"+7\n", b"-7\n", b"7\r\n", b"7\n\n", b" 7\n", b"7 \n", b"\xef\xbc\x97\n", b"1" * 19 + b"\n"],
)
def test_anything_else_is_no_size(body: bytes) -> None:
    with pytest.raises(VerificationError, match="that size on a line"):
        parse_recorded_size(body)
