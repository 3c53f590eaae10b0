"""Writes the recordings that are not there yet: ``python -m tests.golden.journals.record`` in the project's folder."""

import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from consolidator.home.creating import create_home, plan_sample
from consolidator.home.files import write_whole
from consolidator.sample import write_sample
from consolidator.sample.dice import derive_secret
from consolidator.sample.keyring import EPOCHS as SAMPLE_EPOCHS
from consolidator.sample.keyring import derive_origin
from consolidator.sample.places import COUNTY
from consolidator.sealing import County
from consolidator.transparency.keys import derive_signer
from schemas.commands import Command
from tests.golden.journals.lives import live_long, live_oddly
from tests.golden.journals.recording import FOLDER, Recording, describe_head, render_recording
from tests.support.world import EPOCHS, ORIGIN, World

SEED = 11


def record_world(live: Callable[[World], None]) -> bytes:
    """Let a small county live, and keep its commands."""
    world = World()
    live(world)
    secret = sha256(ORIGIN.encode()).digest()
    return _record(world.commands, dict(EPOCHS), ORIGIN, secret)


def record_sample() -> bytes:
    """Keep the commands of the sample county's month."""
    from consolidator.bootstrap import open_desk, open_home  # noqa: PLC0415 -- only for this recording
    from consolidator.intake.submitting import list_submissions, submit_all  # noqa: PLC0415 -- the same
    from streams.embedded.journal import open_journal  # noqa: PLC0415 -- the same

    with TemporaryDirectory() as folder:
        sample, root = Path(folder) / "sample", Path(folder) / "home"
        write_sample(sample, 500, SEED)
        create_home(root, plan_sample(COUNTY, sample))
        office = open_home(root)
        with open_desk(office) as desk:
            submit_all(desk, list_submissions([sample], "", 0))
        with open_journal(office.home.journal) as journal:
            commands = [command for _, command in journal.commands(1)]
    keys = {year: derive_secret(SEED, f"epoch {year}") for year in SAMPLE_EPOCHS}
    return _record(commands, keys, derive_origin(COUNTY), derive_secret(SEED, "log"))


def _record(commands: list[Command], keys: dict[int, bytes], origin: str, secret: bytes) -> bytes:
    signer = derive_signer(origin, secret)
    county = County(keys, signer)
    for command in commands:
        for _ in county.apply(command):
            pass
    return render_recording(Recording(commands, keys, signer, describe_head(county)), origin, secret)


HOMES: Mapping[str, Callable[[], bytes]] = {
    "1-sample-month": record_sample,
    "1-odd-county": lambda: record_world(live_oddly),
    "1-long-life": lambda: record_world(live_long),
}


def main() -> None:
    """Write what is missing."""
    for name, record in HOMES.items():
        path = FOLDER / f"{name}.json.xz"
        if not path.exists():
            write_whole(path, record())
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
