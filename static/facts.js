// Shows what a marked fact says in a card, and the marks of a claim while that is pointed at or has
// the focus. Without JavaScript the browser shows the title, and both are links.
"use strict";

(() => {
  const notes = document.createElement("div"); // what screen readers say of the marks
  notes.hidden = true;
  for (const mark of document.querySelectorAll("a.fact")) {
    const text = mark.title;
    const note = document.createElement("span");
    note.id = `note-${notes.children.length + 1}`;
    note.textContent = text;
    notes.append(note);
    mark.setAttribute("aria-describedby", note.id);
    mark.removeAttribute("title"); // or the browser would show it too
    const href = mark.getAttribute("href");
    const name = href.startsWith("#") ? "Go to the claim" : `Open ${mark.textContent}`;
    card.onPoint(mark, () => card.show(mark, text));
    card.onFocus(mark, () => card.show(mark, text));
    card.onTap(mark, () => {
      card.show(mark, text, { href, name });
      return true;
    });
  }
  document.querySelector("main").append(notes);
  for (const claim of document.querySelectorAll("[data-mark]")) {
    const marks = document.querySelectorAll(`a.fact[data-marks~="${claim.dataset.mark}"]`);
    const light = (isLit) => marks.forEach((mark) => mark.classList.toggle("lit", isLit));
    claim.addEventListener("pointerenter", () => light(true));
    claim.addEventListener("pointerleave", () => light(false));
    claim.addEventListener("focusin", () => light(true));
    claim.addEventListener("focusout", () => light(false));
  }
})();
