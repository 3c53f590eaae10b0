"""What policy says in the little county: both the ledger and the model are told it."""

from collections.abc import Mapping, Sequence

STANDARD_FEN = 10_001  # of every programme; not a round number, so that rounding would show
PAYING: Mapping[str, Sequence[str]] = {"FARM": ("402",), "HOME": ("402", "103"), "FAST": ("402",)}
AGENT = "402"
PERSONS_MAX = 1  # for whom one may collect
COOLING_OFF_SECONDS = 24 * 3600
REVIEW_SECONDS = 12 * 3600  # of a programme that is not paid at once
PEOPLE_BEHIND: Mapping[str, str] = {
    "clerk": "P-clerk",
    "reviewer": "P-reviewer",
    "approver": "P-approver",
    "deputy": "P-reviewer",  # a second key of the same human being
}
# By kind of document, or by action of a review; what is not listed everybody here may do.
MAY: Mapping[str, Sequence[str]] = {
    "release": ("clerk",),
    "stop": ("reviewer", "approver"),
    "clear": ("reviewer", "approver"),
}
MAY_CONFIRM: Mapping[str, Sequence[str]] = {
    "release": ("approver", "deputy"),
    "review": ("reviewer", "approver", "deputy"),
}
