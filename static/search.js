// Adds to the search box: suggestions. Search works without it.
"use strict";

(() => {
  const form = document.querySelector("form[role=search]");
  const box = document.getElementById("q");
  const PAUSE = 150; // milliseconds without a key before suggestions are fetched

  // --- suggestions: a list under the box, chosen by arrows and Enter. A name leads to its page, the
  // value of a filter completes what is typed; Enter without a choice searches.
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  const status = document.createElement("p"); // says to screen readers what appears
  status.className = "unseen";
  status.setAttribute("role", "status");
  box.parentElement.after(list, status);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);

  let timer = 0, request = null, selected = -1;

  const options = () => [...list.querySelectorAll("a")];
  const select = (index) => {
    selected = index;
    options().forEach((link, i) => link.setAttribute("aria-selected", String(i === selected)));
    if (selected >= 0) box.setAttribute("aria-activedescendant", options()[selected].id);
    else box.removeAttribute("aria-activedescendant");
    options()[selected]?.scrollIntoView({ block: "nearest" });
  };
  const part = (className, text) => {
    const span = document.createElement("span");
    span.className = className;
    span.textContent = text;
    return span;
  };
  const option = ({ kind, name, count, query, url }, index) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const number = count === null ? "" : count.toLocaleString("en");
    const papers = number && `${number} ${count === 1 ? "paper" : "papers"}`;
    item.setAttribute("role", "presentation");
    link.id = `suggestion-${index}`;
    link.setAttribute("role", "option");
    link.setAttribute("aria-label", [name, query ? `filter by ${kind}` : kind, papers].filter(Boolean).join(", "));
    link.href = url;
    link.tabIndex = -1;
    link.append(part("kind", query ? `${kind}:` : kind), part("name", name), part("number", number));
    if (query) link.addEventListener("click", (event) => { // unless it opens another tab
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      box.value = `${query} `;
      box.focus();
      show([]);
      status.textContent = `${query} typed`;
    });
    item.append(link);
    return item;
  };
  // On a phone the keyboard covers half of the screen: the box goes to the top, and the list ends
  // above the keyboard.
  const fit = () => {
    const { offsetTop, height } = visualViewport;
    list.style.maxHeight = `${Math.max(100, offsetTop + height - list.getBoundingClientRect().top - 8)}px`;
  };
  visualViewport.addEventListener("resize", fit);
  visualViewport.addEventListener("scroll", fit);
  box.addEventListener("focus", () => {
    if (matchMedia("(pointer: coarse)").matches) box.scrollIntoView();
  });
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map(option));
    list.hidden = suggestions.length === 0;
    fit();
    box.setAttribute("aria-expanded", String(!list.hidden));
    const count = suggestions.length;
    status.textContent = count ? `${count} ${count === 1 ? "suggestion" : "suggestions"}, arrow keys choose` : "";
    select(-1);
  };
  const stop = () => { clearTimeout(timer); request?.abort(); };
  const suggest = async () => {
    request = new AbortController();
    try {
      const address = `${form.dataset.suggest}?${new URLSearchParams({ q: box.value })}`;
      const answer = await fetch(address, { signal: request.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  };
  box.addEventListener("input", () => {
    stop();
    select(-1); // what was chosen belongs to another text
    timer = setTimeout(suggest, PAUSE);
  });
  form.addEventListener("submit", stop);
  const leave = () => { stop(); show([]); };
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) leave(); });
  box.addEventListener("blur", ({ relatedTarget }) => { // with Tab; not for another window
    if (relatedTarget && !list.contains(relatedTarget)) leave();
  });
  box.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.isComposing || !count) return;
    if (event.key === "Escape") { show([]); event.preventDefault(); }
    // From the last to the box, and from there to the first.
    else if (event.key === "ArrowDown") { select((selected + 2) % (count + 1) - 1); event.preventDefault(); }
    else if (event.key === "ArrowUp") { select((selected + count + 1) % (count + 1) - 1); event.preventDefault(); }
    else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      options()[selected].click();
    }
  });
})();
