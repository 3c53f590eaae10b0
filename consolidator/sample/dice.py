"""Owns chance for the sample: integers from a seed, the same on every machine and Python. Never reads clock or hash().

Only ``getrandbits`` of the Mersenne Twister is used: its bits are fixed, while ``sample`` and ``choice`` may change.
"""

import random
from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def derive_secret(seed: int, name: str) -> bytes:
    """Give 32 bytes that belong to a seed and a name. Sample keys come from here, so they protect nothing.

    >>> derive_secret(7, "log").hex()[:8]
    'd8cf28f6'
    """
    return sha256(f"consolidator sample {seed} {name}".encode()).digest()


class Dice:
    """One stream of chance. Each part of the sample has its own, so that a change in one leaves the others alone."""

    def __init__(self, seed: int, name: str) -> None:
        """Start the stream of a seed and a name."""
        self._bits = random.Random(int.from_bytes(derive_secret(seed, name))).getrandbits

    def below(self, end: int) -> int:
        """Give an integer from 0 to ``end`` - 1."""
        return self._bits(48) * end >> 48

    def between(self, first: int, last: int) -> int:
        """Give an integer from ``first`` to ``last``, both included."""
        return first + self.below(last - first + 1)

    def pick(self, items: Sequence[T]) -> T:
        """Give one of the items."""
        return items[self.below(len(items))]

    def draw(self, items: Sequence[T], count: int) -> list[T]:
        """Give ``count`` different items in random order."""
        pool = list(items)
        for place in range(count):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]
