// Shows the label of a marked fact while it is pointed at, focused or tapped, and the marks of a
// claim while that is. Without JavaScript the browser shows the title, and both are links.
"use strict";

(() => {
  const card = document.createElement("div");
  card.className = "card";
  card.id = "fact-card";
  card.setAttribute("role", "tooltip");
  card.hidden = true;
  document.querySelector("main").append(card);
  let active = null;

  const hide = () => {
    card.hidden = true;
    active?.removeAttribute("aria-describedby");
    active = null;
  };
  const show = (mark) => {
    const lines = mark.dataset.label.split("\n").map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    });
    card.replaceChildren(...lines);
    card.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(box.left, innerWidth - card.offsetWidth - 8);
    card.style.left = `${Math.max(8, left) + scrollX}px`;
    const below = box.bottom + 6 + card.offsetHeight < innerHeight;
    card.style.top = `${(below ? box.bottom + 6 : box.top - card.offsetHeight - 6) + scrollY}px`;
    mark.setAttribute("aria-describedby", card.id);
    active = mark;
  };

  for (const mark of document.querySelectorAll("a.fact")) {
    mark.dataset.label = mark.title;
    mark.removeAttribute("title"); // or the browser would show it too
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("mouseleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
    let touched = false;
    mark.addEventListener("pointerdown", (event) => {
      touched = event.pointerType === "touch" && active !== mark;
    });
    mark.addEventListener("click", (event) => {
      if (touched) { event.preventDefault(); show(mark); } // the second tap follows the link
      touched = false;
    });
  }
  for (const claim of document.querySelectorAll("[data-mark]")) {
    const marks = document.querySelectorAll(`a.fact[data-marks~="${claim.dataset.mark}"]`);
    const light = (isLit) => marks.forEach((mark) => mark.classList.toggle("lit", isLit));
    claim.addEventListener("mouseenter", () => light(true));
    claim.addEventListener("mouseleave", () => light(false));
    claim.addEventListener("focusin", () => light(true));
    claim.addEventListener("focusout", () => light(false));
  }
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
})();
