// Shows what a mark of a chart says beside it while it is pointed at, and all marks of a row that
// has the focus. Without JavaScript the browser shows the titles of the marks.
"use strict";

(() => {
  const texts = new Map();
  for (const title of document.querySelectorAll("figure.chart .picture title")) {
    texts.set(title.parentElement, title.textContent);
    title.remove(); // or the browser would show it too
  }
  if (!texts.size) return;
  const card = document.createElement("div");
  card.className = "card";
  card.id = "chart-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.querySelector("main").append(card);

  const hide = () => { card.hidden = true; };
  const show = (text, box) => {
    card.replaceChildren(...text.split("\n").map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }));
    card.hidden = false;
    const left = Math.max(8, Math.min(box.left, innerWidth - card.offsetWidth - 8));
    const below = box.bottom + 6 + card.offsetHeight < innerHeight;
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(below ? box.bottom + 6 : box.top - card.offsetHeight - 6) + scrollY}px`;
  };

  for (const [mark, text] of texts) {
    mark.addEventListener("pointerenter", () => show(text, mark.getBoundingClientRect()));
    mark.addEventListener("pointerleave", hide);
  }
  for (const link of document.querySelectorAll("figure.chart .picture a")) {
    const marks = [...texts].filter(([mark]) => link.contains(mark));
    const lines = new Set(marks.flatMap(([, text]) => text.split("\n"))); // the title of a paper once
    link.addEventListener("focus", () => {
      if (link.matches(":focus-visible")) show([...lines].join("\n"), link.getBoundingClientRect());
    });
    link.addEventListener("blur", hide);
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
