"""Owns ``witness.toml``: its keys, their meaning, how it is read and written. Unknown keys are refused."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from consolidator.transparency.keys import Verifier, parse_vkey
from schemas.errors import ConfigurationError

LOGS_MAX = 200  # an oversight body of a province has some 180 counties
Vkey = Annotated[str, Field(pattern=r'^[^\s"\\]{1,400}$')]
WitnessName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$")]
Prefix = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._-]+)*$", max_length=200)]
Url = Annotated[str, Field(pattern=r'^(https?://[^\s"\\?#]+)?$', max_length=400)]

_HEAD = """\
# 见证方设置。未列出的键会被拒绝。 Settings of this witness. Unknown keys are refused.

# 名称,也是密钥名称,终身不变 / its name, which is its key's name, for life
name = "{name}"
# 地址中 /add-checkpoint 之前的部分,可为空 / what stands before /add-checkpoint in its address: empty, or like "/w1"
prefix = "{prefix}"

# 见证的每个日志一段;只由 witness init 与 witness add 添加
# One section for each log it knows; only "witness init" and "witness add" make one.
#   key     日志公钥,从日志之外的渠道核对 / the log's vkey: compare it with one that came another way than the log
#   url     日志地址,逐条核验时从这里读取条目 / the address its entries are read from; needed to follow
#   follow  会签前是否逐条核验 / whether its entries are read and checked before a head is cosigned
"""


class Log(BaseModel):
    """A log that is witnessed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: Vkey
    url: Url = ""
    follow: bool = False

    @property
    def verifier(self) -> Verifier:
        """The log's key. Raises ConfigurationError."""
        return parse_vkey(self.key)


class WitnessSettings(BaseModel):
    """The settings of one witness."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: WitnessName
    prefix: Prefix = ""
    log: Annotated[list[Log], Field(min_length=1, max_length=LOGS_MAX)]


def render_settings(settings: WitnessSettings) -> str:
    """Write settings with every key explained. No value can hold a quote, so none is escaped."""
    return _HEAD.format(name=settings.name, prefix=settings.prefix) + "".join(map(_render_log, settings.log))


def _render_log(log: Log) -> str:
    return f'\n[[log]]\nkey = "{log.key}"\nurl = "{log.url}"\nfollow = {str(log.follow).lower()}\n'


def parse_settings(text: str) -> WitnessSettings:
    """Read settings. ConfigurationError names the key that is wrong."""
    try:
        settings = WitnessSettings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"设置文件 witness.toml 不是有效的 TOML / witness.toml is not TOML: {error}"
        raise ConfigurationError(message) from error
    except ValidationError as error:
        raise _complain(error) from error
    return validate_settings(settings)


def make_settings(name: str, log: Log) -> WitnessSettings:
    """Give the settings of a new witness of one log. Raises ConfigurationError."""
    try:
        return validate_settings(WitnessSettings(name=name, log=[log]))
    except ValidationError as error:
        raise _complain(error) from error


def make_log(key: str, url: str, *, follow: bool) -> Log:
    """Give the section of a log. Raises ConfigurationError."""
    try:
        return Log(key=key, url=url.rstrip("/"), follow=follow)
    except ValidationError as error:
        raise _complain(error) from error


def validate_settings(settings: WitnessSettings) -> WitnessSettings:
    """Give settings back whose logs are different ones, each with an address if followed. ConfigurationError."""
    if len({log.verifier.name for log in settings.log}) != len(settings.log):
        message = "同一日志只能有一段 [[log]] / witness.toml: two sections name the same log"
        raise ConfigurationError(message)
    if any(log.follow and not log.url for log in settings.log):
        message = "逐条核验须有日志地址,用 --url / to follow a log its address is needed: give --url"
        raise ConfigurationError(message)
    return settings


def read_settings(path: Path) -> WitnessSettings:
    """Read the settings file of a witness's home. ConfigurationError when there is none."""
    try:
        return parse_settings(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = (
            f"{path} 处没有设置,不是见证方主目录;用 --home 指定,或用 witness init 建立 / "
            f"no settings at {path}: name a witness's home with --home, or make one with 'consolidator witness init'"
        )
        raise ConfigurationError(message) from error


def _complain(error: ValidationError) -> ConfigurationError:
    where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
    return ConfigurationError(
        f"见证方设置项 '{where}' 不认识、缺少或有误 / witness.toml: key '{where}' is unknown, missing or wrong"
    )
