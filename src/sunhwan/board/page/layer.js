// The charts of one layer of the first run that is chosen.

import { addChart, dash, dashWords, faint, iterations, line, logAxis, markDirty, removeCharts, series } from "./charts.js";
import { histogramChart } from "./histogram.js";
import { linesOf, mainRun, store } from "./store.js";
import { word } from "./words.js";

let shown = "";
let charts = [];
let histograms = null;

export function drawLayer() {
  const run = mainRun();
  const latest = linesOf(run, "snapshots").at(-1);
  const own = latest?.layers[store.layer];
  const parameters = Object.keys(latest?.parameters ?? {}).filter((path) =>
    path.startsWith(`${store.layer}/`),
  );
  const gates = Object.keys(own?.gates ?? {});
  const key = JSON.stringify([run, store.layer, parameters, gates, Boolean(own)]);
  if (key !== shown) {
    shown = key;
    const place = document.getElementById("layer-charts");
    removeCharts(place);
    charts = [];
    histograms = null;
    if (own?.mean !== undefined) charts.push(addChart(place, { title: word("activations"), draw: drawActivations }));
    if (gates.length) {
      const what = gates.every((gate) => gate.split("/").at(-1) === "state") ? "State" : "";
      for (const [name, value] of [["gates", (g) => g[0]], ["saturated", (g) => g[1] + g[2]]]) {
        charts.push(addChart(place, { title: word(name + what), draw: () => drawGates(gates, value) }));
      }
    }
    for (const kind of parameters.length ? ["gradient", "update"] : []) {
      const title = `${word("parameterSpread")}: ${word(kind)}`;
      charts.push(addChart(place, { title, draw: () => drawSpread(parameters, kind) }));
    }
    if (parameters.length) histograms = histogramChart(place, run, parameters);
  }
  markDirty(...charts);
  histograms?.refresh();
}

function snapshots() {
  return linesOf(mainRun(), "snapshots").filter((one) => one.layers[store.layer]);
}

function drawActivations() {
  const lines = snapshots().filter((one) => one.layers[store.layer].mean !== undefined);
  const x = lines.map((one) => one.s);
  const own = lines.map((one) => one.layers[store.layer]);
  const shade = series(0);
  const edge = { hoverinfo: "skip", showlegend: false, line: { width: 0 }, mode: "lines" };
  return {
    traces: [
      line(x, own.map((one) => one.mean - one.spread), "", shade, edge),
      line(x, own.map((one) => one.mean + one.spread), word("spread"), shade, {
        ...edge, fill: "tonexty", fillcolor: faint(shade, 0.2), showlegend: true,
      }),
      line(x, own.map((one) => one.mean), word("mean"), shade),
    ],
    layout: { xaxis: iterations() },
  };
}

// Lines named "owner/name": the name has the color, the owner, of which there may be two, the dash.
function owned(names, valuesOf, x, more = {}) {
  const parts = names.map((name) => name.split("/"));
  const owners = [...new Set(parts.map((part) => part.slice(0, -1).join("/")))];
  const own = [...new Set(parts.map((part) => part.at(-1)))];
  const traces = names.map((name, number) => {
    const owner = owners.indexOf(parts[number].slice(0, -1).join("/"));
    const last = parts[number].at(-1);
    return line(x, valuesOf(name), last, series(own.indexOf(last)), {
      line: { dash: dash(owner) }, legendgroup: last, showlegend: owner === 0, ...more,
    });
  });
  return { traces, last: owners.length > 1 ? dashWords(owners) : "" };
}

function drawGates(gates, value) {
  const lines = snapshots();
  const valuesOf = (gate) =>
    lines.map((one) => {
      const found = one.layers[store.layer].gates?.[gate];
      return found && found[0] !== null ? value(found) : null;
    });
  const drawn = owned(gates, valuesOf, lines.map((one) => one.s));
  return { ...drawn, layout: { xaxis: iterations(), yaxis: { rangemode: "tozero" } } };
}

function drawSpread(parameters, kind) {
  const lines = linesOf(mainRun(), "snapshots").filter((one) => one.parameters[parameters[0]]);
  const names = parameters.map((path) => path.split("/").slice(1).join("/"));
  const valuesOf = (name) =>
    lines.map((one) => {
      const [, spread, size] = one.parameters[`${store.layer}/${name}`]?.[kind] ?? [];
      return spread || size || null; // of a single number there is no spread
    });
  const drawn = owned(names, valuesOf, lines.map((one) => one.s), { hovertemplate: "%{y:.1e}" });
  return { ...drawn, layout: { xaxis: iterations(), yaxis: logAxis(drawn.traces) } };
}
