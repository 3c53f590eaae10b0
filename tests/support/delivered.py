"""Order files with their proofs as the gate delivers them, and a bank that receives them."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bank_adapters.profiles import load_profiles
from consolidator.cluster.receiving import read_trusts
from consolidator.gate.accepting import Tray
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.transparency.policy import render_policy
from schemas.records import Delivery
from tests.support.ordered import Records, make_world, seal
from tests.support.witnesses import derive_test_policy, make_quorum
from tests.support.world import COUNTY

BANK = "402"
ORDERS = 3  # in each file


@cache
def make_deliveries(count: int) -> Sequence[Delivery]:
    """Make so many order files of one county, all under one cosigned checkpoint."""
    world = make_world()
    people = world.settle_people(ORDERS)
    for number in range(count):
        world.send_batch(f"PAY-{number}", people, fields={"period": str(2026 + number)})
        world.release(f"PAY-{number}", [(BANK, ORDERS, 10_000 * ORDERS)])
    sealed = [seal(world, file) for file in Records(world).order_files()]
    return [Delivery(each.file.file, each.rendered.name, each.rendered.content, each.proof) for each in sealed]


def write_policy(folder: Path) -> Path:
    """Write the policy that the bank keeps of that county's log."""
    path = folder / "policy.txt"
    path.write_bytes(render_policy(derive_test_policy(make_quorum())))
    return path


def make_tray(folder: Path) -> Tray:
    """Give the bank's folder."""
    return Tray(folder / "tray", BANK, read_trusts([str(write_policy(folder))]), load_profiles())


def list_held(root: Path) -> dict[str, bytes]:
    """Give what the bank finds of the county: names and bytes."""
    folder = root / COUNTY
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def expect(deliveries: Sequence[Delivery]) -> dict[str, bytes]:
    """Give what it should find."""
    files = {each.name: each.content for each in deliveries}
    return files | {each.name + PROOF_SUFFIX: each.proof for each in deliveries}


def list_refused(root: Path) -> list[Path]:
    """Give the folders of what was turned away."""
    return sorted(root.glob("refused/*"))
