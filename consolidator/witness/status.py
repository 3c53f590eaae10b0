"""Owns what a person is told of a witness: for each log the last head, how far it was followed, what was found.

Read from the store beside the running witness; it changes nothing but what a person decided.
"""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

from consolidator.keys import read_signer
from consolidator.transparency.keys import COSIGNATURE, render_vkey
from consolidator.witness.evidence import Acceptance, Recorded, describe, find_open
from consolidator.witness.home import WitnessHome
from consolidator.witness.settings import Log, read_settings
from consolidator.witness.store import Store, open_store, open_store_read_only
from schemas.errors import ConfigurationError
from schemas.identifiers import holds_long_number
from schemas.instants import render_instant

TEXT_MAX = 500


def read_witness_status(root: Path) -> dict[str, Any]:
    """Give where a witness stands, as one object."""
    home = WitnessHome(root)
    settings = read_settings(home.settings)
    key = read_signer(home.key, COSIGNATURE)
    with closing(open_store_read_only(home.store)) as store:
        logs = [_describe_log(store, log) for log in settings.log]
        return {"name": key.name, "vkey": render_vkey(key.verifier), "retired": store.retired(), "logs": logs}


def _describe_log(store: Store, log: Log) -> dict[str, Any]:
    origin = log.verifier.name
    seen, (since, reason) = store.find(origin), store.evidence.find_trouble(origin)
    violations = [describe(each) for each in store.evidence.list_all(origin)]
    told: dict[str, Any] = {"origin": origin, "follow": log.follow, "url": log.url}
    told |= dict.fromkeys(("size", "root", "first_at", "last_at", "followed_to"))
    if seen is not None:
        told |= {"size": seen.head.size, "root": seen.head.root.hex()}
        told |= {"first_at": _render(seen.first_seconds), "last_at": _render(seen.last_seconds)}
        told |= {"followed_to": seen.head.size if log.follow else None}
    return told | {"trouble": reason, "trouble_since": _render(since if reason else None), "violations": violations}


def _render(seconds: int | None) -> str | None:
    return None if seconds is None else render_instant(seconds)


def accept_violation(root: Path, index: int | None, number: int | None, person: str, reason: str) -> Recorded:
    """Record that the body goes on past one violation. Raises ConfigurationError when no such one is open."""
    for text in (person, reason):
        if not text.strip() or len(text) > TEXT_MAX or holds_long_number(text):
            message = (
                "--reason 与 --by 须填写,不超过 500 字,不含证件号码(会公开) / "
                "--reason and --by are published: say something, in 500 characters, without ID numbers"
            )
            raise ConfigurationError(message)
    home = WitnessHome(root)
    origins = [log.verifier.name for log in read_settings(home.settings).log]
    with closing(open_store(home.store)) as store:
        found = find_open([each for origin in origins for each in store.evidence.list_open(origin)], index, number)
        store.evidence.accept(found.id, Acceptance(int(time.time()), person, reason))
    return found
