"""Owns the program's entry: words in, exit code out."""

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from consolidator.cli.commands import make_parser
from consolidator.cli.errors import UNEXPECTED, tell_error, tell_unexpected
from consolidator.cli.terminal import say
from consolidator.language import choose_language, pick, speaking
from schemas.errors import ConsolidatorError

_TALKATIVE = ("aiokafka", "asyncio")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code (DESIGN section 11)."""
    given = sys.argv[1:] if words is None else words
    with speaking(choose_language(given, os.environ)):
        return _run(given)


def _run(words: Sequence[str]) -> int:
    debug = False
    try:
        args = make_parser().parse_args(words)
        debug = args.debug
        if not debug:
            _quiet_clients()
        module, _, function = args.call.partition(":")
        code: int = getattr(import_module(f"consolidator.cli.{module}"), function)(args)
        sys.stdout.flush()
    except ConsolidatorError as error:
        return tell_error(error)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        say(pick("已中断", "interrupted"))
        return UNEXPECTED
    except Exception as error:  # noqa: BLE001 -- the last place where anything can be told
        return tell_unexpected(error, debug=debug)
    return code


def _quiet_clients() -> None:
    """Keep clients' own words away from people: a broker that is away would have them told many times a second."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


if __name__ == "__main__":
    sys.exit(main())
