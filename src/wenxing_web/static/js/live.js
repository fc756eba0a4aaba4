// What happens elsewhere, while it happens. One connection a browser: the tab that holds the lock listens,
// and tells the others. Pages take part by reacting to `wenxing:<kind>` on the document, or to
// `wenxing:<kind>:<fact>` about one thing, mostly with hx-trigger; nothing here is needed for anything, a reload shows the same.

const KINDS = [
  "edition.published", "message.posted", "message.changed", "request.changed",
  "case.news", "plan.opened", "notice.new", "access.changed", "trace.ended",
];
const PATIENCE = 30_000; // milliseconds until the next try, after an answer that was no stream

const others = new BroadcastChannel("wenxing-live");
let last = ""; // the newest event that this browser has; a tab that takes over goes on from there

function hear({ kind, id, facts }) {
  last = id || last;
  document.dispatchEvent(new CustomEvent(`wenxing:${kind}`, { detail: facts }));
  for (const what of Object.values(facts)) document.dispatchEvent(new CustomEvent(`wenxing:${kind}:${what}`));
}

function tell(kind, message) {
  const event = { kind, id: message.lastEventId, facts: JSON.parse(message.data) };
  others.postMessage(event);
  hear(event);
}

function listen() {
  return new Promise((end) => {
    const source = new EventSource(last ? `/live?after=${last}` : "/live");
    for (const kind of ["hello", "stale", ...KINDS]) {
      source.addEventListener(kind, (message) => tell(kind, message));
    }
    source.addEventListener("elsewhere", () => { // too many of one account: not at once, please
      source.close();
      setTimeout(end, PATIENCE);
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      const message = { lastEventId: "", data: "{}" };
      tell("stream.ended", message); // perhaps nobody is signed in here any more
      setTimeout(end, PATIENCE);
    });
  });
}

async function lead() {
  for (;;) {
    if (navigator.locks) await navigator.locks.request("wenxing-live", listen);
    else await listen(); // the browser knows no locks outside https
  }
}

// Away for longer than events are kept: what the page shows may be old in any part of it.
let typed = false;
document.addEventListener("input", () => { typed = true; });
document.addEventListener("wenxing:stale", () => {
  const hint = document.getElementById("stale");
  if (typed && hint) hint.hidden = false; // what somebody is writing is not thrown away
  else location.reload();
});

others.addEventListener("message", ({ data }) => hear(data));
for (const element of document.querySelectorAll("[data-reload-on]")) {
  document.addEventListener(`wenxing:${element.dataset.reloadOn}`, () => location.reload());
}
// Whatever happened between the making of this page and now: those who care look once.
window.addEventListener("load", () => hear({ kind: "hello", id: "", facts: {} }));
lead();
