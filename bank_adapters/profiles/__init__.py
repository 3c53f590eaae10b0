"""Layouts of files as data: one small TOML file per layout. Adding a bank is adding a file here, and golden files."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from bank_adapters.formats.layouts import InLayout, OrderLayout
from schemas.errors import ConfigurationError

Profile = InLayout | OrderLayout


@cache
def load_profiles() -> Mapping[str, Profile]:
    """Give every profile that comes with the program, by name."""
    folder = files(__name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    profiles = [parse_profile(folder.joinpath(name).read_text(encoding="utf-8"), name) for name in names]
    return {profile.name: profile for profile in profiles}


def load_profile(path: Path) -> Profile:
    """Read one profile from anywhere: a county's own, or a test's."""
    return parse_profile(path.read_text(encoding="utf-8"), path.name)


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


def find_order_profile(bank: str, profiles: Mapping[str, Profile]) -> OrderLayout | None:
    """Give the layout in which a bank takes its orders, if there is one."""
    found = (profile for profile in profiles.values() if isinstance(profile, OrderLayout) and profile.bank == bank)
    return next(found, None)
