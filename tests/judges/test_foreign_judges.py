"""What other people's libraries say about our logs; and that they do say no when a bit is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.judges.conftest import Judge
from tests.judges.exhibits import write_exhibit
from tests.unit.transparency.naive import BORDER_SIZES

NAMES = [
    "x/mod note and formats",
    "policies of formats, tessera and torchwood",
    "x/mod tlog",
    "merkle",
    "tessera fsck",
    "tessera proofs",
    "tlog-proofs of formats and torchwood",
]


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_every_judge_is_content_with_a_log_of_any_size(judge: Judge, tmp_path: Path, size: int) -> None:
    verdict = judge(write_exhibit(tmp_path, size))
    assert verdict.returncode == 0, verdict.stderr
    assert verdict.stdout.splitlines() == NAMES


def flip(path: Path, at: int = -1) -> None:
    """Change one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def lengthen_proof(folder: Path) -> None:
    """Put a line into the manifest's first consistency proof that is not empty."""
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"hashes": ["', f'"hashes": ["{"A" * 43}=", "', 1))


@pytest.mark.parametrize(
    ("harm", "reached"),
    [
        (lambda folder: flip(folder / "checkpoint", 40), 0),
        (lambda folder: flip(folder / "checkpoint", -10), 0),
        (lambda folder: flip(folder / "policy.txt", 10), 1),
        (lambda folder: flip(folder / "tile/0/000"), 2),
        (lambda folder: flip(folder / "tile/0/001.p/1"), 2),
        (lambda folder: flip(folder / "tile/1/000.p/1"), 2),
        (lambda folder: flip(folder / "tile/entries/000"), 2),
        (lambda folder: flip(folder / "tile/entries/001.p/1"), 2),
        (lambda folder: (folder / "tile/entries/001.p/1").rename(folder / "tile/entries/001"), 2),
        (lambda folder: (folder / "tile/0/001.p/1").rename(folder / "tile/0/001"), 2),
        (lengthen_proof, 2),
        (lambda folder: flip(folder / "5.tlog-proof", 60), 6),
    ],
)
def test_some_judge_refuses_a_log_with_a_bit_or_a_name_wrong(
    judge: Judge, tmp_path: Path, harm: Callable[[Path], object], reached: int
) -> None:
    folder = write_exhibit(tmp_path, 257)
    assert judge(folder).returncode == 0
    harm(folder)
    verdict = judge(folder)
    assert verdict.returncode == 1
    assert verdict.stdout.splitlines() == NAMES[:reached]
