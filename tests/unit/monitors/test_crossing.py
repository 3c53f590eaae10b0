"""R17: who has a line for one programme and period in two counties is told to both, each about its own line."""

import json

import pytest

from consolidator.monitors.crossing import LINES_MAX, Claim, CrossCounty, add_sighting, list_doubles
from consolidator.monitors.sightings import Sighting, derive_pseudonym, parse_sighting
from schemas.anomalies import Anomaly
from schemas.commits import Bundle
from schemas.errors import InvariantError
from tests.support.crossing import HERE, MONITOR, THERE, Table, list_bundles, list_events, make_county, sign_anomaly
from tests.support.told import order_lines, tell_one
from tests.support.world import World, codes_of, make_account, make_id, make_name, make_programme


@pytest.fixture
def here() -> World:
    """A county in which persons 0 and 1 are to be paid."""
    world = make_county()
    world.send_batch("B-1", [make_id(0), make_id(1)])
    return world


@pytest.fixture
def there() -> World:
    """Another one, in which persons 1 and 2 are to be paid."""
    world = make_county()
    world.send_batch("B-7", [make_id(2), make_id(1)])
    return world


def line_entry(world: World, document: str, line: int) -> int:
    """Give the index of a line's entry."""
    return next(
        index
        for index, entry in enumerate(world.entries())
        if (entry["kind"], entry.get("document"), entry.get("line")) == ("line", document, line)
    )


def test_who_is_paid_in_two_counties_is_told_to_both(here: World, there: World) -> None:
    table = Table()
    assert table.take(list_events(here, HERE)) == []
    found = table.take(list_events(there, THERE))
    mine, theirs = line_entry(here, "B-1", 2), line_entry(there, "B-7", 2)
    assert [anomaly.model_dump(exclude={"reference"}) for anomaly in found] == [
        {
            "v": 1,
            "rule": "R17",
            "county": county,
            "source": "bank-402",
            "document": document,
            "line": 2,
            "entry": entry,
            "other_county": other,
            "other_entry": other_entry,
        }
        for county, document, entry, other, other_entry in (
            (THERE, "B-7", theirs, HERE, mine),
            (HERE, "B-1", mine, THERE, theirs),
        )
    ]


def test_both_ledgers_hold_their_line(here: World, there: World) -> None:
    table = Table()
    table.take(list_events(here, HERE) + list_events(there, THERE))
    (mine,) = [anomaly for anomaly in table.found if anomaly.county == HERE]
    assert codes_of(here.submit(sign_anomaly(mine, 1))) == [""]
    assert here.line_states("B-1") == ["ready", "held"]
    (change,) = here.entries("change")
    assert (change["findings"], change["line"]) == (["R17:orange"], 2)


@pytest.mark.parametrize("status", ["failed", "returned"])
def test_a_line_that_its_bank_did_not_pay_still_stands_for_its_entitlement(there: World, status: str) -> None:
    """A correction may pay it any day; what another county holds for it is for people to let go."""
    here = make_county()
    order_lines(here, 2)
    before = list_events(here, HERE)
    tell_one(here, status, 2)
    assert list_events(here, HERE) == before
    found = Table().take(before + list_events(there, THERE))
    (mine,) = [anomaly for anomaly in found if anomaly.county == HERE]
    assert (mine.document, mine.line) == ("B-1", 2)
    assert codes_of(here.submit(sign_anomaly(mine, 1))) == [""]
    assert here.line_states("B-1") == ["ordered", status]
    assert here.entries("finding")[-1]["findings"] == ["R17:orange"]


def test_the_same_anomaly_under_the_same_number_is_the_same_document(here: World, there: World) -> None:
    table, again = Table(), Table()
    table.take(list_events(here, HERE) + list_events(there, THERE))
    again.take(list_events(there, THERE) + list_events(here, HERE))
    assert {sign_anomaly(each, 3) for each in table.found} == {sign_anomaly(each, 3) for each in again.found}


def test_what_comes_again_changes_nothing(here: World, there: World) -> None:
    table = Table()
    events = list_events(here, HERE) + list_events(there, THERE)
    table.take(events)
    rows = dict(table.rows)
    assert table.take(events + events[::-1]) == []
    assert table.rows == rows


def test_another_period_or_programme_is_no_double(here: World) -> None:
    other = make_county()
    other.set_policy("policy-2", [("programme", "CARE", make_programme(sensitive=True))])
    other.send_batch("B-8", [make_id(0)], fields={"period": "2027"})
    other.send_batch("B-9", [make_id(1)], fields={"programme": "CARE"})
    table = Table()
    assert table.take(list_events(here, HERE) + list_events(other, THERE)) == []
    assert len(table.rows) == 4


def test_a_sensitive_programme_is_compared_too() -> None:
    counties = (make_county(), make_county())
    table = Table()
    for code, world in zip((HERE, THERE), counties, strict=True):
        world.set_policy("policy-2", [("programme", "CARE", make_programme(sensitive=True))])
        world.send_batch("B-9", [make_id(1)], fields={"programme": "CARE"})
        table.take(list_events(world, code))
    assert {anomaly.county for anomaly in table.found} == {HERE, THERE}


@pytest.mark.parametrize("first", ["here", "there"])
def test_a_refused_line_claims_nothing(here: World, first: str) -> None:
    there = make_county()
    there.send_batch("B-7", [make_id(2), make_id(2)])  # the second is refused: the first holds the claim
    here.send_batch("B-2", [make_id(2)])
    pairs = [(there, THERE), (here, HERE)] if first == "there" else [(here, HERE), (there, THERE)]
    table = Table()
    for world, code in pairs:
        table.take(list_events(world, code))
    assert {(anomaly.document, anomaly.line) for anomaly in table.found} == {("B-7", 1), ("B-2", 1)}


def test_a_held_line_counts_and_a_stopped_one_does_not(here: World, there: World) -> None:
    here.review("reviewer", "hold", "B-1", [1, 2])
    here.review("reviewer", "stop", "B-1", [2])
    there.send_batch("B-8", [make_id(0)])
    there.review("reviewer", "hold", "B-8", [1])
    table = Table()
    found = table.take(list_events(here, HERE) + list_events(there, THERE))
    assert {(anomaly.county, anomaly.document, anomaly.line) for anomaly in found} == {
        (HERE, "B-1", 1),
        (THERE, "B-8", 1),
    }
    assert [len(list_doubles(row)) for row in table.read_rows()].count(1) == 1


def test_an_entitlement_that_is_claimed_again_is_found_again(here: World, there: World) -> None:
    here.review("reviewer", "hold", "B-1", [2])
    here.review("reviewer", "stop", "B-1", [2])
    here.send_batch("B-3", [make_id(1)])
    table = Table()
    table.take(list_events(there, THERE) + list_events(here, HERE))
    told = [(anomaly.document, anomaly.line) for anomaly in table.found if anomaly.county == HERE]
    assert told == [("B-1", 2), ("B-3", 1)]
    assert len({anomaly.double for anomaly in table.found}) == len(table.found) == 4


def test_who_is_in_three_counties_is_told_of_each_other_one(here: World, there: World) -> None:
    third = make_county()
    third.send_batch("B-9", [make_id(1)])
    table = Table()
    table.take(list_events(here, HERE) + list_events(there, THERE) + list_events(third, "511114"))
    pairs = {(anomaly.county, anomaly.other_county) for anomaly in table.found}
    assert len(table.found) == len(pairs) == 6


def test_what_was_retired_with_its_year_is_passed_over(here: World) -> None:
    retired = [
        Bundle(bundle.first, bundle.count, bundle.entries, bytes(4 * bundle.count)) for bundle in list_bundles(here)
    ]
    assert [event for bundle in retired for event in MONITOR.read(HERE, bundle)] == []


def test_a_torn_bundle_is_noticed(here: World) -> None:
    bundle = list_bundles(here)[-1]
    with pytest.raises(ValueError, match="zip"):
        MONITOR.read(HERE, Bundle(bundle.first, bundle.count + 1, bundle.entries, bundle.disclosures))


# ---- what is kept and told


def test_neither_table_nor_findings_hold_anything_of_a_person(here: World, there: World) -> None:
    table = Table()
    events = list_events(here, HERE) + list_events(there, THERE)
    table.take(events)
    kept = b"".join([*table.rows.values(), *(event for _, event in events)]).decode()
    told = "".join(anomaly.model_dump_json() for anomaly in table.found)
    for number in range(3):
        for secret in (make_id(number), make_name(number), make_account(number)):
            assert secret not in kept + told
    assert all(len(key) == 32 for key in table.rows)
    assert json.loads(events[0][1]).keys() == {"county", "entry", "source", "document", "line", "state"}


def test_names_and_references_need_the_monitors_key(here: World, there: World) -> None:
    other = CrossCounty(b"n" * 32)
    bundles = [(HERE, list_bundles(here)), (THERE, list_bundles(there))]

    def find(monitor: CrossCounty) -> tuple[set[bytes], set[str]]:
        rows: dict[bytes, bytes] = {}
        found = list[Anomaly]()
        for key, event in (each for code, all_ in bundles for bundle in all_ for each in monitor.read(code, bundle)):
            rows[key], more = monitor.fold(rows.get(key), event)
            found += more
        return set(rows), {anomaly.reference for anomaly in found}

    (keys, references), (other_keys, other_references) = find(MONITOR), find(other)
    assert not keys & other_keys
    assert not references & other_references
    assert len(references) == 2


@pytest.mark.parametrize(
    "fields", [("FARM", "2026", make_id(1)), ("FARM", "2027", make_id(0)), ("CARE", "2026", make_id(0))]
)
def test_a_name_is_of_one_programme_period_and_person(fields: tuple[str, str, str]) -> None:
    assert derive_pseudonym(MONITOR.key, *fields) != derive_pseudonym(MONITOR.key, "FARM", "2026", make_id(0))


def test_an_end_that_is_seen_first_counts() -> None:
    ended = Sighting(HERE, 9, "agri", "B-1", 1, "stopped")
    row = add_sighting({}, ended)
    assert row == {(HERE, "agri", "B-1", 1): Claim(None, ended=True)}
    row = add_sighting(row, Sighting(HERE, 5, "agri", "B-1", 1, "ready"))
    row = add_sighting(row, Sighting(THERE, 5, "agri", "B-1", 1, "ready"))
    assert list_doubles(row) == []


def test_a_row_has_a_bound() -> None:
    row = {(HERE, "agri", "B-1", line): Claim(line, ended=False) for line in range(LINES_MAX)}
    known = Sighting(HERE, 5, "agri", "B-1", 5, "held")
    assert len(add_sighting(row, known)) == LINES_MAX
    with pytest.raises(InvariantError):
        add_sighting(
            row, parse_sighting(b'{"county":"511113","document":"B","entry":1,"line":1,"source":"s","state":"held"}')
        )
