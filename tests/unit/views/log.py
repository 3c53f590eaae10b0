"""What a World put into its log, as a journal would give it back."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.commits import Bundle
from schemas.orders import OrderPart
from tests.support.world import World


@dataclass(frozen=True)
class Log:
    """The records of a World."""

    world: World

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Give the bundles from the one that holds entry ``first``."""
        everything = (bundle for step in self.world.steps for bundle in step.bundles)
        return (bundle for bundle in everything if bundle.first + bundle.count > first)

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """Give the parts of one order file's list."""
        return (part for step in self.world.steps for part in step.order_parts if part.file == file)
