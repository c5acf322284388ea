// Adds to every page: a button that copies citations, menus that close, folds that open in print,
// and regions that take the keyboard only where they scroll; and what keeps typed SQL as it is.
"use strict";

for (const text of document.querySelectorAll("pre.cite")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch { // over http there is no clipboard but that of this computer
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  text.before(button);
}

// Safari corrects SQL and names all the same; the attribute is too new for validators of HTML.
for (const field of document.querySelectorAll("[spellcheck=false]")) field.setAttribute("autocorrect", "off");

// Datasette's own script would close every open <details>, the facets of a search included.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.actions-menu-links[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// Browsers that know no ::details-content print a closed fold as a line. So are parts of the API's page,
// which would take a dozen sheets: those that are open are printed whole.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open], .part, .part:not([open]) *)")];
  for (const fold of opened) fold.open = true;
});
addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
});

// Without a script each region is a stop of the keyboard, since it may be one that scrolls.
const regions = new ResizeObserver((boxes) => {
  for (const region of new Set(boxes.map(({ target }) => target.closest("[role=region]")))) {
    const hidden = Math.max(region.scrollWidth - region.clientWidth, region.scrollHeight - region.clientHeight);
    if (hidden > 1) region.tabIndex = 0;
    else if (region !== document.activeElement) region.removeAttribute("tabindex");
  }
});
for (const region of document.querySelectorAll("[role=region][tabindex]")) {
  for (const box of [region, ...region.children]) regions.observe(box);
}
