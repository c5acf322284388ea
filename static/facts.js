// Shows what a marked fact says while it is pointed at, focused or tapped. Without JavaScript the
// browser's own hint does, and the mark is a link.
"use strict";

(() => {
  const card = document.createElement("div");
  card.className = "card";
  card.id = "fact-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.body.append(card);
  let shown = null;

  const hide = () => {
    card.hidden = true;
    shown?.removeAttribute("aria-describedby");
    shown = null;
  };
  const show = (mark) => {
    const lines = mark.dataset.said.split("\n").map((line) => {
      const one = document.createElement("p");
      one.textContent = line;
      return one;
    });
    card.replaceChildren(...lines);
    card.hidden = false;
    const place = mark.getBoundingClientRect();
    const left = Math.min(place.left, innerWidth - card.offsetWidth - 8);
    card.style.left = `${Math.max(8, left) + scrollX}px`;
    const below = place.bottom + 6 + card.offsetHeight < innerHeight;
    card.style.top = `${(below ? place.bottom + 6 : place.top - card.offsetHeight - 6) + scrollY}px`;
    mark.setAttribute("aria-describedby", card.id);
    shown = mark;
  };

  for (const mark of document.querySelectorAll("a.fact")) {
    mark.dataset.said = mark.title;
    mark.removeAttribute("title"); // or the browser would show it too
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("mouseleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
    let touched = false;
    mark.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch" && shown !== mark;
    });
    mark.addEventListener("click", (event) => {
      if (touched) { event.preventDefault(); show(mark); } // the second tap follows the link
      touched = false;
    });
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
