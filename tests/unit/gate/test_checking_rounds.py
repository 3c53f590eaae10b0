"""A bank's check where orders correct others: the round in each order id is the log's, in every bank's layout."""

import json
from dataclasses import replace

import pytest

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import render_order_file
from bank_adapters.profiles import load_profiles
from consolidator.gate.checking import check_order_file
from consolidator.gate.proving import collect_rest
from consolidator.privacy.commitments import commit
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.tlogproof import TlogProof, parse_tlog_proof, render_tlog_proof
from consolidator.transparency.tree import leaf_hash
from schemas.canonical import render_canonical
from schemas.errors import VerificationError
from schemas.extras import parse_extra, render_extra
from schemas.orders import OrderColumns, render_order_commitment, render_order_part
from tests.support.ordered import Sealed, cosign_note, make_world, order, read_list, seal
from tests.support.witnesses import NAMES, derive_test_policy, make_quorum
from tests.support.world import ORIGIN, make_signer

POLICY = derive_test_policy(make_quorum())
LAYOUTS = [profile for profile in load_profiles().values() if isinstance(profile, OrderLayout)]
ROUNDS = [0, 1, 12, 99]
LINES = 1003  # two parts; nothing is corrected in the second


@pytest.fixture(scope="module")
def plain() -> tuple[Sealed, list[OrderColumns]]:
    """An order file in which nothing is corrected, with its list."""
    world = make_world()
    sealed = seal(world, order(world, LINES))
    return sealed, read_list(world, sealed.file)


@pytest.fixture(scope="module", params=LAYOUTS, ids=lambda layout: layout.name)
def corrected(request: pytest.FixtureRequest, plain: tuple[Sealed, list[OrderColumns]]) -> Sealed:
    """The same file, as its bank would get it if four of its lines had rounds."""
    sealed, (first, second) = plain
    rounds = [*ROUNDS, *[0] * (len(first.line) - len(ROUNDS))]
    layout = request.param.model_copy(update={"bank": "402"})
    return seal_list(sealed, layout, [first.model_copy(update={"round": rounds}), second])


def seal_list(sealed: Sealed, layout: OrderLayout, parts: list[OrderColumns]) -> Sealed:
    """Have a log of one entry commit to another list, cosigned by three witnesses."""
    opened = parse_extra(parse_tlog_proof(sealed.proof).extra or b"")
    pinned = {name: value for name, value in json.loads(opened.private).items() if name != "parts"}
    private = render_order_commitment([render_order_part(part) for part in parts], pinned)
    entry = render_canonical(json.loads(opened.entry) | {"sealed": commit(opened.opening, private)})
    signed = sign_checkpoint(Checkpoint(ORIGIN, 1, leaf_hash(entry)), make_signer(ORIGIN))
    extra = replace(opened, entry=entry, private=private, rest=collect_rest(layout, parts))
    proof = render_tlog_proof(TlogProof(0, (), cosign_note(signed, NAMES[:3]), render_extra(extra)))
    return Sealed(sealed.file, layout, render_order_file(layout, sealed.file, parts), proof)


def check(sealed: Sealed, raw: bytes) -> int:
    """Run the bank's check; gives the count of orders."""
    profiles = {"own": sealed.layout}
    return check_order_file(sealed.rendered.name, raw, sealed.proof, POLICY, profiles).count


def test_a_file_with_corrections_is_accepted(corrected: Sealed) -> None:
    raw = corrected.rendered.content
    assert all(f"/PAY/{line}/{round_}".encode() in raw for line, round_ in enumerate(ROUNDS, start=1))
    assert check(corrected, raw) == LINES


@pytest.mark.parametrize(
    ("right", "wrong", "reason"),
    [
        (b"/PAY/1/0", b"/PAY/1/1", "orders 1 to 1000 are not those of the log's list: .* a round is another"),
        (b"/PAY/2/1", b"/PAY/2/0", "orders 1 to 1000 are not those of the log's list: .* a round is another"),
        (b"/PAY/3/12", b"/PAY/3/21", "orders 1 to 1000 are not those of the log's list: .* a round is another"),
        (b"/PAY/1001/0", b"/PAY/1001/1", "orders 1001 to 1003 are not those of the log's list"),
        (b"/PAY/4/99", b"/PAY/4/09", "order 4: its id is not one of this order file"),
        (b"/PAY/4/99", b"/PAY/4/-9", "order 4: its id is not one of this order file"),
        (b"/PAY/4/99", b"/PAY/4/9x", "order 4: its id is not one of this order file"),
    ],
)
def test_a_file_with_another_round_is_refused(corrected: Sealed, right: bytes, wrong: bytes, reason: str) -> None:
    raw = corrected.rendered.content
    with pytest.raises(VerificationError, match=reason):
        check(corrected, raw.replace(right, wrong, 1))


def test_the_list_of_a_file_without_corrections_is_written_as_before(plain: tuple[Sealed, list[OrderColumns]]) -> None:
    sealed, parts = plain
    zeros = [part.model_copy(update={"round": [0] * len(part.line)}) for part in parts]
    assert seal_list(sealed, sealed.layout, zeros) == seal_list(sealed, sealed.layout, parts)
    assert check(sealed, sealed.rendered.content) == LINES
