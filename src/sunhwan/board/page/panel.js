// The list of runs, the control of a training, its facts and its messages.

import { follow, post } from "./feed.js";
import { brief, series } from "./charts.js";
import { factsOf, linesOf, mainRun, placeOf, store, tell } from "./store.js";
import { language, word } from "./words.js";

const MANY = 8; // runs, from which on one may look for some of them
const LISTED = 300;
const TOGETHER = 24; // runs that one click lays over each other

export function buildPanel() {
  const filter = document.getElementById("filter");
  filter.placeholder = word("filter");
  filter.setAttribute("aria-label", word("filter"));
  filter.addEventListener("input", drawRuns);
  document.getElementById("all").addEventListener("click", () => {
    store.byHand = true;
    const found = foundRuns().slice(0, TOGETHER).map((facts) => facts.name);
    choose(areChosen(found) ? found.slice(0, 1) : found);
    drawRuns();
  });
  if (matchMedia("(max-width: 900px)").matches) document.getElementById("runs-panel").open = false;
  const answer = document.getElementById("answer");
  document.getElementById("rate-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const rate = Number(document.getElementById("rate").value.replace(",", "."));
    send("learning_rate", { run: running(), rate });
  });
  const stop = document.getElementById("stop");
  stop.addEventListener("click", () => {
    if (!stop.classList.contains("sure")) {
      stop.classList.add("sure");
      stop.textContent = word("sure");
      setTimeout(calm, 4000);
      return;
    }
    calm();
    send("stop", { run: running() });
  });
  function calm() {
    stop.classList.remove("sure");
    stop.textContent = word("stop");
  }
  async function send(path, body) {
    try {
      await post(path, body);
      answer.textContent = word("asked");
    } catch (error) {
      answer.textContent = error.message;
    }
  }
}

function running() {
  return store.chosen.find((name) => factsOf(name)?.state === "running");
}

export function drawRuns() {
  chooseNewest();
  const list = document.getElementById("runs");
  const focused = document.activeElement?.dataset?.run;
  const found = foundRuns();
  list.replaceChildren(...found.slice(0, LISTED).map(itemOf));
  if (found.length > LISTED) {
    const more = document.createElement("li");
    more.textContent = word("more", { count: (found.length - LISTED).toLocaleString() });
    list.append(more);
  }
  document.getElementById("choice").hidden = store.runs.length < MANY;
  const together = found.slice(0, TOGETHER).map((facts) => facts.name);
  const all = document.getElementById("all");
  all.textContent = word(areChosen(together) ? "one" : "all", { count: together.length });
  all.disabled = together.length < 2;
  if (focused) list.querySelector(`[data-run="${CSS.escape(focused)}"]`)?.focus();
  const nothing = document.getElementById("nothing");
  nothing.hidden = store.chosen.length > 0;
  nothing.textContent = store.runs.length ? word("noneChosen") : word("nothing", { folder: "runs" });
  for (const name of ["score", "updates", "model"]) {
    document.getElementById(name).hidden = !store.chosen.length;
  }
  drawControl();
}

function foundRuns() {
  const text = document.getElementById("filter").value.trim().toLowerCase();
  return store.runs.filter((facts) => facts.name.toLowerCase().includes(text));
}

function areChosen(names) {
  return names.length > 0 && names.every((name) => store.chosen.includes(name));
}

// As long as the user has chosen none: the newest run.
function chooseNewest() {
  const known = store.chosen.filter((name) => factsOf(name));
  const wanted = store.byHand ? known : store.runs.slice(0, 1).map((facts) => facts.name);
  if (wanted.join("\n") !== store.chosen.join("\n")) choose(wanted);
}

function choose(names) {
  store.chosen = names;
  follow();
  tell("chosen");
}

function itemOf(facts) {
  const chosen = store.chosen.includes(facts.name);
  const item = document.createElement("li");
  item.className = facts.state;
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = chosen;
  box.dataset.run = facts.name;
  box.addEventListener("change", () => {
    store.byHand = true;
    const others = store.chosen.filter((name) => name !== facts.name);
    choose(box.checked ? [...others, facts.name] : others);
    drawRuns();
  });
  const swatch = document.createElement("span");
  swatch.className = "swatch";
  if (chosen) swatch.style.background = series(placeOf(facts.name));
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = facts.name;
  const state = document.createElement("span");
  state.className = "state";
  state.textContent = word(facts.state);
  if (facts.error) state.title = facts.error;
  name.append(state);
  label.append(box, swatch, name);
  item.append(label);
  return item;
}

function drawControl() {
  const run = running();
  document.getElementById("control").hidden = !run;
  if (run) document.getElementById("control-run").textContent = run;
}

export function drawFacts() {
  const run = mainRun();
  const facts = factsOf(run);
  const list = document.getElementById("facts");
  if (!facts) {
    list.replaceChildren();
    return;
  }
  const steps = linesOf(run, "steps").at(-1);
  const epoch = linesOf(run, "epochs").at(-1)?.e ?? 0;
  const rate = document.getElementById("rate");
  rate.placeholder = brief(linesOf(run, "snapshots").at(-1)?.rate);
  const pairs = [
    ["model", facts.model?.name],
    ["parameters", facts.model?.parameters?.toLocaleString()],
    ["optimizer", facts.optimizer],
    ["loss", facts.loss],
    ["epochs", facts.epochs ? `${epoch} / ${facts.epochs}` : epoch],
    ["steps", steps ? (steps.s + 1).toLocaleString() : "0"],
    ["threads", facts.threads && `${facts.threads}, ${facts.instructions}`],
  ];
  list.replaceChildren(
    ...pairs.filter(([, value]) => value !== undefined && value !== null).map(([name, value]) => {
      const pair = document.createElement("div");
      const [key, text] = ["dt", "dd"].map((tag) => document.createElement(tag));
      key.textContent = word(name);
      text.textContent = value;
      pair.append(key, text);
      return pair;
    }),
  );
}

let told = "";

export function drawMessages() {
  const lines = linesOf(mainRun(), "messages");
  document.getElementById("messages").hidden = !lines.length;
  const key = JSON.stringify([mainRun(), lines]);
  if (key === told) return;
  told = key;
  const items = [...lines].reverse().map((one) => {
    const item = document.createElement("li");
    item.className = one.level;
    item.textContent = one.words[language] ?? one.words.en;
    const when = document.createElement("span");
    when.className = "when";
    const layer = one.layer ? `${one.layer}, ` : "";
    when.textContent = `${layer}${word("iteration")} ${one.s.toLocaleString()}`;
    item.append(when);
    return item;
  });
  document.getElementById("message-list").replaceChildren(...items);
}
