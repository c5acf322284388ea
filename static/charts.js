// Draws the charts of a page with Vega-Lite, which is fetched only by pages with charts. The
// specifications are JSON in the page; colours follow the colours of the page.
"use strict";

(() => {
  const figures = [...document.querySelectorAll("figure.chart")];
  if (!figures.length) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 46rem)");

  const look = () => {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const text = { labelColor: colour("--ink"), titleColor: colour("--faint"), labelFontSize: 12,
      titleFontSize: 12, titleFontWeight: "normal" };
    return {
      background: "transparent",
      font: style.fontFamily,
      view: { stroke: null },
      axis: { ...text, gridColor: colour("--line"), domainColor: colour("--line"), tickColor: colour("--line") },
      axisY: { labelLimit: narrow.matches ? 110 : 260 },
      legend: { ...text, ...(narrow.matches ? { orient: "bottom", columns: 4 } : {}) },
      bar: { color: colour("--accent") },
      point: { color: colour("--accent") },
    };
  };
  const draw = async (figure) => {
    const spec = JSON.parse(figure.querySelector("script").textContent);
    // The interpreter instead of compiled code: a page may forbid the browser to compile text.
    // No style elements of the library: the site's stylesheet has what a chart needs.
    const options = { actions: false, renderer: "svg", ast: true, config: look(),
      defaultStyle: false, tooltip: { disableDefaultStyle: true } };
    await window.vegaEmbed(figure.querySelector(".drawing"), spec, options);
    figure.dataset.drawn = dark.matches ? "dark" : "light";
  };
  const drawAll = () => figures.forEach(draw);

  const library = document.createElement("script");
  library.src = document.currentScript.dataset.library;
  library.addEventListener("load", () => {
    drawAll();
    for (const query of [dark, narrow]) query.addEventListener("change", drawAll);
  });
  document.head.append(library);
})();
