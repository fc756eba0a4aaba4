"""What a page must be whatever it shows: accessible, inside its window, legible, still."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

MOVED = 0.02  # the sum of layout shifts that still looks still
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]  # 22aa: targets of 24 px

WATCH = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""

_LEGIBLE = """
phone => {
  const faults = [];
  const name = e => `<${e.localName}${e.className && e.className.baseVal === undefined
    ? "." + e.className : ""}> ${(e.innerText || e.value || "").trim().slice(0, 30)}`;
  const box = e => e.getBoundingClientRect();
  const seen = e => e.checkVisibility({visibilityProperty: true}) && box(e).width > 1 && box(e).height > 1;
  const inside = e => e.closest(".scroll, pre") !== null;
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) {
    const out = [...document.querySelectorAll("body *")].filter(
      e => seen(e) && !inside(e) && box(e).right > document.documentElement.clientWidth + 1);
    faults.push(`wider than the window by ${wide}: ${out.slice(0, 3).map(name).join(" | ")}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = new Set();
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() && !e.closest("noscript, script, title") && seen(e)
      && parseFloat(getComputedStyle(e).fontSize) < 12) small.add(e);
  }
  for (const e of small) faults.push(`smaller than 12 px: ${name(e)}`);
  const typed = "input:not([type=checkbox], [type=radio], [type=file], [type=hidden]), select, textarea";
  if (phone) for (const e of document.querySelectorAll(typed))
    if (seen(e) && parseFloat(getComputedStyle(e).fontSize) < 16)
      faults.push(`a phone zooms into a field under 16 px: ${name(e)}`);
  for (const e of document.querySelectorAll(".button-primary"))
    if (seen(e) && (box(e).height < 44 || box(e).width < 44)) faults.push(`under 44 px: ${name(e)}`);
  return faults;
}
"""


def faults_of(page: Page, *, phone: bool) -> list[str]:
    """Everything wrong with an open page that a script can tell; empty is good."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: list[str] = page.evaluate(_LEGIBLE, phone)
    moved = page.evaluate("() => window.shifted")
    if moved >= MOVED:
        found.append(f"moved by {moved:.3f} while it loaded")
    return found + _violations(page)


def _violations(page: Page) -> list[str]:
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"axe {rule['id']}: {node['html'][:140]} {_measured(node)}"
        for rule in found
        for node in rule["nodes"]
    ]


def _measured(node: dict[str, list[dict[str, str]]]) -> str:
    return " ".join(check["message"] for check in node["any"])[:160]
