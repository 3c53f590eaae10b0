"""Owns the registers (登记册): population, relations, deaths, officials, each with the date it was true on."""

from msgspec import Struct


class Person(Struct, frozen=True, array_like=True, gc=False):
    """A row of the population register. ``id`` is kept so that other tables can share the one string."""

    id: str
    name: str
    household: str
    village: str


class Relation(Struct, frozen=True, array_like=True, gc=False):
    """A lawful reason to collect for another: guardian, mandate or household_head, from a day to a day (or open)."""

    relation: str
    from_on: str
    to_on: str | None


class Official(Struct, frozen=True, array_like=True, gc=False):
    """A village official."""

    village: str
    position: str


class Suppression(Struct, frozen=True):
    """A finding of one person that only informs up to a day, and the digest of the document that says so."""

    until: str
    cause: str


class Expected(Struct, frozen=True):
    """A batch that should come by a day (China), of whom it was announced."""

    due_on: str
    source: str


class Snapshot(Struct, frozen=True):
    """Which document filled a register last, and the day it was true on: the evidence's date."""

    snapshot_on: str
    source: str
    document: str


def is_related(relations: list[Relation] | None, day: str) -> bool:
    """Say whether one of the relations is valid on a day.

    >>> is_related([Relation("guardian", "2020-01-01", None)], "2026-11-01")
    True
    """
    return relations is not None and any(
        relation.from_on <= day and (relation.to_on is None or day <= relation.to_on) for relation in relations
    )
