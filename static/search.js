// Adds to the search page: suggestions, "/" to focus the box, arrow keys through results, and
// facets folded on a phone. Search works without it.
"use strict";

(() => {
  const form = document.querySelector("form[role=search]");
  const box = document.getElementById("q");
  const facets = document.querySelector("details.facets");
  const narrow = matchMedia("(max-width: 46rem)");
  const PAUSE = 150; // milliseconds without a key before suggestions are fetched

  const fold = () => { if (facets) facets.open = !narrow.matches; };
  narrow.addEventListener("change", fold);
  fold();

  // --- suggestions: a list under the box, chosen by arrows and Enter
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"],
    ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);

  let timer = 0, request = null, selected = -1;

  const options = () => [...list.querySelectorAll("a")];
  const select = (index) => {
    selected = index;
    options().forEach((link, i) => link.setAttribute("aria-selected", String(i === selected)));
    if (selected >= 0) box.setAttribute("aria-activedescendant", options()[selected].id);
    else box.removeAttribute("aria-activedescendant");
  };
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, index) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("span");
      item.setAttribute("role", "presentation");
      link.id = `suggestion-${index}`;
      link.setAttribute("role", "option");
      kind.className = "kind";
      kind.textContent = suggestion.kind;
      link.href = suggestion.url;
      link.tabIndex = -1;
      link.append(kind, suggestion.name);
      item.append(link);
      return item;
    }));
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    select(-1);
  };
  const suggest = async () => {
    request?.abort();
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
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE);
  });
  form.addEventListener("submit", () => { clearTimeout(timer); request?.abort(); });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) show([]); });
  box.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) { show([]); event.preventDefault(); }
    else if (event.key === "ArrowDown" && count) { select((selected + 1) % count); event.preventDefault(); }
    else if (event.key === "ArrowUp" && count) { select((selected < 1 ? count : selected) - 1); event.preventDefault(); }
    else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      options()[selected].click();
    }
  });

  // --- the keyboard: "/" to the box, arrows from result to result
  const results = [...document.querySelectorAll(".results-list > li")];
  const current = () => results.findIndex((result) => result.contains(document.activeElement));
  const move = (step) => {
    const target = Math.max(0, Math.min(results.length - 1, current() + step));
    results[target]?.querySelector("h2 a").focus();
    results.forEach((result, index) => result.classList.toggle("at", index === target));
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches("input, textarea, select");
    if (event.key === "/" && !typing) { box.focus(); box.select(); event.preventDefault(); }
    else if (event.key === "ArrowDown" && (!typing || (event.target === box && list.hidden))) {
      if (results.length && !event.defaultPrevented) { move(1); event.preventDefault(); }
    } else if (event.key === "ArrowUp" && !typing && current() >= 0) {
      if (current() === 0) box.focus(); else move(-1);
      event.preventDefault();
    }
  });
})();
