"""Whose a file is when nobody says: the one source that sends files of that name, or nobody."""

from bank_adapters.profiles import load_profiles
from consolidator.intake.desk import Reader
from consolidator.intake.legacy import find_source
from consolidator.transparency.keys import derive_signer

_PROFILES = load_profiles()


def read(source: str, *names: str) -> Reader:
    return Reader(source, derive_signer(source, bytes(32)), {name: _PROFILES[name] for name in names})


def test_a_name_that_one_source_sends_is_his() -> None:
    readers = [read("agri", "bureau-batch"), read("town", "census")]
    assert find_source(readers, "batch_1.csv", "") == "agri"
    assert find_source(readers, "batch_1.csv", "town") == "town"


def test_a_name_that_several_or_none_send_is_nobodys() -> None:
    readers = [read("agri", "bureau-batch"), read("civil", "bureau-batch")]
    assert find_source(readers, "batch_1.csv", "") == ""
    assert find_source(readers, "letter.docx", "") == ""
