// Without this script the page is whole: it adds search, the theme, copying, and opens what an address points into.
"use strict";
const root = document.documentElement;
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];
root.classList.add("js");

// --- theme: as the system has it, light, dark
const THEMES = { "": "auto", light: "light", dark: "dark" };
const keep = {
  get: () => { try { return localStorage.getItem("dlconcepts-theme") || ""; } catch { return ""; } },
  set: (value) => { try { localStorage.setItem("dlconcepts-theme", value); } catch { /* not kept, still shown */ } },
};
function theme(name) {
  if (name) root.dataset.theme = name; else delete root.dataset.theme;
  one("#theme").textContent = "Theme: " + THEMES[name];
  keep.set(name);
}
one("#theme").addEventListener("click", () => {
  const names = Object.keys(THEMES);
  theme(names[(names.indexOf(root.dataset.theme || "") + 1) % names.length]);
});
theme(keep.get() in THEMES ? keep.get() : "");

// --- index: folded on a narrow screen
const opener = one("#open-index");
function openIndex(open) {
  opener.setAttribute("aria-expanded", String(open));
  one("#index").classList.toggle("open", open);
}
opener.addEventListener("click", () => {
  openIndex(opener.getAttribute("aria-expanded") === "false");
  if (one("#index").classList.contains("open")) one("#search").focus();
});
one("#index").addEventListener("click", (event) => { if (event.target.closest("a")) openIndex(false); });
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape" && one("#index").classList.contains("open")) { openIndex(false); opener.focus(); }
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    openIndex(true);
    one("#search").focus();
  }
});

// --- search: names and aliases, whatever their case, spaces and hyphens
const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const items = all("#index li").map((li) => ({ li, names: li.dataset.names.split("|"), link: li.querySelector("a") }));
function search() {
  const wanted = plain(one("#search").value);
  let count = 0;
  for (const { li, names, link } of items) {
    const hit = names.find((name) => plain(name).includes(wanted));
    li.hidden = hit === undefined;
    link.dataset.via = hit !== undefined && wanted && hit !== names[0] ? hit : "";
    count += hit !== undefined;
  }
  one("#found").textContent = wanted ? `${count} found` : "";
}
one("#search").addEventListener("input", search);
one("#search").addEventListener("keydown", (event) => {
  const first = items.find(({ li }) => !li.hidden);
  if (event.key === "Enter" && one("#search").value.trim() && first) first.link.click();
  if (event.key === "Escape" && one("#search").value) { one("#search").value = ""; search(); event.stopPropagation(); }
});

// --- an address that points into something folded opens it
function unfold() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  target.querySelector(":scope > .conditions")?.setAttribute("open", "");
  target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();

// --- what must be scrolled sideways can be reached by keyboard, what need not be is no stop
const scrollable = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0; else target.removeAttribute("tabindex");
  }
});
all(".canvas, .formula, .wide, pre").forEach((box) => scrollable.observe(box));

// --- where one is
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const link = one(`#index a[href="#${target.id}"]`);
    if (isIntersecting) link?.setAttribute("aria-current", "true"); else link?.removeAttribute("aria-current");
  }
}, { rootMargin: "-20% 0px -70% 0px" });
all("main > section[id]").forEach((section) => seen.observe(section));

// --- copy a command
all(".copy").forEach((button) => button.addEventListener("click", async () => {
  const code = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}));

// --- on paper conditions are open
addEventListener("beforeprint", () => all(".conditions, .reading").forEach((box) => { box.open = true; }));
