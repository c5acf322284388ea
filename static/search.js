// The comfort of the search page: suggestions, "/" to the box, arrows through results, and a
// folded list of facets on a phone. Without it everything still works.
"use strict";

(() => {
  const form = document.querySelector("form[role=search]");
  const box = document.getElementById("q");
  const facets = document.querySelector("details.facets");
  const narrow = matchMedia("(max-width: 46rem)");
  const PAUSE = 150; // milliseconds without a key before suggestions are asked for

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

  let waiting = 0, asking = null, at = -1;

  const options = () => [...list.querySelectorAll("a")];
  const choose = (place) => {
    at = place;
    options().forEach((link, index) => link.setAttribute("aria-selected", String(index === at)));
    if (at >= 0) box.setAttribute("aria-activedescendant", options()[at].id);
    else box.removeAttribute("aria-activedescendant");
  };
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((one, index) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("span");
      item.setAttribute("role", "presentation");
      link.id = `suggestion-${index}`;
      link.setAttribute("role", "option");
      kind.className = "kind";
      kind.textContent = one.kind;
      link.href = one.url;
      link.tabIndex = -1;
      link.append(kind, one.name);
      item.append(link);
      return item;
    }));
    list.hidden = suggestions.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const address = `${form.dataset.suggest}?${new URLSearchParams({ q: box.value })}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") show([]);
    }
  };
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  form.addEventListener("submit", () => { clearTimeout(waiting); asking?.abort(); });
  document.addEventListener("click", (event) => { if (!form.contains(event.target)) show([]); });
  box.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) { show([]); event.preventDefault(); }
    else if (event.key === "ArrowDown" && count) { choose((at + 1) % count); event.preventDefault(); }
    else if (event.key === "ArrowUp" && count) { choose((at < 1 ? count : at) - 1); event.preventDefault(); }
    else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      options()[at].click();
    }
  });

  // --- the keyboard: "/" to the box, arrows from result to result
  const results = [...document.querySelectorAll(".results-list > li")];
  const current = () => results.findIndex((one) => one.contains(document.activeElement));
  const move = (step) => {
    const place = Math.max(0, Math.min(results.length - 1, current() + step));
    results[place]?.querySelector("h2 a").focus();
    results.forEach((one, index) => one.classList.toggle("at", index === place));
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
