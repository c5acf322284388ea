// A card with what a mark of a text or of a chart says: beside the mark while it is pointed at or has
// the focus. A tap shows it with the link of the mark in it, which takes the focus. static/facts.js
// and static/charts.js say when; without JavaScript the browser shows titles, and marks are links.
"use strict";

const card = (() => {
  const element = document.createElement("div");
  element.className = "card";
  element.hidden = true;
  document.querySelector("main").append(element);
  let opener = null; // what had the focus before the link in the card

  const hide = () => { element.hidden = true; };
  const paragraph = (text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  };
  const show = (mark, text, { href, name } = {}) => {
    const lines = text.split("\n");
    element.replaceChildren(...lines.map(paragraph));
    if (href) {
      const link = document.createElement("a");
      link.href = href;
      link.textContent = name;
      link.addEventListener("click", hide); // it may lead to a place of this page
      element.append(link);
    }
    element.setAttribute("role", href ? "dialog" : "tooltip");
    if (href) element.setAttribute("aria-label", lines[0]);
    else element.removeAttribute("aria-label");
    element.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - element.offsetWidth - 8));
    const isBelow = box.bottom + 6 + element.offsetHeight < innerHeight || box.top < element.offsetHeight + 6;
    element.style.left = `${left + scrollX}px`;
    element.style.top = `${(isBelow ? box.bottom + 6 : box.top - element.offsetHeight - 6) + scrollY}px`;
    opener = document.activeElement;
    element.querySelector("a")?.focus({ preventScroll: true });
  };

  const onPoint = (target, showIt) => {
    target.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") showIt(); });
    target.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hide(); });
  };
  const onFocus = (target, showIt) => {
    target.addEventListener("focus", () => { if (target.matches(":focus-visible")) showIt(); });
    target.addEventListener("blur", ({ relatedTarget }) => { if (!element.contains(relatedTarget)) hide(); });
  };
  // A tap does what `showIt` does, which tells whether it did, and follows no link.
  const onTap = (target, showIt) => {
    let isTouched = false;
    target.addEventListener("pointerdown", (event) => { isTouched = event.pointerType === "touch"; });
    target.addEventListener("click", (event) => {
      if (isTouched && showIt(event)) event.preventDefault();
      isTouched = false;
    });
  };

  element.addEventListener("focusout", ({ relatedTarget }) => { if (!element.contains(relatedTarget)) hide(); });
  addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" && !element.contains(event.target)) hide();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (element.contains(document.activeElement)) opener?.focus();
    hide();
  });
  return { show, onPoint, onFocus, onTap };
})();
