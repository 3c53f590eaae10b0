"""Small changes to the story of :mod:`tests.unit.verify.story`, each as a function that changes it."""

from collections.abc import Callable

from tests.unit.verify.story import Entry, find

Story = list[Entry]


def update(kind: str, nth: int = 0, **fields: object) -> Callable[[Story], None]:
    """Change fields of the n-th entry of a kind."""
    return lambda story: find(story, kind, nth).update(fields)


def remove(kind: str, nth: int = 0) -> Callable[[Story], None]:
    """Take it out."""
    return lambda story: story.remove(find(story, kind, nth))


def repeat(kind: str, nth: int = 0) -> Callable[[Story], None]:
    """Let it come twice."""
    return lambda story: story.insert(story.index(find(story, kind, nth)) + 1, find(story, kind, nth))


def append(*entries: Entry) -> Callable[[Story], None]:
    """Put entries at the end, at the instant of the last."""
    return lambda story: story.extend({"v": 1, "at": story[-1]["at"]} | entry for entry in entries)
