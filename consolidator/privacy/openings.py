"""Owns the opening of entries: derived on request from the epoch's key. Never keeps or shows one.

Whoever hands an opening out answers for it: the gate with the orders entry of a bank's own file (DESIGN section 8),
everybody else with an ``access`` entry that stands in the log before.
"""

import json
from collections.abc import Mapping

from consolidator.privacy.commitments import commit, derive_openings
from schemas.errors import ConfigurationError, InputError, VerificationError
from schemas.extras import Extra
from schemas.instants import derive_year, parse_instant


def find_epoch_key(epoch_keys: Mapping[int, bytes], now: int) -> bytes:
    """Give the epoch key of a POSIX second's year. ConfigurationError when the county has none: nobody makes a new one.

    >>> find_epoch_key({2026: bytes(32)}, 1_793_491_200) == bytes(32)
    True
    """
    year = derive_year(now)
    key = epoch_keys.get(year)
    if key is None:
        message = (
            f"keys/epochs.keys 没有 {year} 年的密钥,从备份恢复 / "
            f"keys/epochs.keys has no key for {year}: restore it from a backup; it is never made anew"
        )
        raise ConfigurationError(message)
    return key


def open_private(epoch_keys: Mapping[int, bytes], index: int, entry: bytes, private: bytes) -> Extra:
    """Open an entry at its index: its private bytes with the opening that proves them.

    Raises InputError ``S22`` when it has no private part, ConfigurationError when the key of its year is missing,
    VerificationError when these private bytes or this key are not those that the entry commits to.
    """
    if not private:
        raise InputError("S22", f"entry {index}")
    fields = json.loads(entry)
    opening = derive_openings(find_epoch_key(epoch_keys, parse_instant(fields["at"])), index, 1)[0]
    if fields.get("sealed") != commit(opening, private):
        reason = (
            "私有内容或密钥与条目的承诺不符 / "
            "the private part or the key is not the one that the entry commits to: restore both from a backup"
        )
        raise VerificationError(reason)
    return Extra(entry, private, opening)
