"""Changes of a cluster's table: partitions are given once, and nothing is taken away."""

import pytest

from consolidator.cluster.changing import add_county, assign_county, found_cluster
from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import ClusterSettings, parse_cluster
from schemas.errors import ConfigurationError, ConflictError

HOMES = {"511112": "homes/a", "511113": "homes/b", "511114": "homes/c"}


def make_cluster() -> ClusterSettings:
    """Make three counties, two workers."""
    return found_cluster({"bootstrap": "127.0.0.1:9092"}, ["402"], HOMES, ["w1", "w2"])


def table(settings: ClusterSettings) -> list[tuple[str, int, str]]:
    """Give code, partition and worker of each row."""
    return [(place.code, place.partition, place.worker) for place in settings.county]


def test_counties_are_dealt_out_in_turn() -> None:
    assert table(make_cluster()) == [("511112", 0, "w1"), ("511113", 1, "w2"), ("511114", 2, "w1")]


def test_a_new_county_gets_the_next_partition_also_behind_a_retired_one() -> None:
    settings = make_cluster()
    retired = settings.county[2].model_copy(update={"retired": True, "worker": ""})
    before = settings.model_copy(update={"county": [*settings.county[:2], retired]})
    after = add_county(before, "511115", "homes/d", "w2")
    assert table(after)[-1] == ("511115", 3, "w2")
    assert after.county[:3] == before.county


@pytest.mark.parametrize("code", ["511112", "511114"])
def test_a_county_is_added_once_and_never_again(code: str) -> None:
    settings = make_cluster()
    retired = settings.county[2].model_copy(update={"retired": True})
    with pytest.raises(ConflictError):
        add_county(settings.model_copy(update={"county": [*settings.county[:2], retired]}), code, "homes/d", "w1")


def test_a_county_given_to_another_worker_keeps_all_else() -> None:
    before = make_cluster()
    after = assign_county(before, "511112", "w9")
    assert table(after) == [("511112", 0, "w9"), ("511113", 1, "w2"), ("511114", 2, "w1")]
    assert assign_county(after, "511112", "w1") == before


def test_a_county_that_is_not_there_or_retired_is_nobodys() -> None:
    settings = make_cluster()
    retired = settings.county[2].model_copy(update={"retired": True})
    for before, code in (
        (settings, "511199"),
        (settings.model_copy(update={"county": [*settings.county[:2], retired]}), "511114"),
    ):
        with pytest.raises(ConfigurationError, match=f"no county {code}"):
            assign_county(before, code, "w2")


@pytest.mark.parametrize(
    ("home", "worker"), [('homes/"x', "w1"), ("homes/x", "W 1"), ("homes/x\nretired = true", "w1")]
)
def test_what_the_file_could_not_hold_is_refused(home: str, worker: str) -> None:
    with pytest.raises(ConfigurationError):
        add_county(make_cluster(), "511115", home, worker)


def test_a_worker_whose_certificate_has_no_role_gets_no_county() -> None:
    settings = parse_cluster(render_cluster(make_cluster()).replace("worker = []", 'worker = ["w1", "w2"]'))
    with pytest.raises(ConfigurationError, match="worker w3 is not in"):
        assign_county(settings, "511112", "w3")


def test_every_change_is_written_and_read_back_as_it_is() -> None:
    for settings in (make_cluster(), add_county(make_cluster(), "511115", "homes/d", "w1")):
        assert parse_cluster(render_cluster(settings)) == settings
