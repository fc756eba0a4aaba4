/* The proof without waiting: a decision is sent alone and the pieces of the page that it changed come back.
   Everything here works without this file, as forms and links. Decisions are sent one after another, in the
   order in which they were taken, however fast the keys are. */

const root = () => document.getElementById("proof");
const inText = () => root().dataset.view === "text";
const items = () => [...root().querySelectorAll(inText() ? '.place[id$="-0"]' : ".site")];
const numberOf = (item) => item.dataset.site ?? item.id.replace("site-", "");
let sending = Promise.resolve();
let waiting = 0;  // decisions and views that have not come back
let current = "";  // id of the row that was worked on last

function send(address, options) {
  count(1);
  sending = sending.then(() => ask(address, options)).catch(failed).finally(() => count(-1));
  return sending;
}

function count(more) {
  waiting += more;
  root().setAttribute("aria-busy", waiting > 0);
}

async function ask(address, options) {
  const answer = await fetch(address, { ...options, headers: { "X-Wenxing-Part": "1" } });
  if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
  const pieces = document.createElement("template");
  pieces.innerHTML = await answer.text();
  document.getElementById("failed").hidden = true;
  return put([...pieces.content.children]);
}

function failed() {
  document.getElementById("failed").hidden = false;
}

/* Replace what has the same id. Focus stays where it was, or on the row that it was in. */
function put(pieces) {
  const focused = document.activeElement;
  const ids = [focused?.id, focused?.closest(".site")?.id].filter(Boolean);
  for (const piece of pieces) document.getElementById(piece.id)?.replaceWith(piece);
  showKeySwitch();
  // A live region that was there before is read out; one that has just come is not.
  document.getElementById("said").textContent = document.querySelector("#status strong").textContent;
  if (!document.contains(focused)) {
    ids.map((id) => document.getElementById(id)).find(Boolean)?.focus({ preventScroll: true });
  }
  return pieces;
}

function decide(name, value) {
  const form = document.getElementById("decide");
  const body = new FormData(form);
  body.append(name, value);
  return send(form.action, { method: "POST", body });
}

function undo() {
  decide("undo", "1").then((pieces) => {
    const row = pieces?.find((piece) => piece.matches(".site, .place"));
    if (row) go(items().find((item) => numberOf(item) === numberOf(row)));
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "decide" && event.submitter) {
    event.preventDefault();
    const { name, value } = event.submitter;
    if (name === "undo") undo();
    else decide(name, value);
  } else if (form.id === "own-form") {
    event.preventDefault();
    send(form.action, { method: "POST", body: new FormData(form) }).then(() => {
      const wrong = root().querySelector("#own .errorlist");
      if (wrong) document.getElementById("id_phrase").focus();
    });
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (link.closest("#proof nav")) {
    event.preventDefault();
    history.replaceState(null, "", link.href);
    send(link.href.split("#")[0], {});
  } else if (waiting && !link.getAttribute("href").startsWith("#")) {
    event.preventDefault();  // nothing that was decided is left behind
    sending.then(() => location.assign(link.href));
  }
});

addEventListener("beforeunload", (event) => {
  if (waiting) event.preventDefault();
});

/* --- keys ---------------------------------------------------------------------------------------------- */

const KEYS_OFF = "wenxing.proof.keys-off";

function showKeySwitch() {
  const box = document.getElementById("keys-on");
  if (!box) return;
  box.closest("label").hidden = false;
  box.checked = !localStorage.getItem(KEYS_OFF);
  box.onchange = () => (box.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "1"));
}

function here() {
  return document.activeElement?.closest(".site") ?? document.activeElement?.closest(".place");
}

function go(item) {
  if (!item) return;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
  current = item.id;
}

function step(by) {
  const all = items();
  const from = here();
  const number = from ? numberOf(from) : "";
  const at = from ? all.findIndex((item) => numberOf(item) === number) : all.findIndex((item) => item.id === current);
  go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function answer(verb) {
  const item = here();
  if (!item) return step(0);
  const state = verb === "approve" ? "approved" : "rejected";
  if (item.dataset.state !== state) decide("site", `${verb}-${numberOf(item)}`);
  step(1);
}

function answerGroup(verb) {
  const head = here()?.closest(".group")?.querySelector(".group-head");
  if (!head) return;
  decide("group", `${verb}-${head.id.replace("group-", "")}`);
  go(head.parentElement.nextElementSibling?.querySelector(".site"));
}

function narrow(index) {
  const item = here();
  if (item) root().querySelector(`#use-${numberOf(item)}-${index}`)?.click();
}

const ACTIONS = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  y: () => answer("approve"), " ": () => answer("approve"), n: () => answer("reject"),
  Y: () => answerGroup("approve"), N: () => answerGroup("reject"), A: () => decide("all", "approve"),
  u: undo, 2: () => narrow(1), 3: () => narrow(2), 4: () => narrow(3),
  "?": () => { const keys = document.getElementById("keys"); keys.open = !keys.open; },
};

document.addEventListener("keydown", (event) => {
  const at = document.activeElement;
  const action = ACTIONS[event.key];
  const typing = at?.matches("input, textarea, select");
  if (!action || !root() || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (localStorage.getItem(KEYS_OFF) && event.key !== "?") return;
  const native = event.key === " " || event.key.startsWith("Arrow");
  if (native && !at?.matches(".site, .place")) return;  // scrolling, and buttons, as everywhere
  if (event.key === " " && at.matches(".place")) return;  // the button itself
  event.preventDefault();
  action();
});

/* --- a phrase selected in the running text fills the form ---------------------------------------------- */

const ASIDE = "ins, sup, .visually-hidden";

function own(node) {
  let text = "";
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const asideOf = walker.currentNode.parentElement?.closest(ASIDE);
    if (!asideOf) text += walker.currentNode.data;
  }
  return text;
}

function between(range) {
  const part = document.createElement("div");
  part.append(range.cloneContents());
  return own(part);
}

function times(text, phrase) {
  return text.split(phrase).length - 1;
}

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  const article = document.getElementById("running");
  if (!article || selection.isCollapsed || !selection.rangeCount) return;
  const range = selection.getRangeAt(0);
  const paragraph = range.startContainer.parentElement?.closest("#running p");
  if (!paragraph || range.endContainer.parentElement?.closest("#running p") !== paragraph) return;
  const phrase = between(range);
  if (!phrase.trim() || phrase.length > 30) return;
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(range.startContainer, range.startOffset);
  let which = times(between(before) + phrase, phrase);
  for (const earlier of article.querySelectorAll("p:not(.heading)")) {
    if (earlier === paragraph) break;
    which += times(own(earlier), phrase);
  }
  document.getElementById("id_phrase").value = phrase;
  document.getElementById("id_which").value = Math.max(which, 1);
});

showKeySwitch();
