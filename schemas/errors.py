"""Owns the one exception tree of the project. Business refusals are values (schemas.codes), never exceptions."""


class ConsolidatorError(Exception):
    """Root of every error the project raises on purpose; ``exit_code`` is what the command line ends with."""

    exit_code = 1


class UsageError(ConsolidatorError):
    """The command line's words are off."""

    exit_code = 2


class VerificationError(ConsolidatorError):
    """A signature, digest, tree or total is not what it must be."""

    exit_code = 3


class InputError(ConsolidatorError):
    """Bytes from outside are not what they claim to be.

    ``code`` is a permanent reason code of :mod:`schemas.codes`; ``position`` says where in the file (row, column), for
    a person. The message never holds an ID number, an account or a name.
    """

    exit_code = 4

    def __init__(self, code: str, detail: str = "", position: str = "") -> None:
        """Keep code, detail and position apart so that screens can translate the code."""
        super().__init__(" ".join(part for part in (code, position, detail) if part))
        self.code = code
        self.detail = detail
        self.position = position


class ConfigurationError(ConsolidatorError):
    """Settings, keys or a home directory are missing or wrong."""

    exit_code = 5


class DependencyError(ConsolidatorError):
    """Something this program needs (a broker, a disk, another service) does not answer."""

    exit_code = 6


class ConflictError(ConsolidatorError):
    """Another process holds the lock, or the thing exists already with other content."""

    exit_code = 7


class InvariantError(ConsolidatorError):
    """The program itself is wrong: this county stops, and the next start recovers by the ordinary path."""


def invariant(condition: object, message: str) -> None:
    """Stop the county when what must always hold does not.

    >>> invariant(1 + 1 == 2, "arithmetic")
    """
    if not condition:
        raise InvariantError(message)
