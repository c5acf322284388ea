// Adds papers to a comparison, and removes them, without a new page: the page that the button leads
// to is fetched, and what is marked data-compare is taken from it, and the addresses of links, which
// keep the papers. Without this, and where the two pages differ otherwise, the button is a link.
"use strict";

(() => {
  const parts = (page) => [...page.querySelectorAll("main [data-compare]")];
  const links = (page) => [...page.querySelectorAll(":is(header.top, main) a[href]")]
    .filter((link) => !link.closest("[data-compare], .suggestions"));
  const mark = () => document.querySelectorAll(".compare-toggle").forEach((toggle) => { toggle.role = "button"; });

  const take = (page) => {
    const [ours, theirs] = [parts(document), parts(page)];
    const [shown, fetched] = [links(document), links(page)];
    if (ours.length !== theirs.length || shown.length !== fetched.length) return false;
    ours.forEach((part, index) => part.replaceChildren(...theirs[index].childNodes));
    shown.forEach((link, index) => link.setAttribute("href", fetched[index].getAttribute("href")));
    mark();
    return true;
  };
  const toggle = async (part) => {
    const link = part.querySelector("a");
    if (!link) return; // as many papers as can be compared were added meanwhile
    try {
      const answer = await fetch(link.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok || !take(page)) throw new Error("another page");
      history.replaceState(null, "", link.href.split("#")[0]);
      part.querySelector("a")?.focus({ preventScroll: true });
    } catch {
      location.assign(link.href);
    }
  };

  let last = Promise.resolve(); // one after another: each address has the papers added before
  document.addEventListener("click", (event) => {
    const part = event.target.closest(".compare-toggle")?.parentElement;
    if (!part || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    last = last.then(() => toggle(part));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches(".compare-toggle")) return;
    event.preventDefault();
    event.target.click();
  });
  mark();
})();
