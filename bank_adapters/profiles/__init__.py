"""Layouts of files as data: one small TOML file per layout. Adding a bank is adding a file here, and golden files."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.order_layouts import OrderLayout
from schemas.errors import ConfigurationError

Profile = InLayout | OrderLayout


@cache
def load_profiles() -> Mapping[str, Profile]:
    """Give every profile that comes with the program, by name."""
    folder = files(__name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    profiles = [parse_profile(folder.joinpath(name).read_text(encoding="utf-8"), name) for name in names]
    return {profile.name: profile for profile in profiles}


def load_own_profiles(folder: Path) -> Mapping[str, Profile]:
    """Give a county's own profiles (``*.toml`` of a folder that may be missing) and behind them the program's.

    A bank's own order layout of the county thereby goes before the program's. ConfigurationError when a name stands
    twice, or when two own layouts are for one bank.
    """
    own = [load_profile(path) for path in sorted(folder.glob("*.toml"))]
    names = [profile.name for profile in own]
    banks = [profile.bank for profile in own if isinstance(profile, OrderLayout)]
    _check_once("格式定义重名 / one name of several profiles", [*names, *load_profiles()])
    _check_once("同一银行有两个代发格式 / several order layouts for bank", banks)
    return {profile.name: profile for profile in own} | dict(load_profiles())


def _check_once(complaint: str, words: Sequence[str]) -> None:
    twice = [word for word, count in Counter(words).items() if count > 1]
    if twice:
        message = f"{complaint}: {twice[0]}"
        raise ConfigurationError(message)


def load_profile(path: Path) -> Profile:
    """Read one profile from anywhere: a county's own, or a test's. ConfigurationError when it cannot be read."""
    try:
        return parse_profile(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        message = f"文件格式定义无法读取 / profile {path.name} cannot be read as UTF-8 text"
        raise ConfigurationError(message) from error


def parse_profile(text: str, name: str) -> Profile:
    """Read a profile. ConfigurationError names the key that is wrong."""
    try:
        raw = tomllib.loads(text)
        model = OrderLayout if raw.get("direction") == "out" else InLayout
        return model.model_validate(raw)
    except tomllib.TOMLDecodeError as error:
        message = f"文件格式定义有误 / profile {name} is not TOML: {error}"
        raise ConfigurationError(message) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or first["msg"]
        message = f"文件格式定义有误 / profile {name}: key '{where}' is unknown, missing or wrong"
        raise ConfigurationError(message) from error


def match_profiles(file_name: str, profiles: Mapping[str, Profile]) -> list[InLayout]:
    """Give the incoming profiles whose file-name pattern fits, by name."""
    return [
        profile
        for _, profile in sorted(profiles.items())
        if isinstance(profile, InLayout) and re.fullmatch(profile.file_name, file_name)
    ]


def find_results_profile(bank: str, profiles: Mapping[str, Profile]) -> InLayout | None:
    """Give the layout in which a bank tells what became of its orders, if there is one."""
    found = (profile for profile in profiles.values() if isinstance(profile, InLayout) and profile.bank == bank)
    return next(found, None)


def find_order_profile(bank: str, profiles: Mapping[str, Profile]) -> OrderLayout | None:
    """Give the layout in which a bank takes its orders, if there is one."""
    found = (profile for profile in profiles.values() if isinstance(profile, OrderLayout) and profile.bank == bank)
    return next(found, None)
