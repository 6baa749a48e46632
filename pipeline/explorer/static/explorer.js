// Without this file everything works by plain links; with it a mark and its row light up together.
"use strict";

function light(rowId) {
  for (const one of document.querySelectorAll(".lit")) one.classList.remove("lit");
  if (!rowId) return [];
  const both = [...document.querySelectorAll("[data-row]")].filter((one) => one.dataset.row === rowId);
  for (const one of both) one.classList.add("lit");
  return both;
}

function follow() {
  const match = /^#([mr])-(.+)$/.exec(location.hash);
  const both = light(match && match[2]);
  if (!match || !both.length) return;
  const row = document.getElementById("r-" + match[2]);
  const mark = both.find((one) => one.tagName === "MARK");
  const [asked, other] = match[1] === "r" ? [row, mark] : [mark, row];
  if (other) other.scrollIntoView({ block: "nearest" });
  if (!asked) return;
  asked.scrollIntoView({ block: "center" });
  (match[1] === "r" ? row : mark.querySelector("a")).focus({ preventScroll: true });
}

addEventListener("hashchange", follow);
addEventListener("load", follow);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  // The filter may have changed since the page was made: keep the present one.
  if (link && link.dataset.language) {
    const here = new URL(location.href);
    here.searchParams.set("lang", link.dataset.language);
    link.href = here.href;
  }
  // The same mark again: the address does not change, so nothing else would tell.
  if (link && link.hash && link.hash === location.hash && link.pathname === location.pathname) follow();
});

document.addEventListener("htmx:after:swap", () => {
  const heading = document.getElementById("results-heading");
  if (!heading) return;
  document.getElementById("said").textContent = heading.textContent;
  // What had the focus is gone with the old results.
  if (!document.activeElement || document.activeElement === document.body) heading.focus();
});
