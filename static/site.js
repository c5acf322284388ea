// What every page gains from JavaScript: a button to copy what is there to be copied, and a name
// for the SQL editor that Datasette puts in place of its box.
"use strict";

for (const text of document.querySelectorAll("pre.cite")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  text.before(button);
}

addEventListener("load", () => {
  document.querySelector(".cm-content")?.setAttribute("aria-label", "SQL");
});
