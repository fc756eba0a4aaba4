// Select a phrase of the text: a bar offers to highlight it or to write a note on it.
// Places are a paragraph's number and offsets in characters, as the server counts them.

const article = document.querySelector("article.reader");
const bar = document.getElementById("phrase");
const [paragraph, start, end] = ["paragraph", "start", "end"].map((name) => bar.elements.namedItem(name));
const write = bar.querySelector("[data-write]");
const writing = bar.querySelector("div");
const text = bar.querySelector("textarea");

const characters = (range) => Array.from(range.toString()).length;

function blockOf(node) {
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("[id^=p]");
}

// The part of the selection that lies in its first paragraph: where, and what it says.
function chosen() {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const block = blockOf(range.startContainer);
  if (!block || !article.contains(block)) return null;
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const part = range.cloneRange();
  if (!block.contains(part.endContainer)) part.setEnd(block, block.childNodes.length);
  const from = characters(before);
  const to = from + characters(part);
  return to > from ? { number: block.id.slice(1), from, to, words: part.toString() } : null;
}

function offer() {
  if (bar.contains(document.activeElement)) return; // somebody is writing
  const place = chosen();
  bar.hidden = !place;
  if (!place) return;
  [paragraph.value, start.value, end.value] = [place.number, place.from, place.to];
  const words = Array.from(place.words);
  bar.querySelector("output").textContent = words.length > 16 ? `${words.slice(0, 15).join("")}…` : words.join("");
}

function close() {
  writing.hidden = true;
  text.removeAttribute("name");
  write.setAttribute("aria-expanded", "false");
  bar.hidden = true;
}

let timer;
document.addEventListener("selectionchange", () => {
  clearTimeout(timer);
  timer = setTimeout(offer, 200);
});
write.addEventListener("click", () => {
  writing.hidden = false;
  text.name = "text";
  write.setAttribute("aria-expanded", "true");
  text.focus();
});
bar.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});
