"""Owns the shape of the command line: parsers whose help begins with examples, and the arguments many verbs share."""

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from consolidator.language import LANGUAGES, OPTION, choose, tag
from schemas.errors import UsageError

# What argparse complains of most, in Chinese; anything else is told in its own words.
_COMPLAINTS: Mapping[str, str] = {
    r"the following arguments are required: (.+)": r"缺少 \1",
    r"unrecognized arguments: (.+)": r"不认识的参数 \1",
    r"argument (\S+): expected .+": r"\1 缺少取值",
    r"argument (\S+): invalid choice: ('.*?') \(choose from (.+)\)": r"\1 没有 \2,可选 \3",
    r"argument (\S+): invalid int value: (.+)": r"\1 应为整数,不是 \2",
    r"argument (\S+): not allowed with argument (\S+)": r"\1 与 \2 不能同时使用",
    r"one of the arguments (.+) is required": r"\1 须填其一",
}


class Parser(argparse.ArgumentParser):
    """A parser whose help begins with examples and whose complaints are errors of ours."""

    examples: Sequence[str] = ()

    def __init__(self, *, prog: str, description: str) -> None:
        """Make a parser whose words are told in the language of now."""
        super().__init__(prog=prog, description=choose(description), add_help=False, formatter_class=_Formatter)
        self._optionals.title = tag("选项", "options")
        self._positionals.title = tag("参数", "arguments")
        self.add_argument("-h", "--help", action="help", help="显示帮助 / show this help")
        self.add_argument(
            OPTION,
            choices=LANGUAGES,
            default=argparse.SUPPRESS,
            help="只用中文或英文,默认依系统语言 / tell in Chinese or English only; default: by locale",
        )

    def format_help(self) -> str:
        """Put the examples first."""
        lines = "".join(f"  {_choose_remark(example)}\n" for example in self.examples)
        return f"{tag('示例', 'examples')}:\n{lines}\n{super().format_help()}"

    def error(self, message: str) -> NoReturn:
        """Refuse the words of the command line."""
        text = f"用法有误:{_translate(message)},见 '{self.prog} --help' / {message}: see '{self.prog} --help'"
        raise UsageError(text)


class _Formatter(argparse.HelpFormatter):
    """Tells "usage" and the arguments' help in the language of now."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:  # noqa: ANN401 -- argparse's own arguments, passed on
        super().add_usage(usage, actions, groups, f"{tag('用法', 'usage')}: " if prefix is None else prefix)

    def _get_help_string(self, action: argparse.Action) -> str | None:
        return None if action.help is None else choose(action.help)


def _choose_remark(example: str) -> str:
    """Choose the language of what stands behind an example, after its second space in a row."""
    command, space, remark = example.partition("  ")
    return f"{command}{space}{remark[: len(remark) - len(remark.lstrip())]}{choose(remark.lstrip())}"


def _translate(message: str) -> str:
    """Give the Chinese for a complaint of argparse's."""
    matches = ((re.fullmatch(pattern, message), text) for pattern, text in _COMPLAINTS.items())
    return next((match.expand(text) for match, text in matches if match), message)


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
    return parser.add_subparsers(title=choose("动作 verbs"), metavar="VERB", required=True)


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


def add_document_id(parser: Parser) -> None:
    """Add the id of the document that an act becomes."""
    parser.add_argument("--id", default="", metavar="ID", help="报送件编号 / the document's id; made up if absent")
