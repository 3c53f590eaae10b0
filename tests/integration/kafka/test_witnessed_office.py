"""On a cluster, too, no order file leaves before the quorum has cosigned what the worker and the office agree on."""

from pathlib import Path

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.home.status import read_policy
from consolidator.transparency.quorum import open_with_quorum
from tests.integration.kafka.county import read_notes, working
from tests.integration.office import read_head
from tests.integration.paying import SENT, check_order, go_on, list_orders, make_county, run
from tests.integration.witnessed import open_village


@pytest.mark.kill
def test_orders_leave_a_moved_county_when_the_quorum_stands_and_everybody_is_told(
    cluster: Path, tmp_path: Path, broker: str, prefix: str
) -> None:
    with open_village(tmp_path / "witnesses", ["w1", "w2", "w3"]) as village:
        village.stop("w3")
        office, world = make_county(tmp_path, village.make_quorum())
        assert run(office, "--wait", "1") == 0
        with working(office.home.root, cluster=cluster):
            words = ["cluster", "adopt", "--cluster", str(cluster), "--home", str(office.home.root)]
            assert main(words) == 0
            assert run(office, "--wait", "1") == 0
            assert list_orders(office) == []
            assert read_notes(broker, prefix) == []
            village.start("w3")
            assert run(office) == 0
            assert list_orders(office) == SENT
            assert check_order(office) == 0
            go_on(open_home(office.home.root), tmp_path, world, "NEXT")
            assert run(office) == 0
    notes = read_notes(broker, prefix)
    assert notes[-1] == (office.home.log / "checkpoint").read_bytes()
    assert len(notes) == len(set(notes)) >= 2
    for note in notes:
        assert open_with_quorum(note, read_policy(office.home.policy)).checkpoint.size <= read_head(office).size
    assert len(list_orders(office)) == 2 * len(SENT)
    (office.home.root / "gate.sqlite").unlink()
    assert run(office) == 5
