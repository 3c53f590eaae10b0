"""The exception tree: exit codes are a contract with scripts."""

import pytest

from schemas.errors import (
    ConfigurationError,
    ConflictError,
    ConsolidatorError,
    DependencyError,
    InputError,
    InvariantError,
    UsageError,
    VerificationError,
    invariant,
)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (ConsolidatorError(), 1),
        (InvariantError(), 1),
        (UsageError(), 2),
        (VerificationError(), 3),
        (InputError("I01"), 4),
        (ConfigurationError(), 5),
        (DependencyError(), 6),
        (ConflictError(), 7),
    ],
)
def test_each_error_ends_the_program_with_its_own_code(error: ConsolidatorError, exit_code: int) -> None:
    assert error.exit_code == exit_code


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InputError("I20"), "I20"),
        (InputError("I20", "too long"), "I20 too long"),
        (InputError("I20", "too long", "row 3"), "I20 row 3 too long"),
    ],
)
def test_an_input_error_reads_code_position_detail(error: InputError, text: str) -> None:
    assert str(error) == text


def test_an_input_error_keeps_its_pieces_apart() -> None:
    error = InputError("I20", "too long", "row 3")
    assert (error.code, error.detail, error.position) == ("I20", "too long", "row 3")


def test_what_must_hold_and_does_not_stops_the_county() -> None:
    invariant("something", "never said")
    with pytest.raises(InvariantError, match="sums differ"):
        invariant([], "sums differ")
