"""Owns what becomes of an order file that came to a bank: checked and put there once, or kept with a reason.

``COUNTY/NAME`` and its proof are what the bank works with, and takes away at will; ``received/`` remembers them
(:mod:`consolidator.gate.placing`), ``refused/`` holds the rest. Any number of processes may work in one folder.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import Literal

from bank_adapters.profiles import Profile
from consolidator.gate.checking import PROOF_SUFFIX, CheckedFile, check_order_file
from consolidator.gate.placing import put_once
from consolidator.home.files import disk_errors, make_folder, sync_folder, write_synced
from consolidator.intake.outcomes import describe_reason
from consolidator.transparency.policy import Policy
from consolidator.transparency.tlogproof import parse_tlog_proof
from schemas.errors import ConfigurationError, InputError, VerificationError
from schemas.records import Delivery

NOT_CHECKED = "I32"
NO_POLICY = "I33"
REASON = "reason.json"  # in a folder of ``refused/``
RECORD = "record.bin"  # the same: of a record that is no delivery
_REFUSED = "refused"
_DIGEST_CHARACTERS = 16  # of a SHA-256, in names of folders
_ORIGIN = re.compile(rb"([^\n]{1,200})\n")


@dataclass(frozen=True, slots=True)
class Trust:
    """Which county a log is pinned for, and the policy under which it vouches for that county's order files."""

    county: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class Tray:
    """A bank's folder: ``trusts`` by log origin, ``profiles`` say how its order files look."""

    root: Path
    bank: str
    trusts: Mapping[str, Trust]
    profiles: Mapping[str, Profile]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a delivery: put there now, there before, or turned away (code, detail). Nothing personal."""

    word: Literal["received", "known", "refused"]
    name: str
    county: str = ""
    file: str = ""
    count: int = 0
    fen: int = 0
    code: str = ""
    detail: str = ""


def accept(tray: Tray, delivery: Delivery) -> Arrival:
    """Check a delivery and put it there, or keep it in ``refused/``. On return it is on disk; repeat it at will."""
    try:
        trust = _find_trust(tray, delivery)
        checked = _check(tray, trust, delivery)
        word = put_once(tray.root, checked, delivery.name, (delivery.content, delivery.proof))
    except InputError as error:
        papers = {delivery.name: delivery.content, delivery.name + PROOF_SUFFIX: delivery.proof}
        _keep_refused(tray, error, papers, delivery.file)
        return Arrival("refused", delivery.name, file=delivery.file, code=error.code, detail=error.detail)
    return Arrival(word, delivery.name, checked.county, checked.file, checked.count, checked.fen)


def refuse_record(tray: Tray, value: bytes, error: InputError) -> Arrival:
    """Keep a record that is no delivery."""
    _keep_refused(tray, error, {RECORD: value}, "")
    return Arrival("refused", RECORD, code=error.code, detail=error.detail)


def accept_refused_again(tray: Tray) -> Iterator[Arrival]:
    """Check again what was turned away: the bank may have the policy by now. What is put there leaves ``refused/``."""
    with disk_errors():
        reasons = sorted((tray.root / _REFUSED).glob(f"*/{REASON}"))
    for reason in reasons:
        delivery = _read_refused(reason.parent)
        if delivery is not None:
            arrival = accept(tray, delivery)
            if arrival.word != "refused":
                reason.unlink(missing_ok=True)  # first: without it the rest is nothing any more
                rmtree(reason.parent, ignore_errors=True)
            yield arrival


def _find_trust(tray: Tray, delivery: Delivery) -> Trust:
    """Find who may vouch for it: the log that its proof's checkpoint names, if the bank pinned that log."""
    if not delivery.proof:
        raise InputError(NOT_CHECKED, "it came without a proof: the county has no witnesses, good for trying out only")
    try:
        match = _ORIGIN.match(parse_tlog_proof(delivery.proof).checkpoint)
    except VerificationError as error:
        raise InputError(NOT_CHECKED, str(error)) from error
    origin = match[1].decode("utf-8", "replace") if match else ""
    if origin not in tray.trusts:
        raise InputError(NO_POLICY, origin)
    return tray.trusts[origin]


def _check(tray: Tray, trust: Trust, delivery: Delivery) -> CheckedFile:
    """Check as the bank's own command does, and that it is of the log's own county, for this bank, under its own id."""
    try:
        checked = check_order_file(delivery.name, delivery.content, delivery.proof, trust.policy, tray.profiles)
    except (VerificationError, ConfigurationError) as error:  # the latter: a name that its layout cannot hold
        raise InputError(NOT_CHECKED, str(error)) from error
    for what, said, pinned in (
        ("county", checked.county, trust.county),
        ("bank", checked.bank, tray.bank),
        ("order file", checked.file, delivery.file),
    ):
        if said != pinned:
            raise InputError(NOT_CHECKED, f"it is of {what} {said}, not {pinned}")
    return checked


def _keep_refused(tray: Tray, error: InputError, papers: Mapping[str, bytes], file: str) -> None:
    """Keep the papers under their own names in a folder that is named by what they say; the reason goes last."""
    digest = sha256(b"".join(papers.values())).hexdigest()
    folder = tray.root / _REFUSED / digest[:_DIGEST_CHARACTERS]
    told = {"v": 1, "file": file, "names": list(papers)} | describe_reason(error.code, "", error.detail)
    reason = f"{json.dumps(told, ensure_ascii=False, indent=1)}\n".encode()
    with disk_errors():
        make_folder(folder)
        for name, content in {**papers, REASON: reason}.items():
            draft = folder / f".{token_hex(8)}.tmp"  # another process may be keeping the same
            write_synced(draft, content)
            draft.replace(folder / name)
        sync_folder(folder)


def _read_refused(folder: Path) -> Delivery | None:
    """Read what was turned away as it came; None for a record that is no delivery, or where a person took part away."""
    try:
        told = json.loads((folder / REASON).read_bytes())
        content, proof = [(folder / name).read_bytes() for name in told["names"]]
    except (FileNotFoundError, ValueError):
        return None
    return Delivery(told["file"], told["names"][0], content, proof)
