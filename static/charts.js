// Shows what a mark of a chart says in a card: of a mark that is pointed at, of all marks of a row
// that has the focus, and of the marks nearest to a tap. Without JavaScript the browser shows titles.
"use strict";

(() => {
  const NEAR = 6, MOST = 4; // pixels between points that one finger covers; marks in a card
  const texts = new Map();
  for (const title of document.querySelectorAll("figure.chart .picture title")) {
    const mark = title.parentElement;
    texts.set(mark, title.textContent);
    mark.setAttribute("role", "img"); // what the title said to screen readers
    mark.setAttribute("aria-label", title.textContent);
    title.remove(); // or the browser would show it too
  }
  const within = (part) => [...texts.keys()].filter((mark) => part.contains(mark));
  // The title of a paper stands before each of its claims, but is shown once.
  const joined = (marks) => [...new Set(marks.flatMap((mark) => texts.get(mark).split("\n")))].join("\n");
  const gap = (mark, x) => {
    const { left, right } = mark.getBoundingClientRect();
    return Math.max(left - x, x - right, 0);
  };
  const showNearest = (event, picture) => {
    if (event.target.closest(".name")) return false; // a link like any other
    const row = event.target.closest(".picture > a, .picture > g") ?? picture;
    const marks = within(row);
    if (!marks.length) return false;
    const least = Math.min(...marks.map((mark) => gap(mark, event.clientX)));
    const nearest = marks.filter((mark) => gap(mark, event.clientX) <= least + (mark.matches(".point") ? NEAR : 0)).slice(0, MOST);
    const name = row.querySelector(".name")?.textContent;
    card.show(nearest[0], joined(nearest), { href: row.getAttribute("href"), name: `Open ${name}` });
    return true;
  };

  for (const mark of texts.keys()) card.onPoint(mark, () => card.show(mark, texts.get(mark)));
  for (const picture of document.querySelectorAll("figure.chart .picture")) {
    card.onTap(picture, (event) => showNearest(event, picture));
    for (const link of picture.querySelectorAll("a")) card.onFocus(link, () => card.show(link, joined(within(link))));
  }
})();
