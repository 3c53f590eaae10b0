"""``cluster.toml``: what it may say, what is refused, and what follows from it."""

from pathlib import Path

import pytest

from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import (
    count_partitions,
    list_places,
    make_cluster,
    make_connection,
    parse_cluster,
    read_cluster,
)
from schemas.errors import ConfigurationError
from streams.kafka.client import Connection, Tls

TEXT = """\
banks = ["402", "102"]
snapshots = "snapshots"
state = "state"

[kafka]
bootstrap = "kafka-1:9093,kafka-2:9093"
replication = 3
min_insync = 2
ca = "certs/ca.pem"
cert = "certs/w1.pem"
key = "certs/w1.key"

[[county]]
code = "511112"
partition = 1
worker = "w1"
home = "homes/511112"

[[county]]
code = "511113"
partition = 0
worker = "w1"

[[county]]
code = "511114"
partition = 2
retired = true

[principals]
worker = ["w1", "w2"]
office = ["office-511112"]
monitor = ["r17"]

[principals.bank]
"402" = ["bank-402"]
"""


def test_a_whole_file_is_read() -> None:
    settings = parse_cluster(TEXT)
    assert count_partitions(settings) == 3
    assert [place.code for place in list_places(settings, "w1")] == ["511113", "511112"]
    assert list_places(settings, "w2") == ()
    cluster = make_cluster(settings)
    assert (cluster.prefix, cluster.partitions, cluster.banks) == ("consolidator", 3, ("402", "102"))
    assert (cluster.replication, cluster.min_insync) == (3, 2)
    assert cluster.principals["worker"] == ("w1", "w2")
    assert cluster.principals["adapter"] == ()
    assert cluster.bank_principals == {"402": ("bank-402",)}


def test_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    tls = Tls(tmp_path / "certs/ca.pem", tmp_path / "certs/w1.pem", tmp_path / "certs/w1.key")
    assert make_connection(parse_cluster(TEXT), tmp_path) == Connection("kafka-1:9093,kafka-2:9093", tls)


def test_without_certificates_the_connection_is_plain(tmp_path: Path) -> None:
    text = "".join(line for line in TEXT.splitlines(keepends=True) if "certs/" not in line)
    assert make_connection(parse_cluster(text), tmp_path).tls is None


def test_what_is_rendered_reads_back_and_explains_itself() -> None:
    settings = parse_cluster(TEXT)
    text = render_cluster(settings)
    assert parse_cluster(text) == settings
    assert text.count("#") > 15


def test_what_has_no_certificates_reads_back(tmp_path: Path) -> None:
    text = "".join(line for line in TEXT.splitlines(keepends=True) if "certs/" not in line)
    file = tmp_path / "cluster.toml"
    file.write_text(render_cluster(parse_cluster(text)), encoding="utf-8")
    assert read_cluster(file) == parse_cluster(text)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('state = "state"', 'state = "state"\nmore = 1', "'more'"),
        ('state = "state"', "", "'state'"),
        ("[kafka]", "[kafka", "not TOML"),
        ('code = "511113"', 'code = "511112"', "a county stands twice: 511112"),
        ("partition = 0", "partition = 1", "a partition is given twice: 1"),
        ("partition = 2", "partition = 3", "partition 2 has no county"),
        ("partition = 2", "partition = -1", r"'county\.2\.partition'"),
        ("retired = true", "retired = false", "county 511114 has no worker"),
        ('banks = ["402", "102"]', 'banks = ["402", "402"]', "a bank stands twice: 402"),
        ('"402" = ["bank-402"]', '"403" = ["bank-403"]', "bank 403 is not in 'banks'"),
        ('"402" = ["bank-402"]', '"402" = ["b"]\n"102" = ["b"]', "one certificate is given to two banks: b"),
        ('worker = ["w1", "w2"]', 'worker = ["w2"]', "worker w1 is not in principals"),
        ('worker = ["w1", "w2"]', 'king = ["w1"]', r"'principals\.king'"),
        ('key = "certs/w1.key"', "", "give all three, or none"),
        ("replication = 3", "", "give both, or none"),
        ("min_insync = 2", "min_insync = 4", "nothing could be written"),
        ("replication = 3", 'replication = 3\nprefix = "monitor-x"', "belong to monitors"),
        ("replication = 3", 'replication = 3\nprefix = "a.b"', r"'kafka\.prefix'"),
        ("kafka-1:9093,kafka-2:9093", "kafka-1", r"'kafka\.bootstrap'"),
    ],
)
def test_what_is_wrong_is_refused_with_its_name(before: str, after: str, complaint: str) -> None:
    assert TEXT.count(before) == 1
    with pytest.raises(ConfigurationError, match=complaint):
        parse_cluster(TEXT.replace(before, after))


def test_a_missing_file_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name them with --cluster"):
        read_cluster(tmp_path / "cluster.toml")
