"""Owns in which language people are told: both (as texts are written), Chinese, or English. Data is never translated.

Texts are written in both languages where they are made. What a program reads (``--json``) does not come through here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from typing import Literal

Language = Literal["both", "zh", "en"]
LANGUAGES = ("zh", "en")
OPTION = "--lang"
_SEPARATOR = " / "
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order in which a system asks them
_language: ContextVar[Language] = ContextVar("language", default="both")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Tell everything in this language; afterwards as before."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def choose_language(words: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Choose by ``--lang``, then by the locale; where neither is Chinese or English, both.

    >>> choose_language(["status", "--lang", "en"], {"LANG": "zh_CN.UTF-8"}), choose_language([], {"LANG": "C.UTF-8"})
    ('en', 'both')
    """
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return _find_option(words) or _parse_language(locale[:2]) or "both"


def _find_option(words: Sequence[str]) -> Language | None:
    """Find the last ``--lang``, before the parser is made: its help is told in that language, too."""
    options = words[: words.index("--")] if "--" in words else words
    given = [after for word, after in pairwise([*options, ""]) if word == OPTION]
    given += [word.removeprefix(f"{OPTION}=") for word in options if word.startswith(f"{OPTION}=")]
    return _parse_language(given[-1]) if given else None


def _parse_language(text: str) -> Language | None:
    return "zh" if text == "zh" else "en" if text == "en" else None


def speaks(language: Language) -> bool:
    """Say whether this is the language of now."""
    return _language.get() == language


def pick(zh: str, en: str, joint: str = _SEPARATOR) -> str:
    """Give the text in the language of now; both are joined.

    >>> pick("已中断", "interrupted")
    '已中断 / interrupted'
    """
    return f"{zh}{joint}{en}" if speaks("both") else zh if speaks("zh") else en


def tag(zh: str, en: str) -> str:
    """Give a label in the language of now; both stand side by side.

    >>> tag("县区", "county")
    '县区 county'
    """
    return pick(zh, en, " ")


def choose(text: str) -> str:
    """Give the wanted half of a text written as ``中文 / English`` or, of a label, ``中文 English``; else all of it.

    Only for texts of ours: data may hold anything.
    """
    joint = _SEPARATOR if _SEPARATOR in text else " "
    zh, found, en = text.partition(joint)
    return pick(zh, en, joint) if found and not zh.isascii() else text
