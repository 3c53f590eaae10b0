"""A county that pays only what enough witnesses have seen: makes one, lets it live on, runs it, looks at its orders."""

from pathlib import Path

from consolidator.bootstrap import Office
from consolidator.cli.main import main
from schemas.quorum import QuorumValue
from tests.integration.office import make_home, submit_world
from tests.support.witnesses import LOG_VKEY
from tests.support.world import World

SENT = ["402/bank-402_PAY_402_001.txt", "402/bank-402_PAY_402_001.txt.tlog-proof"]


def make_county(folder: Path, quorum: QuorumValue) -> tuple[Office, World]:
    """Make a county whose genesis asks for this quorum, with a batch that is released."""
    office = make_home(folder / "home", quorum)
    world = World(pinned={"key": LOG_VKEY, "quorum": quorum.model_dump()})
    world.set_up()
    world.send_batch("PAY", world.settle_people(3))
    world.release("PAY", [("402", 3, 30_000)])
    submit_world(office, folder / "documents", world)
    return office, world


def run(office: Office, *words: str) -> int:
    """Run once."""
    return main(["run", "--home", str(office.home.root), "--once", *words])


def list_orders(office: Office) -> list[str]:
    """List all that ever looks like an order file, staging included."""
    return sorted(str(path.relative_to(office.home.outbox)) for path in office.home.outbox.rglob("*.t*"))


def check_order(office: Office, name: str = SENT[0]) -> int:
    """Run the bank's check with the policy that the county shows."""
    return main(["order", "check", str(office.home.outbox / name), "--policy", str(office.home.policy)])


def go_on(office: Office, folder: Path, world: World, batch: str = "", quorum: QuorumValue | None = None) -> None:
    """Let the county live on: perhaps another batch that is released, perhaps another quorum."""
    if batch:
        world.send_batch(batch, world.settle_people(2), fields={"period": f"20{20 + len(world.steps) % 6}"})
        world.release(batch, [("402", 2, 20_000)])
    if quorum is not None:
        world.set_policy(f"quorum-{len(world.steps)}", [("quorum", "quorum", quorum.model_dump())])
    submit_world(office, folder / f"documents-{len(world.steps)}", world)
