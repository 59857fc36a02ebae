// Server-sent events: what is new.

import { addLines, forget, store, tell } from "./store.js";
import { word } from "./words.js";

let source = null;

export function follow() {
  source?.close();
  forget();
  const query = store.chosen.map((name) => `run=${encodeURIComponent(name)}`).join("&");
  const state = document.getElementById("connection");
  source = new EventSource(`events?${query}`);
  source.addEventListener("open", () => {
    forget(); // after a break all is sent again
    state.textContent = word("connected");
  });
  source.addEventListener("error", () => {
    state.textContent = word("lost_connection");
  });
  source.addEventListener("runs", (event) => {
    store.runs = JSON.parse(event.data);
    tell("runs");
  });
  source.addEventListener("lines", (event) => {
    const part = JSON.parse(event.data);
    addLines(part);
    tell(part.kind);
  });
}

export async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error ?? answer.statusText);
  return found;
}
