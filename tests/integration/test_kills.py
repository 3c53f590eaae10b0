"""Kill -9 of ``init`` and ``submit`` at every write, and two submits at once: the repeat gives the same end."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.transparency.keys import render_vkey
from tests.integration.killing import describe
from tests.integration.office import (
    list_documents,
    make_home,
    read_head,
    run_once,
    write_documents,
    write_pay_file,
    write_sample,
)
from tests.support.world import World, make_id, make_signer

pytestmark = pytest.mark.kill
ROOT = Path(__file__).parents[2]


def kill_everywhere(home: Path, work: Path, *words: object) -> dict[str, Any]:
    """Run the script in a process of its own, because it forks."""
    command = [sys.executable, "-m", "tests.integration.killing", home, work, *words]
    done = subprocess.run([*map(str, command)], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_killed_init_leaves_no_home_or_a_whole_one(tmp_path: Path) -> None:
    roots = [word for name in ("a", "b") for word in ("--root-key", render_vkey(make_signer(name).verifier))]
    told = kill_everywhere(tmp_path / "none", tmp_path, "init", "--home", "WORK", "--county", "511112", *roots)
    assert told["points"] > 40
    assert set(told["codes"]) <= {0, 7}
    for ending in told["endings"]:
        assert ending["count"] == 1
        assert sorted(ending["files"]) == ["consolidator.toml", "policy.txt"]
        assert ending["beside"] == ["home"]


def make_sample(folder: Path) -> Path:
    """Write a small sample: a policy, a bank's file, a bad document, a confirm."""
    world = World()
    world.set_up()
    policy, confirm = write_documents(folder, list_documents(world))
    bad = folder / "bad.jsonl"
    bad.write_bytes(policy.read_bytes()[:-9])
    pay = write_pay_file(folder, [make_id(number) for number in range(3)])
    return write_sample(folder, [(policy, "root"), (pay, "bank-402"), (bad, "root"), (confirm, "root")])


def test_a_killed_submit_repeated_gives_the_same_end(tmp_path: Path) -> None:
    office = make_home(tmp_path / "home")
    sample = make_sample(tmp_path / "sample")
    shutil.copytree(office.home.root, tmp_path / "peace")
    assert main(["submit", "--home", str(tmp_path / "peace"), str(sample)]) == 4
    told = kill_everywhere(office.home.root, tmp_path, "submit", "--home", "WORK", sample)
    assert told["points"] > 55
    assert told["codes"] == [4]
    expected = describe(tmp_path / "peace")
    for ending in told["endings"]:
        ending.pop("beside")
        assert ending == expected


def test_two_submits_at_once_take_every_file_once_and_in_order(tmp_path: Path) -> None:
    assert main(["sample", "--to", str(tmp_path / "s"), "--lines", "500", "--seed", "3"]) == 0
    for name in ("home", "peace"):
        words = ["init", "--home", str(tmp_path / name), "--county", "511112", "--sample", str(tmp_path / "s")]
        assert main(words) == 0
    assert main(["submit", "--home", str(tmp_path / "peace"), str(tmp_path / "s")]) == 0
    words = ["-m", "consolidator", "submit", "--home", str(tmp_path / "home"), str(tmp_path / "s"), "--json"]
    both = [subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True) for _ in range(2)]  # noqa: S603 -- our own
    told = [json.loads(process.communicate()[0]) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert told[0]["new"] + told[1]["new"] == len(told[0]["files"])
    assert describe(tmp_path / "home") == describe(tmp_path / "peace")
    offices = [open_home(tmp_path / name) for name in ("home", "peace")]
    assert [run_once(office) for office in offices] == [4, 4]
    assert read_head(offices[0]) == read_head(offices[1])
