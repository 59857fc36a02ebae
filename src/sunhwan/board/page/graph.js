// The model's graph: a button for each layer, in rows by its distance from the inputs.

import { brief } from "./charts.js";
import { factsOf, linesOf, mainRun, store, tell } from "./store.js";
import { health } from "./overview.js";
import { word } from "./words.js";

const WIDTH = 196;
const HEIGHT = 74;
const DATA = { width: 120, height: 30 };
const GAP = { x: 18, y: 26 };
let drawn = "";

export function drawGraph() {
  const graph = document.getElementById("graph");
  const model = factsOf(mainRun())?.model;
  document.getElementById("model").hidden = !model;
  if (!model) return;
  const key = JSON.stringify(model);
  if (key !== drawn) {
    drawn = key;
    build(graph, model);
  }
  const latest = linesOf(mainRun(), "snapshots").at(-1);
  if (!model.layers.some((layer) => layer.name === store.layer)) {
    store.layer = firstLayer(model, latest);
  }
  for (const button of graph.querySelectorAll("button")) {
    const state = health(latest?.layers[button.dataset.layer]?.ratio);
    button.className = state;
    button.setAttribute("aria-pressed", String(button.dataset.layer === store.layer));
    button.title = state ? word(`layer${state[0].toUpperCase()}${state.slice(1)}`) : "";
  }
}

// The first recurrent layer; once there is a snapshot, which tells.
function firstLayer(model, latest) {
  if (!latest) return null;
  const recurrent = model.layers.find((layer) => Object.keys(latest.layers[layer.name]?.gates ?? {}).length);
  return (recurrent ?? model.layers.find((layer) => layer.parameters) ?? model.layers[0])?.name ?? null;
}

function build(graph, model) {
  const inputs = new Set(model.layers.flatMap((layer) => layer.inputs));
  for (const layer of model.layers) inputs.delete(layer.name);
  const depth = new Map([...inputs].map((name) => [name, 0]));
  for (const layer of model.layers) {
    depth.set(layer.name, 1 + Math.max(0, ...layer.inputs.map((name) => depth.get(name) ?? 0)));
  }
  const rows = [];
  for (const [name, row] of depth) (rows[row] ??= []).push(name);
  const widest = Math.max(...rows.map((row) => row.length));
  const total = widest * WIDTH + (widest - 1) * GAP.x;
  const places = new Map();
  let top = 4;
  for (const [number, row] of rows.entries()) {
    const size = number ? { width: WIDTH, height: HEIGHT } : DATA;
    const taken = row.length * size.width + (row.length - 1) * GAP.x;
    row.forEach((name, place) => {
      const left = 4 + (total - taken) / 2 + place * (size.width + GAP.x);
      places.set(name, { left, top, ...size });
    });
    top += size.height + GAP.y;
  }
  const items = [lines(model, places, total, top)];
  for (const name of inputs) {
    const box = document.createElement("div");
    box.className = "data";
    box.textContent = name.replace("input", word("input"));
    items.push(put(box, places.get(name)));
  }
  for (const layer of model.layers) items.push(put(nodeOf(layer), places.get(layer.name)));
  graph.replaceChildren(...items);
  graph.style.minHeight = `${Math.min(top, 740)}px`;
  graph.style.minWidth = `${Math.min(total + 12, 440)}px`;
}

function nodeOf(layer) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.layer = layer.name;
  const parts = [
    ["strong", layer.name],
    ["small", `${layer.type} ${layer.trainable || !layer.parameters ? "" : `(${word("frozen")})`}`],
    ["small", `${layer.shape} · ${layer.parameters.toLocaleString()}`],
  ];
  for (const [tag, text] of parts) {
    const part = document.createElement(tag);
    part.textContent = text;
    button.append(part);
  }
  button.addEventListener("click", () => {
    store.layer = layer.name;
    tell("layer");
    if (matchMedia("(max-width: 900px)").matches) {
      document.getElementById("layer").scrollIntoView({ block: "start" });
    }
  });
  return button;
}

function put(element, place) {
  element.style.left = `${place.left}px`;
  element.style.top = `${place.top}px`;
  return element;
}

function lines(model, places, width, height) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("width", width + 8);
  svg.setAttribute("height", height);
  svg.setAttribute("aria-hidden", "true");
  for (const layer of model.layers) {
    for (const name of layer.inputs) {
      const [from, to] = [places.get(name), places.get(layer.name)];
      if (!from || !to) continue;
      const [x0, y0] = [from.left + from.width / 2, from.top + from.height];
      const [x1, y1] = [to.left + to.width / 2, to.top];
      const path = document.createElementNS(space, "path");
      path.setAttribute("d", `M${x0} ${y0} C${x0} ${(y0 + y1) / 2} ${x1} ${(y0 + y1) / 2} ${x1} ${y1}`);
      svg.append(path);
    }
  }
  return svg;
}

export function layerWords() {
  const run = mainRun();
  const layer = factsOf(run)?.model?.layers.find((one) => one.name === store.layer);
  if (!layer) return ["", ""];
  const latest = linesOf(run, "snapshots").at(-1)?.layers[layer.name];
  const words = [`${layer.type} ${layer.shape}`, `${layer.parameters.toLocaleString()} ${word("value")}`];
  const state = health(latest?.ratio);
  if (state) {
    const text = word(`layer${state[0].toUpperCase()}${state.slice(1)}`);
    words.push(`${text} (${brief(latest.ratio)})`);
  }
  if (latest?.silent > 0) words.push(word("silent", { share: brief(100 * latest.silent) }));
  return [layer.name, words.join(" · ")];
}
