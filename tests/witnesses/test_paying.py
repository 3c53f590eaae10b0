"""A county that asks litewitness and a witness of ours: through our own client, with our order files and proofs."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from consolidator.bootstrap import Office
from consolidator.cosigning.asking import Offer, Reply, ask
from consolidator.home.status import read_policy
from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.keys import render_vkey
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.policy import Witness
from consolidator.transparency.quorum import list_cosigners, open_with_quorum
from consolidator.transparency.tree import hash_leaves
from schemas.quorum import QuorumValue
from tests.integration.office import read_head
from tests.integration.paying import SENT, check_order, go_on, list_orders, make_county, run
from tests.integration.witnessed import open_village
from tests.support.witnesses import LOG_VKEY
from tests.unit.transparency.parties import LOG
from tests.unit.witness.bench import ENTRIES, OTHERS, Client, seal
from tests.witnesses.lite import LITE, Lite, open_lite


@pytest.fixture
def neighbour(program: Path, tmp_path: Path) -> Iterator[Lite]:
    """A litewitness that knows the test county's log."""
    with open_lite(program, tmp_path, LOG_VKEY) as running:
        yield running


@pytest.fixture
def both(neighbour: Lite, tmp_path: Path) -> Iterator[QuorumValue]:
    """Give the quorum that needs the litewitness and one of ours, which runs."""
    with open_village(tmp_path / "witnesses", ["w1"], []) as village:
        village.vkeys["lite"], village.urls["lite"] = render_vkey(LITE.verifier), neighbour.url
        yield village.make_quorum(("w1", "lite"), 2)


def check_published(office: Office) -> int:
    """Open the published checkpoint: the log's signature and both cosignatures. Gives its size."""
    published = (office.home.log / "checkpoint").read_bytes()
    policy = read_policy(office.home.policy)
    cosigned = open_with_quorum(published, policy)
    assert list_cosigners(policy, cosigned.cosignatures) == ["w1", "lite"]
    assert cosigned.checkpoint.size == read_head(office).size
    return cosigned.checkpoint.size


def name_files(*batches: str) -> list[str]:
    """Name the order files of these batches, and their proofs."""
    return sorted(name.replace("PAY", batch) for batch in batches for name in SENT)


def test_litewitness_lets_payments_through_holds_them_while_away_and_goes_on_where_it_was(
    tmp_path: Path, neighbour: Lite, both: QuorumValue, capsys: pytest.CaptureFixture[str]
) -> None:
    office, world = make_county(tmp_path, both)
    assert run(office, "--wait", "20") == 0
    assert list_orders(office) == name_files("PAY")
    assert check_order(office) == 0
    first = check_published(office)
    assert neighbour.read_size() == first

    go_on(office, tmp_path, world, "GROWN")
    assert run(office, "--wait", "20") == 0
    assert list_orders(office) == name_files("PAY", "GROWN")
    second = check_published(office)
    assert neighbour.read_size() == second > first

    neighbour.stop()
    before = (office.home.log / "checkpoint").read_bytes()
    go_on(office, tmp_path, world, "HELD")
    capsys.readouterr()
    assert run(office, "--wait", "3", "--json") == 0
    assert [each["code"] for each in json.loads(capsys.readouterr().out)["orders_waiting"]] == ["G04"]
    assert read_head(office).size == len(world.entries()) > second
    assert list_orders(office) == name_files("PAY", "GROWN")
    assert (office.home.log / "checkpoint").read_bytes() == before

    neighbour.start()
    assert neighbour.read_size() == second
    assert run(office, "--wait", "20") == 0
    assert list_orders(office) == name_files("PAY", "GROWN", "HELD")
    assert neighbour.read_size() == check_published(office)
    assert [check_order(office, name) for name in name_files("PAY", "GROWN", "HELD")[::2]] == [0, 0, 0]


def offer_head(lite: Client, known: int, size: int, entries: Sequence[bytes] = ENTRIES) -> Reply:
    """Ask the litewitness for a head of these entries, as the county's client does."""
    tiles = dict(grow(TileEdge(), hash_leaves(entries[:size])).tiles)
    offer = Offer(1, size, seal(size, entries), LOG.verifier, lambda: serve_nodes(tiles.__getitem__, size))
    return ask(Witness("lite", LITE.verifier, lite.url), offer, known)


def test_a_client_that_forgot_goes_on_from_the_size_litewitness_tells_it(lite: Client) -> None:
    replies = [offer_head(lite, known, size) for known, size in [(0, 5), (0, 300), (5, 600), (600, 600)]]
    assert [(reply.known, reply.error) for reply in replies] == [(5, ""), (300, ""), (600, ""), (600, "")]
    assert all(reply.cosignature is not None for reply in replies)


def test_litewitness_cosigns_no_other_history_and_no_smaller_head(lite: Client) -> None:
    assert offer_head(lite, 0, 300).cosignature is not None
    other, smaller = offer_head(lite, 300, 600, OTHERS), offer_head(lite, 0, 200)
    assert (other.cosignature, other.known, other.error[:15]) == (None, 300, "it answers 422:")
    assert smaller.cosignature is None
    assert "rolled back" in smaller.error
    assert offer_head(lite, 300, 600).known == 600
