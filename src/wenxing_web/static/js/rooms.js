// A room: what is said elsewhere appears here. The page says what it shows (#cursor) and fetches what it
// lacks, one request at a time, whatever happens meanwhile. Without it a reload shows the same.

const NEAR = 160; // pixels from the end of the page: somebody who reads there wants to stay at the end
const room = document.getElementById("room");
const say = document.getElementById("say");
const text = document.getElementById("say-text");
const list = document.getElementById("messages");
const live = document.getElementById("feed") !== null;
const fresh = document.querySelector(".fresh");

// --- what happens elsewhere ------------------------------------------------------------------

function look() {
  const feed = document.getElementById("feed"); // gone once the room has closed
  if (feed) window.htmx.trigger(feed, "look");
}

// A request that did not get through is made again, later every time, and as soon as there is a network.
const FIRST = 1000; // milliseconds
const LAST = 30_000;
let wait = FIRST;
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.elt.id !== "feed") return;
  const failed = detail.xhr.status === 0 || detail.xhr.status >= 500;
  if (failed) setTimeout(look, wait);
  wait = failed ? Math.min(2 * wait, LAST) : FIRST;
});
window.addEventListener("online", look);

for (const kind of ["message.posted", "message.changed"]) {
  document.addEventListener(`wenxing:${kind}`, ({ detail }) => {
    if (detail.room === room.dataset.room) look();
  });
}
for (const kind of ["hello", "stream.ended"]) document.addEventListener(`wenxing:${kind}`, look);
document.addEventListener("wenxing:access.changed", () => {
  if (document.getElementById("feed")) look();
  else location.reload(); // a closed room may be open again, and old pages close with their room
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { status, responseText } = detail.xhr;
  const says = [422, 429].includes(status) || (status === 403 && responseText.includes('id="room"'));
  if (!says) return;
  detail.shouldSwap = true; // the answer says what to show
  detail.isError = false;
});
document.addEventListener("htmx:oobErrorNoTarget", () => location.reload());

// --- staying at the end, or being told ---------------------------------------------------------

let atEnd = true;
const end = () => list.getBoundingClientRect().bottom + say.offsetHeight + 32 - window.innerHeight; // from here
const goToEnd = () => window.scrollBy(0, end());

function notice() {
  atEnd = end() < NEAR;
  if (atEnd) fresh.hidden = true;
}

if (live) {
  if (["", "#say"].includes(location.hash)) goToEnd();
  notice();
  document.addEventListener("scroll", notice, { passive: true });
  let last = list.lastElementChild;
  new MutationObserver(() => {
    if (list.lastElementChild === last) return;
    last = list.lastElementChild;
    if (atEnd) goToEnd();
    else fresh.hidden = false;
  }).observe(list, { childList: true });
  fresh.querySelector("button").addEventListener("click", goToEnd);
}

// --- writing -------------------------------------------------------------------------------------

const DRAFT = `draft-${room.dataset.room}-${room.dataset.mine}`;
let sent = "";

if (say) {
  if (!text.value) text.value = sessionStorage.getItem(DRAFT) ?? "";
  text.addEventListener("input", () => sessionStorage.setItem(DRAFT, text.value));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    if (!say.querySelector("button").disabled) say.requestSubmit();
  });
  say.addEventListener("submit", () => { if (!live) sessionStorage.removeItem(DRAFT); });
  say.addEventListener("htmx:configRequest", ({ detail }) => { sent = detail.parameters.get("text"); });
  say.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt !== say) return;
    const { status } = detail.xhr;
    const errors = document.getElementById("say-errors"); // gone once the room has closed
    if (errors && ![200, 422, 429].includes(status)) errors.textContent = say.dataset.unsent;
    if (status !== 200) return;
    if (text.value.startsWith(sent)) text.value = text.value.slice(sent.length).trimStart(); // and what was typed since
    sessionStorage.setItem(DRAFT, text.value);
    goToEnd();
  });
}

// --- the focus goes to what was asked for, and back ----------------------------------------------

const back = (line) => (line?.querySelector(".do a") ?? line?.querySelector("a"))?.focus();

document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target; // what is open below a message is closed by the same link
  if (!target.matches?.(".acts") || !event.detail.elt.matches("a") || !target.children.length) return;
  target.replaceChildren();
  event.preventDefault();
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "attached") text.focus();
  if (detail.target.matches(".acts")) detail.target.querySelector("input:not([type=hidden]), textarea, button, summary")?.focus();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const line = detail.requestConfig.elt.closest(".acts")?.closest("li"); // as it was; another one stands in its place
  if (line && detail.xhr.status === 200) back(document.getElementById(line.id));
});

// --- how far one has read --------------------------------------------------------------------------

document.addEventListener("visibilitychange", () => {
  const cursor = document.getElementById("cursor");
  if (document.visibilityState !== "hidden" || !cursor || !room.dataset.read) return;
  const body = new URLSearchParams(new FormData(cursor));
  body.set("csrfmiddlewaretoken", say.elements.namedItem("csrfmiddlewaretoken").value);
  fetch(room.dataset.read, { method: "POST", body, keepalive: true, redirect: "manual" });
});
