// The reader: where one is in the outline, how far one has read, the size of the text,
// a few keys, and copying without the page's own formatting. Everything else works without it.

const article = document.querySelector("article.reader");
const lines = [...article.querySelectorAll("[id^=p]")];

// --- the section that is being read -------------------------------------------------------

const links = [...document.querySelectorAll(".outline a[href^='#p']")];
const starts = [...new Set(links.map((link) => link.hash.slice(1)))]
  .map((id) => document.getElementById(id))
  .filter(Boolean);
const TOP = 96; // pixels: a section that begins above is the one being read
const EYE = 0.3; // of the window's height: the line that is being read

function above(elements, height) {
  return elements.filter((element) => element.getBoundingClientRect().top <= height).at(-1);
}

function showSection() {
  const current = above(starts, TOP);
  for (const link of links) {
    if (current && link.hash === `#${current.id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// --- the place ----------------------------------------------------------------------------

const REST = 1500; // milliseconds without scrolling before a place is kept,
const LEAP_REST = 15000; // and after a leap: to look at the end, or for the files there, is not to read
let kept = "0";
let rested = window.scrollY; // where the reader last rested
let timer;

const leapt = () => Math.abs(window.scrollY - rested) > 2 * window.innerHeight;

function keepPlace() {
  clearTimeout(timer);
  timer = undefined;
  rested = window.scrollY;
  const ended = article.getBoundingClientRect().bottom <= window.innerHeight;
  const line = ended ? lines.at(-1) : above(lines, window.innerHeight * EYE);
  const number = line ? line.id.slice(1) : "0";
  if (!article.dataset.place || number === kept) return;
  kept = number;
  send(article.dataset.place, { paragraph: number });
}

function send(address, fields) {
  const body = new URLSearchParams({ ...fields, quietly: "1" });
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  return fetch(address, { method: "POST", body, keepalive: true, redirect: "manual" });
}

document.addEventListener("scroll", () => {
  showSection();
  clearTimeout(timer);
  timer = setTimeout(keepPlace, leapt() ? LEAP_REST : REST);
}, { passive: true });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && timer && !leapt()) keepPlace();
});
window.addEventListener("load", () => { rested = window.scrollY; }); // an address may lead into the text
showSection();

// --- the size of the text -----------------------------------------------------------------

const sizes = document.querySelector("form.sizes");
sizes.addEventListener("submit", async (event) => {
  event.preventDefault();
  const chosen = event.submitter;
  const line = above(lines, window.innerHeight * EYE);
  const before = line?.getBoundingClientRect().top;
  for (const button of sizes.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === chosen));
    article.classList.toggle(`size-${button.value}`, button === chosen);
  }
  if (line && window.scrollY > 0) window.scrollBy(0, line.getBoundingClientRect().top - before);
  await send(sizes.action, { size: chosen.value });
});

// --- paper ----------------------------------------------------------------------------------

document.querySelector("[data-print]").addEventListener("click", () => window.print());

// --- keys: j and k go from section to section, / to the search -------------------------------

const use = document.getElementById("use-keys");
const KEYS = "reading-keys";
if (use) {
  use.checked = localStorage.getItem(KEYS) !== "off";
  use.addEventListener("change", () => localStorage.setItem(KEYS, use.checked ? "on" : "off"));
}

function go(step) {
  const stops = starts.length ? starts : lines;
  const next = step > 0
    ? stops.find((stop) => stop.getBoundingClientRect().top > TOP)
    : stops.filter((stop) => stop.getBoundingClientRect().top < 0).at(-1);
  next?.scrollIntoView();
}

document.addEventListener("keydown", (event) => {
  if (!use?.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find").focus();
  }
});

// --- what is copied is the text: no colours, fonts or links of this page ----------------------

function within(range, block) {
  const part = range.cloneRange();
  if (!part.startContainer.isSameNode(block) && !block.contains(part.startContainer)) part.setStart(block, 0);
  if (!block.contains(part.endContainer)) part.setEnd(block, block.childNodes.length);
  return part.toString();
}

document.addEventListener("copy", (event) => {
  const selection = document.getSelection();
  if (selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const range = selection.getRangeAt(0);
  if (!article.contains(range.commonAncestorContainer)) return;
  const blocks = [...article.querySelectorAll("h1, h2, h3, p")].filter((block) => range.intersectsNode(block));
  const whole = blocks.map((block) => [block.localName, within(range, block)]).filter(([, text]) => text);
  if (!whole.length) return;
  const page = document.implementation.createHTMLDocument("");
  for (const [name, text] of whole) {
    const element = page.createElement(whole.length > 1 ? name : "span");
    element.textContent = text;
    page.body.append(element);
  }
  event.clipboardData.setData("text/plain", whole.map(([, text]) => text).join("\n"));
  event.clipboardData.setData("text/html", page.body.innerHTML);
  event.preventDefault();
});
