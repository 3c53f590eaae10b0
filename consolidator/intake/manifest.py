"""Owns the reading of a sample folder's manifest: whose files come in which order, stamped with which instants."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from consolidator.settings import Adapter, Origin
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import County, SourceId
from schemas.instants import parse_instant

MANIFEST = "manifest.json"
RelativePath = Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f][^\\\x00-\x1f]*$")]


class _Loose(BaseModel):
    """A sample says more about itself than the shell needs."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Item(_Loose):
    """One file to submit."""

    file: RelativePath
    source: SourceId
    at: str

    @field_validator("at")
    @classmethod
    def _is_instant(cls, value: str) -> str:
        try:
            stamp = parse_instant(value)
        except InputError as error:
            raise ValueError(str(error)) from error
        if stamp < 0:
            message = "before 1970"
            raise ValueError(message)
        return value

    @property
    def stamp(self) -> int:
        """The instant intake stamps its commands with."""
        return parse_instant(self.at)


class Manifest(_Loose):
    """What a sample says about itself."""

    v: Literal[1]
    county: County
    origin: Origin
    roots: Annotated[list[str], Field(min_length=2, max_length=9)]
    adapters: Sequence[Adapter]
    items: Annotated[list[Item], Field(min_length=1)]


def is_sample(folder: Path) -> bool:
    """Say whether a folder is a sample."""
    return (folder / MANIFEST).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Read a sample's manifest. ConfigurationError names the field that is wrong."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        message = (
            f"{folder} 不是示例文件夹,可用 sample 生成 / "
            f"{folder} has no {MANIFEST}: make one with 'consolidator sample --to {folder}'"
        )
        raise ConfigurationError(message) from error
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
        message = f"示例清单 {MANIFEST} 的 '{where}' 有误 / {MANIFEST}: field '{where}' is wrong; make the sample again"
        raise ConfigurationError(message) from error
    if any(".." in Path(item.file).parts for item in manifest.items):
        message = f"示例清单有误 / {MANIFEST} names a file outside its folder"
        raise ConfigurationError(message)
    return manifest
