"""Reads the colours of the stylesheet, and checks those that a publisher sets: text must stay
readable on its background.

Source of the contrast ratio: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import re
from collections.abc import Iterator, Mapping

Palette = dict[str, str]  # the name of a colour → #rrggbb

SCHEMES = ("light", "dark")
SETTABLE = ("ground", "panel", "ink", "faint", "line", "link", "accent", "button", "button_ink",
            "top", "top_ink", "notice")  # fmt: skip
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0  # the least for level AA
# What is drawn on what, and the least contrast between them.
_DRAWN_ON = (
    *(
        (colour, ground, TEXT_CONTRAST)
        for colour in ("ink", "faint", "link")
        for ground in ("ground", "panel", "notice")
    ),
    ("button_ink", "button", TEXT_CONTRAST),
    ("top_ink", "top", TEXT_CONTRAST),
    ("accent", "ground", SHAPE_CONTRAST),  # the frame of what has the focus
)
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_ROOT = re.compile(r":root\s*\{(.*?)\}", re.DOTALL)
_PROPERTY = re.compile(r"(?<![\w-])--([\w-]++):\s*+#([0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)


def is_colour(value: object) -> bool:
    """Tell whether a value is written #rrggbb."""
    return isinstance(value, str) and bool(_COLOUR.fullmatch(value))


def read_palettes(css: str) -> dict[str, Palette]:
    """Return the colours that a stylesheet names, by scheme: its first `:root` is light, its second
    has what differs in the dark."""
    light, dark = (
        {name.replace("-", "_"): _in_full(digits) for name, digits in _PROPERTY.findall(block)}
        for block in _ROOT.findall(css)[:2]
    )
    return {"light": light, "dark": light | dark}


def _in_full(digits: str) -> str:
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def unreadable(changed: Mapping[str, str], palette: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield each changed colour that has too little contrast in a palette, and a sentence."""
    merged = {**palette, **changed}
    for colour, ground, least in _DRAWN_ON:
        if changed.keys() & {colour, ground}:
            ratio = contrast(merged[colour], merged[ground])
            if ratio < least:
                yield (
                    colour if colour in changed else ground,
                    f"the contrast of {colour} ({merged[colour]}) on {ground} ({merged[ground]})"
                    f" is {ratio:.1f}; it must be {least:g} or more",
                )


def stylesheet(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """Return the rules that set colours over those of the stylesheet."""
    dark_rule = f"@media (prefers-color-scheme: dark) {{\n{_rule(dark)}}}\n" if dark else ""
    return (_rule(light) if light else "") + dark_rule


def _rule(palette: Mapping[str, str]) -> str:
    lines = (f"  --{name.replace('_', '-')}: {value};\n" for name, value in palette.items())
    return f":root {{\n{''.join(lines)}}}\n"
