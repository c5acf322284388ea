"""Reads what a publisher sets in metadata.yml: title, texts, links and colours of the site."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml
from msgspec import Meta, Struct

from daily_papers.site import palette

PLUGIN = "site"  # the settings stand under `plugins: site:`
_TITLE = "Papers"  # of a site whose metadata have none
_FIELD = f"plugins: {PLUGIN}: "
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, but ten times as fast
_CREDITS = ("license", "source", "about")  # texts; the address of each is beside it, “…_url”
_ADDRESSES = ("about_url", "license_url", "source_url", "new_issue_url")  # that pages link to
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")  # of a path that msgspec names

NonEmpty = Annotated[str, Meta(min_length=1)]
# An address elsewhere, or a path of this site; “//” would be another host.
Address = Annotated[str, Meta(pattern=r"^(?:https?://|mailto:|/(?!/))")]


class SettingsError(Exception):
    """Metadata that cannot be read or used: names the file and the field."""


class Link(Struct, frozen=True, forbid_unknown_fields=True):
    """The words and the address of a link."""

    name: NonEmpty
    url: Address


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands under `plugins: site:`."""

    introduction_html: str = ""
    links: tuple[Link, ...] = ()
    footer_links: tuple[Link, ...] = ()
    colours: dict[str, dict[str, Any]] = {}


class SiteSettings(Struct, frozen=True):
    """What a publisher sets; introduction_html is trusted, colours are by name as #rrggbb."""

    title: str
    introduction_html: str
    links: tuple[Link, ...]
    footer_links: tuple[Link, ...]
    light: dict[str, str]
    dark: dict[str, str]
    credits: dict[str, str] = {}  # licence, source and about of the site, with their addresses

    @property
    def colours_css(self) -> str:
        """Return the stylesheet of the colours; empty where none is set."""
        return palette.stylesheet(self.light, self.dark)


def read_metadata(file: Path, overrides: Path | None = None) -> dict[str, Any]:
    """Return the metadata of a file, with those of a publisher's file over them.

    Mappings are merged key by key; whatever else the publisher's file has replaces what was there,
    and a key without a value removes it. Raises SettingsError.
    """
    metadata = _mapping(file)
    return _merged(metadata, _mapping(overrides)) if overrides else metadata


def _mapping(file: Path) -> dict[str, Any]:
    if file.exists() and not file.is_file():  # a pipe would never end
        raise SettingsError(f"{file}: not a regular file")
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), _LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
        raise SettingsError(
            f"{file}: {f'line {mark.line + 1}: ' if mark else ''}{problem}"
        ) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError(f"{file}: expected keys with values, such as “title: My papers”")
    return content


def _merged(metadata: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(metadata)
    for key, value in overrides.items():
        if isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = _merged(result[key], value)
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = value
    for name in _CREDITS:
        if name in overrides and f"{name}_url" not in overrides:
            result.pop(f"{name}_url", None)  # it is the address of what was there
    return result


def settings(metadata: Mapping[str, Any], file: Path | str = "metadata.yml") -> SiteSettings:
    """Return what metadata set for the site; `file` is named in errors.

    Raises:
        SettingsError: a field is unknown or of another type, an address is not one that a page may
            link to, or a colour is none.
    """
    for field, problem in _wrong_addresses(metadata):
        raise SettingsError(f"{file}: {field}: {problem}")
    plugins = metadata.get("plugins") or {}
    try:
        title = msgspec.convert(metadata.get("title") or _TITLE, str)
        fields = msgspec.convert(plugins.get(PLUGIN) or {}, Settings)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$")
        steps = [word or str(int(index) + 1) for word, index in _STEP.findall(path)]
        field = (
            _FIELD + "".join(f"{step}: " for step in steps) if plugins.get(PLUGIN) else "title: "
        )
        raise SettingsError(f"{file}: {field}{problem}") from error
    for field, problem in _wrong_colours(fields.colours):
        raise SettingsError(f"{file}: {_FIELD}colours: {field}: {problem}")
    light, dark = (fields.colours.get(scheme, {}) for scheme in palette.SCHEMES)
    keys = (f"{name}{ending}" for name in _CREDITS for ending in ("", "_url"))
    return SiteSettings(
        title,
        fields.introduction_html,
        fields.links,
        fields.footer_links,
        light,
        dark,
        {key: str(metadata[key]) for key in keys if metadata.get(key)},
    )


def _wrong_addresses(metadata: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each address, at any depth, that a page may not link to."""
    for key, value in metadata.items():
        field = f"{path}{key}"
        if isinstance(value, Mapping):
            yield from _wrong_addresses(value, f"{field}: ")
        elif value is not None and key in _ADDRESSES:
            try:
                msgspec.convert(value, Address)
            except msgspec.ValidationError as error:
                yield field, str(error)


def _wrong_colours(colours: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield each field that is no colour, and what it should be."""
    for scheme, colours_of_scheme in colours.items():
        if scheme not in palette.SCHEMES:
            yield scheme, f"expected {' or '.join(palette.SCHEMES)}"
        for name, value in colours_of_scheme.items():
            if name not in palette.SETTABLE:
                yield f"{scheme}: {name}", f"expected one of {', '.join(palette.SETTABLE)}"
            elif not palette.is_colour(value):
                yield f"{scheme}: {name}", 'expected a colour in quotes, such as "#1a5680"'


def check_contrast(chosen: SiteSettings, css: str, file: Path | str) -> None:
    """Raise SettingsError where a chosen colour makes text hard to read, given the stylesheet."""
    palettes = palette.read_palettes(css)
    for scheme in palette.SCHEMES:
        for name, problem in palette.unreadable(getattr(chosen, scheme), palettes[scheme]):
            raise SettingsError(f"{file}: {_FIELD}colours: {scheme}: {name}: {problem}")
