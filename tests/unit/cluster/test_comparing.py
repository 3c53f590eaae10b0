"""Two commits agree in everything that decides, or are told apart."""

import pytest

from consolidator.cluster.comparing import check_agreement, find_difference
from schemas.commits import CommitRecord, Head
from schemas.errors import VerificationError

HEAD = Head(ordinal=3, now=7, size=5, root="a" * 64, checkpoint="note", totals={"ready": (1, 100)})
OURS = CommitRecord(position=4, item=0, head=HEAD)


@pytest.mark.parametrize(
    ("field", "value"),
    [("ordinal", 4), ("size", 6), ("root", "b" * 64), ("now", 8), ("totals", {"ready": (1, 101)})],
)
def test_every_field_of_a_head_counts(field: str, value: object) -> None:
    theirs = OURS.model_copy(update={"head": HEAD.model_copy(update={field: value})})
    assert find_difference(OURS, theirs) == field
    with pytest.raises(VerificationError, match=f"size {theirs.head.size}.*{field}"):
        check_agreement("511112", OURS, theirs)


@pytest.mark.parametrize("place", [{"position": 5}, {"item": 1}])
def test_commits_at_different_places_do_not_agree(place: dict[str, int]) -> None:
    assert find_difference(OURS, OURS.model_copy(update=place)) == "position"


def test_neither_the_note_nor_a_snapshot_is_compared() -> None:
    theirs = OURS.model_copy(update={"head": HEAD.model_copy(update={"checkpoint": "other"}), "snapshot": "c" * 64})
    assert find_difference(OURS, theirs) == ""
    check_agreement("511112", OURS, theirs)
