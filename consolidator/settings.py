"""Owns ``consolidator.toml``: its keys, their meaning, how it is read and written. Unknown keys are refused."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from schemas.errors import ConfigurationError
from schemas.identifiers import County, SourceId

_ORIGIN = r"^[a-z0-9.-]+(/[A-Za-z0-9._-]+)+$"
Origin = Annotated[str, Field(pattern=_ORIGIN, max_length=200)]
KeyPath = Annotated[str, Field(pattern=r'^[^"\\\x00-\x1f\x7f]{1,200}$')]
RETENTION_YEARS = 30  # of vouchers and what belongs to them: rules on accounting archives, order 79 of 2015, table 2
_origin: TypeAdapter[str] = TypeAdapter(Origin)
ProfileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]

_HEAD = """\
# 本县设置。未列出的键会被拒绝。 Settings of this county. Unknown keys are refused.

# 县区代码,六位 / the county's 6-digit code; fixed by the first command, for life
county = "{county}"
# 日志名称,须换成本单位域名后才可正式使用,启用后终身不变
# the log's name: use your own domain before real use; fixed by the first command, for life
origin = "{origin}"
# 引擎:embedded 全部存于 journal.sqlite;kafka 的命令与提交在集群上,须填 cluster。不要手工改,用 cluster adopt 迁入
# the engine: "embedded" keeps everything in journal.sqlite; with "kafka" commands and commits stand on the cluster that
# 'cluster' names. Do not write "kafka" here by hand: "consolidator cluster adopt" moves a county there
engine = "{engine}"
# 集群设置文件,相对于本目录,仅 kafka 时填写 / the cluster's settings, relative to this directory; with "kafka" only
{cluster}

# 数据保管年限,从年度终了后的第一天算起;期满才可 epoch retire。默认 30 年:
# 《会计档案管理办法》(财政部、国家档案局令第 79 号)会计凭证保管 30 年,发放明细是其附件
# How many years a year's data are kept, counted from the first day after it; only then may it be retired. 30: what
# China's rules on accounting archives ask for vouchers, to which lists of payments belong
retention_years = {retention}

# 每个报送旧格式文件的单位一段:它的文件由适配器解析,并用适配器密钥签名
# One section for each source that sends files of its own format: its adapter reads them and signs with this key.
#   source    单位编号 / the source's id, as the county's policy names it
#   key       密钥文件,相对于本目录 / its key file, relative to this directory ("consolidator key new" makes one)
#   profiles  文件格式 / profiles of the files it sends
"""
_EXAMPLE = """\
# [[adapter]]
# source = "bank-402"
# key = "keys/bank-402.key"
# profiles = ["batchpay-402"]
"""


class Adapter(BaseModel):
    """A source whose own files are read and signed here."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    source: SourceId
    key: KeyPath
    profiles: Annotated[list[ProfileName], Field(min_length=1, max_length=50)]


class Settings(BaseModel):
    """The settings of one county."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    county: County
    origin: Origin
    engine: Literal["embedded", "kafka"] = "embedded"
    cluster: KeyPath | None = None
    retention_years: Annotated[int, Field(ge=1, le=100)] = RETENTION_YEARS
    adapter: Annotated[list[Adapter], Field(max_length=1000)] = []


def derive_origin(county: str) -> str:
    """Give the origin that ``init`` proposes; it must become a domain of one's own before real use.

    >>> derive_origin("511112")
    'consolidator.example/511112'
    """
    return f"consolidator.example/{county}"


def is_trial(settings: Settings) -> bool:
    """Say whether the log has the name that is good for samples and trying out only."""
    return settings.origin == derive_origin(settings.county)


def validate_origin(text: str) -> str:
    """Return an origin that may name a log, or raise ConfigurationError."""
    try:
        return _origin.validate_python(text, strict=True)
    except ValidationError as error:
        message = (
            "日志名称写成 域名/路径 / an origin is written as domain/path, in lower case, like example.cn/log/511112"
        )
        raise ConfigurationError(message) from error


def render_settings(settings: Settings) -> str:
    """Write settings with every key explained. No value can hold a quote, so none is escaped."""
    cluster = '# cluster = "../cluster.toml"' if settings.cluster is None else f'cluster = "{settings.cluster}"'
    head = _HEAD.format(
        county=settings.county,
        origin=settings.origin,
        engine=settings.engine,
        cluster=cluster,
        retention=settings.retention_years,
    )
    sections = [_render_adapter(adapter) for adapter in settings.adapter] or [_EXAMPLE]
    return "\n".join([head, *sections])


def _render_adapter(adapter: Adapter) -> str:
    profiles = ", ".join(f'"{name}"' for name in adapter.profiles)
    return f'[[adapter]]\nsource = "{adapter.source}"\nkey = "{adapter.key}"\nprofiles = [{profiles}]\n'


def parse_settings(text: str) -> Settings:
    """Read settings. ConfigurationError names the key that is wrong."""
    try:
        settings = Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        message = f"设置文件 consolidator.toml 不是有效的 TOML / consolidator.toml is not TOML: {error}"
        raise ConfigurationError(message) from error
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
        message = f"设置项 '{where}' 不认识、缺少或有误 / consolidator.toml: key '{where}' is unknown, missing or wrong"
        raise ConfigurationError(message) from error
    if len({adapter.source for adapter in settings.adapter}) != len(settings.adapter):
        message = "同一单位只能有一段 [[adapter]] / consolidator.toml: two sections name the same source"
        raise ConfigurationError(message)
    if (settings.engine == "kafka") != (settings.cluster is not None):
        message = (
            'engine = "kafka" 须填 cluster,其他引擎不填 / '
            "consolidator.toml: 'cluster' goes with engine = \"kafka\", and only with it"
        )
        raise ConfigurationError(message)
    return settings


def read_settings(path: Path) -> Settings:
    """Read the settings file of a home. ConfigurationError when there is none."""
    try:
        return parse_settings(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        message = (
            f"{path} 处没有设置,不是主目录;用 --home 指定,或用 init 建立 / "
            f"no settings at {path}: name a home with --home, or make one with 'consolidator init'"
        )
        raise ConfigurationError(message) from error
