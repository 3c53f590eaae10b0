"""A World with a real journal beside it: what the World applied is run by the engine, and the lists are written."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from consolidator.home.files import make_folder
from consolidator.returns.updating import Lists, restore_lists, update_lists
from consolidator.sealing import County
from schemas.commits import Outcome, Step
from streams.embedded.journal import SqliteJournal, create_journal, open_journal
from streams.engine import Engine
from tests.support.world import EPOCHS, ORIGIN, World, make_signer


def make_county() -> County:
    """Give a fresh ledger."""
    return County(EPOCHS, make_signer(ORIGIN))


@dataclass
class Office:
    """A World, its journal, and the lists made from it. ``large`` are the lists somebody was told of."""

    world: World
    root: Path
    journal: SqliteJournal
    done: int = 1
    outcomes: list[Outcome] = field(default_factory=list)
    large: list[str] = field(default_factory=list)

    @property
    def lists(self) -> Lists:
        """What the lists are made from."""
        return Lists(
            self.root / "returns",
            self.root / "refused",
            self.journal,
            make_county,
            lambda name, _: self.large.append(name),
        )

    def commit(self) -> list[Outcome]:
        """Run what the World applied since, without writing lists; gives the run's outcomes."""
        outcomes: list[Outcome] = []

        def note(steps: list[Step]) -> None:
            outcomes.extend(outcome for step in steps for outcome in step.outcomes)

        self.journal.append(self.world.commands[self.done :])
        self.done = len(self.world.commands)
        engine: Engine[County] = Engine(self.journal, make_county, note)  # type: ignore[arg-type]  # a list is given
        engine.recover()
        engine.run()
        engine.close()
        return outcomes

    def run(self) -> None:
        """Run what the World applied since, and write the lists."""
        update_lists(self.lists, self.commit())

    def restart(self) -> None:
        """Write the lists as a start does."""
        restore_lists(self.lists)

    def files(self) -> dict[str, bytes]:
        """Give all lists by name."""
        folder = self.root / "returns"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".state"
        }

    def read(self, name: str, source: str = "bank-402") -> list[dict[str, str]]:
        """Read the CSV list whose name begins so; columns by their Chinese titles."""
        [path] = (self.root / "returns" / source).glob(f"{name}*.csv")
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
        titles = [title.partition(" ")[0] for title in rows[0]]
        return [dict(zip(titles, row, strict=True)) for row in rows[1:]]


@contextmanager
def open_office(root: Path, **programme: object) -> Iterator[Office]:
    """Open an office whose World has the usual policy; nothing was run yet."""
    world = World()
    make_folder(root)
    create_journal(root / "journal.sqlite", world.commands[0])
    world.set_up(**programme)
    with open_journal(root / "journal.sqlite") as journal:
        yield Office(world, root, journal)
