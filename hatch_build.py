"""Writes static/vega.js when the package is built: Vega-Lite in one file, which pages with a chart
load."""

from pathlib import Path
from typing import Any

import vl_convert
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SNIPPET = "window.vegaEmbed = vegaEmbed;"  # the name that charts.js calls


class CustomBuildHook(BuildHookInterface):
    """Runs before hatchling collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file, also for an editable installation."""
        bundle = vl_convert.javascript_bundle(SNIPPET)
        Path(self.root, "static", "vega.js").write_text(bundle, encoding="utf-8")
