// Loads datasette-vega, 300 KB that few readers need, when a reader wants a chart of the rows of a
// page, or when the address describes one and the page has none of its own.
"use strict";

(() => {
  const button = document.getElementById("chart-rows");
  const files = button ? button.dataset.files.split(" ").filter(Boolean) : [];
  if (!files.length) return;

  const load = (address) => new Promise((loaded, failed) => {
    const isStyle = new URL(address, location).pathname.endsWith(".css");
    const element = document.createElement(isStyle ? "link" : "script");
    if (isStyle) element.rel = "stylesheet";
    element[isStyle ? "href" : "src"] = address;
    element.addEventListener("load", loaded);
    element.addEventListener("error", failed);
    document.head.append(element);
  });

  const draw = async () => {
    button.hidden = true;
    // It starts when the page is ready, which it is: what it would wait for is called here.
    let start = null;
    document.addEventListener = (type, listener, ...options) => {
      if (type === "DOMContentLoaded") start = listener;
      else Document.prototype.addEventListener.call(document, type, listener, ...options);
    };
    await Promise.all(files.map(load));
    delete document.addEventListener;
    start();
    document.querySelector(".datasette-vega-inactive button")?.click();
  };
  button.addEventListener("click", draw);
  button.hidden = false;
  if (location.hash.startsWith("#g.") && !document.querySelector("figure.chart")) draw();
})();
