"""A little product whose mutants are known, for judging the judges."""

LIMIT = 100
UNUSED = 7


def is_over(fen: int) -> bool:
    """Say whether an amount is over the limit."""
    return fen > LIMIT


def find_larger(one: int, other: int) -> int:
    """Give the larger one; that the comparison is strict cannot be seen."""
    if one > other:
        return one
    return other


def double(fen: int) -> int:
    """Double an amount; no steady test looks at it."""
    return fen * 2


def halve(fen: int) -> int:
    """Halve an amount; nobody calls it."""
    return fen // 2
