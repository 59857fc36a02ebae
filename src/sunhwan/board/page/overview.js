// The charts of whole trainings, several runs laid over each other.

import { addChart, brief, color, dash, dashWords, extremes, faint, fill, iterations, line, logAxis, markDirty, pick, ramp, series } from "./charts.js";
import { factsOf, linesOf, mainRun, placeOf, store } from "./store.js";
import { word } from "./words.js";

const BAND = [1e-4, 1e-2];
const FEW = 4;
let metric = "loss";

export function buildOverview() {
  const score = document.getElementById("score-charts");
  const metrics = pick(word("scoreByEpoch"), [["loss", "loss"]], "loss", (value) => {
    metric = value;
    markDirty(overview[1]);
  });
  const overview = [
    addChart(score, { title: word("scoreByIteration"), draw: drawLoss }),
    addChart(score, { title: word("scoreByEpoch"), draw: () => drawEpochs(metrics), tools: [metrics] }),
    addChart(score, { title: word("learningRate"), size: "third", draw: () => drawFact("rate", 1) }),
    addChart(score, { title: word("milliseconds"), size: "third", draw: drawTime }),
    addChart(score, { title: word("memory"), size: "third", draw: () => drawFact("memory", 1e-6) }),
  ];
  const updates = document.getElementById("update-charts");
  overview.push(
    addChart(updates, { title: word("ratio"), size: "tall", draw: drawRatio }),
    addChart(updates, { title: word("gradients"), size: "tall", draw: () => drawByLayer("gradient") }),
    addChart(updates, { title: word("reach"), size: "wide", draw: drawReach, hint: word("reachHint") }),
  );
  return overview;
}

function several() {
  return store.chosen.length > 1;
}

function labelled(run, text) {
  return several() ? `${run}: ${text}` : text;
}

export function smooth(values, counts) {
  let mean = null;
  return values.map((value, number) => {
    if (value === null) return mean;
    const share = mean === null ? 1 : Math.min(1, Math.max(counts[number] / 50, 2 / values.length));
    mean = mean === null ? value : mean + share * (value - mean);
    return mean;
  });
}

function drawLoss() {
  const traces = [];
  let last = "";
  for (const run of store.chosen) {
    const lines = linesOf(run, "steps");
    const shade = series(placeOf(run));
    const x = lines.map((one) => one.s);
    const loss = lines.map((one) => one.loss);
    const range = { hoverinfo: "skip", showlegend: false, line: { width: 0 } };
    traces.push(line(x, lines.map((one) => one.low), run, shade, range));
    traces.push(
      line(x, lines.map((one) => one.high), run, shade, {
        ...range, fill: "tonexty", fillcolor: faint(shade, 0.18), mode: "lines",
      }),
    );
    traces.push(line(x, smooth(loss, lines.map((one) => one.n)), labelled(run, word("smoothed")), shade));
    if (run === mainRun() && lines.length) last = brief(loss.at(-1));
  }
  return { traces, last, layout: { xaxis: iterations(), ...(several() ? {} : { showlegend: false }) } };
}

function drawEpochs(metrics) {
  const names = new Set(["loss"]);
  for (const run of store.chosen) {
    for (const name of Object.keys(linesOf(run, "epochs")[0]?.logs ?? {})) {
      if (!name.startsWith("val_") && name !== "learning_rate") names.add(name);
    }
  }
  if (!names.has(metric)) metric = "loss";
  fill(metrics, [...names].map((name) => [name, name.replaceAll("_", " ")]), metric);
  const traces = [];
  let last = "";
  for (const run of store.chosen) {
    const lines = linesOf(run, "epochs");
    const shade = series(several() ? placeOf(run) : 0);
    const other = several() ? shade : series(1);
    for (const [key, text, tone, style] of [
      [metric, word("training"), shade, "solid"],
      [`val_${metric}`, word("validation"), other, several() ? "dot" : "solid"],
    ]) {
      const own = lines.filter((one) => one.logs[key] !== undefined);
      if (!own.length) continue;
      const few = own.length <= 40;
      traces.push(
        line(own.map((one) => one.e), own.map((one) => one.logs[key]), labelled(run, text), tone, {
          mode: few ? "lines+markers" : "lines", line: { dash: style },
        }),
      );
      if (run === mainRun()) last += `${last && ", "}${text} ${brief(own.at(-1).logs[key])}`;
    }
  }
  const whole = { title: word("epoch"), tickformat: "d", rangemode: "tozero" };
  return { traces, last, layout: { xaxis: whole } };
}

function drawFact(name, factor) {
  const traces = [];
  let last = "";
  for (const run of store.chosen) {
    const lines = linesOf(run, "snapshots");
    const values = lines.map((one) => (one[name] ? one[name] * factor : null));
    traces.push(line(lines.map((one) => one.s), values, run, series(placeOf(run))));
    if (run === mainRun() && values.length) last = brief(values.at(-1));
  }
  return { traces, last, layout: { showlegend: false, yaxis: { rangemode: "tozero" } } };
}

function drawTime() {
  const traces = [];
  let last = "";
  for (const run of store.chosen) {
    const lines = linesOf(run, "steps").filter((one) => one.ms !== null);
    const x = lines.map((one) => one.s);
    const y = lines.map((one) => one.ms);
    const even = smooth(y, lines.map((one) => one.n));
    traces.push(line(x, even, run, series(placeOf(run))));
    if (run === mainRun() && y.length) last = brief(even.at(-1));
  }
  return { traces, last, layout: { showlegend: false, yaxis: { rangemode: "tozero" } } };
}

// A color for each layer and a dash for each run; where the runs are many the other way round.
function look(run, number, place, count) {
  if (store.chosen.length > FEW) return { tone: series(placeOf(run)), style: dash(place) };
  return { tone: ramp(place, count), style: dash(number) };
}

function layerTraces(name) {
  const traces = [];
  store.chosen.forEach((run, number) => {
    const lines = linesOf(run, "snapshots");
    const layers = factsOf(run)?.model?.layers ?? [];
    const learning = layers.filter((layer) => layer.parameters);
    learning.forEach((layer, place) => {
      const own = lines.filter((one) => one.layers[layer.name]?.[name] > 0);
      if (!own.length) return;
      const y = own.map((one) => one.layers[layer.name][name]);
      const { tone, style } = look(run, number, place, learning.length);
      traces.push(
        line(own.map((one) => one.s), y, layer.name, tone, {
          line: { dash: style, width: 1.6 },
          hovertemplate: `%{y:.1e} ${several() ? run : ""}`,
          legendgroup: `layer ${place}`,
          showlegend: number === 0 && store.chosen.length <= FEW,
        }),
      );
    });
  });
  return traces;
}

// How the lines differ, of several runs or of many layers.
function differences() {
  const layers = (factsOf(mainRun())?.model?.layers ?? []).filter((layer) => layer.parameters);
  if (store.chosen.length > FEW) return dashWords(layers.slice(0, FEW).map((layer) => layer.name));
  if (several()) return dashWords(store.chosen);
  return layers.length > 12 ? word("byDepth") : "";
}

function drawRatio() {
  const traces = layerTraces("ratio");
  const [least, most] = extremes(traces);
  const low = Math.min(BAND[0] / 10, least);
  const high = Math.max(BAND[1] * 10, most);
  return {
    traces,
    last: differences(),
    layout: {
      xaxis: iterations(),
      yaxis: { type: "log", dtick: 1, tickformat: ".0e", range: [Math.log10(low) - 0.1, Math.log10(high) + 0.1] },
      shapes: [
        { type: "rect", xref: "paper", x0: 0, x1: 1, y0: BAND[0], y1: BAND[1], line: { width: 0 },
          fillcolor: color("band"), layer: "below" },
      ],
      annotations: [
        { xref: "paper", x: 0.995, xanchor: "right", y: Math.log10(BAND[0]), yanchor: "bottom",
          text: word("band"), showarrow: false, font: { size: 11, color: color("good") } },
      ],
    },
  };
}

function drawByLayer(name) {
  const traces = layerTraces(name);
  return { traces, last: differences(), layout: { xaxis: iterations(), yaxis: logAxis(traces) } };
}

// Of each recurrent layer the newest of the snapshots that show it.
function drawReach() {
  const traces = [];
  const words = [];
  store.chosen.forEach((run, number) => {
    const layers = factsOf(run)?.model?.layers ?? [];
    const learning = layers.filter((layer) => layer.parameters);
    learning.forEach((layer, place) => {
      const { tone: own, style } = look(run, number, place, learning.length);
      const latest = linesOf(run, "snapshots").findLast((one) => one.layers[layer.name]?.reach);
      for (const [owner, [x, y]] of Object.entries(latest?.layers[layer.name].reach ?? {})) {
        const name = owner ? `${layer.name}/${owner}` : layer.name;
        const tone = owner.startsWith("backward") ? faint(own, 0.6) : own;
        traces.push(
          line(x, y, labelled(run, name), tone, { line: { dash: style }, hovertemplate: "%{y:.1e}" }),
        );
        const half = x[y.findIndex((one) => one < y[0] / 2)];
        if (half) words.push(`${labelled(run, name)} ${word("halfLife", { steps: half })}`);
      }
    });
  });
  const xaxis = { title: word("back"), rangemode: "tozero" };
  return {
    traces, hidden: !traces.length, last: words.slice(0, FEW).join(", ") + (words.length > FEW ? " …" : ""),
    layout: { xaxis, yaxis: { ...logAxis(traces), ...above(traces, 1e-14) } },
  };
}

// The range of a logarithmic axis without what is smaller than that share of the largest value.
function above(traces, share) {
  const [smallest, most] = extremes(traces);
  const least = Math.max(most * share, smallest);
  const dtick = Math.max(1, Math.ceil(Math.log10(most / least) / 6));
  return { dtick, range: [Math.log10(least) - 0.2, Math.log10(most) + 0.2] };
}

export function health(ratio) {
  if (ratio === null || ratio === undefined) return "";
  if (ratio < BAND[0]) return "small";
  return ratio > BAND[1] ? "large" : "healthy";
}
