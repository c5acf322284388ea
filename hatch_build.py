"""Makes static/vega.js when the package is built: Vega-Lite as its package ships it, in one file
that pages load where they have a chart."""

from pathlib import Path
from typing import Any

import vl_convert
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SNIPPET = "window.vegaEmbed = vegaEmbed;"  # what charts.js calls


class CustomBuildHook(BuildHookInterface):
    """The hook that hatchling runs before it collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file, for an editable installation too."""
        bundle = vl_convert.javascript_bundle(SNIPPET)
        Path(self.root, "static", "vega.js").write_text(bundle, encoding="utf-8")
