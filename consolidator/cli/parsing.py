"""Owns the shape of the command line: parsers whose help begins with examples, and the arguments many verbs share."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from schemas.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser whose help begins with examples and whose complaints are errors of ours."""

    examples: Sequence[str] = ()

    def format_help(self) -> str:
        """Put the examples first."""
        lines = "".join(f"  {example}\n" for example in self.examples)
        return f"示例 examples:\n{lines}\n{super().format_help()}"

    def error(self, message: str) -> NoReturn:
        """Refuse the words of the command line."""
        text = f"用法有误,见 '{self.prog} --help' / {message}: see '{self.prog} --help'"
        raise UsageError(text)


Nouns = Any  # argparse keeps the type of what add_subparsers gives to itself


def add_verb(nouns: Nouns, name: str, call: str, text: str, *examples: str) -> Parser:
    """Add a verb. ``call`` names what runs it: module of this package and function, ``batch:show``."""
    parser: Parser = nouns.add_parser(name, help=text, description=text)
    parser.examples = [f"consolidator {example}" for example in examples]
    parser.set_defaults(call=call)
    parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print one JSON object")
    parser.add_argument(
        "--debug", action="store_true", help="意外出错时显示调用栈 / show a traceback when something unexpected happens"
    )
    return parser


def add_noun(nouns: Nouns, name: str, text: str, *examples: str) -> Nouns:
    """Add a noun that has verbs of its own."""
    parser: Parser = nouns.add_parser(name, help=text, description=text)
    parser.examples = [f"consolidator {example}" for example in examples]
    return parser.add_subparsers(title="动作 verbs", metavar="VERB", required=True)


def add_home(parser: Parser) -> None:
    """Add the home directory."""
    parser.add_argument(
        "--home", type=Path, required=True, metavar="DIR", help="本县主目录 / the county's home directory"
    )


def add_key(parser: Parser) -> None:
    """Add the acting officer's key."""
    parser.add_argument(
        "--key", type=Path, required=True, metavar="FILE", help="办理人的密钥文件 / the acting officer's key file"
    )


def add_full(parser: Parser) -> None:
    """Add the showing of names in full."""
    parser.add_argument(
        "--full", action="store_true", help="显示完整姓名(限有权人员) / show names in full; only for those entitled"
    )
