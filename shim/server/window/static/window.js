// The window's behaviour: keys, and a run that is shown while it goes on.  Every page works without it.
"use strict";

const PLACES = { t: "/ui/threads", r: "/ui/runs", a: "/ui/assistants" };
let going = false;

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]") !== null;
}

function move(step) {
  const rows = [...document.querySelectorAll(".row, .call, .card")];
  rows.filter((row) => row.tabIndex < 0).forEach((row) => { row.tabIndex = 0; });
  const next = rows[Math.min(Math.max(rows.indexOf(document.activeElement) + step, 0), rows.length - 1)];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
    return;
  }
  const place = going ? PLACES[event.key] : undefined;
  going = event.key === "g";
  if (place) {
    location.assign(place);
  } else if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search").select();
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  }
});

// What the reader has opened and where he stands stays so when the page changes under him.
function show(part, html) {
  const key = (element) => element.dataset.key;
  const open = new Set([...part.querySelectorAll("details[open]")].map(key));
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((each) => { each.open = open.has(key(each)); });
  if (focused) {
    document.getElementById(focused)?.focus();
  }
}

const part = document.querySelector("[data-live]");
if (part) {
  const source = new EventSource(part.dataset.live);
  source.addEventListener("change", (event) => show(part, JSON.parse(event.data)));
  source.addEventListener("end", () => source.close());
  addEventListener("pagehide", () => source.close());
}
