// Histograms of one parameter, its gradients or its updates, at any step that was recorded.

import { addChart, brief, markDirty, pick, series } from "./charts.js";
import { word } from "./words.js";

const PAUSE = 3000; // milliseconds between two questions to the server

export function histogramChart(place, run, parameters) {
  let path = parameters.find((one) => one.endsWith("/kernel")) ?? parameters[0];
  let kind = "value";
  let found = [];
  let asked = 0;
  let following = true;
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.setAttribute("aria-label", word("step"));
  const output = document.createElement("output");
  const under = document.createElement("div");
  under.className = "steps";
  under.append(slider, output);
  slider.addEventListener("input", () => {
    following = Number(slider.value) === found.length - 1;
    markDirty(chart);
  });
  const kinds = ["value", "gradient", "update"].map((one) => [one, word(one)]);
  const names = parameters.map((one) => [one, one.split("/").slice(1).join("/")]);
  const tools = [
    pick(word("parameters"), names, path, (value) => {
      path = value;
      found = [];
      asked = 0;
      refresh();
    }),
    pick(word("histogram"), kinds, kind, (value) => {
      kind = value;
      markDirty(chart);
    }),
  ];
  const chart = addChart(place, { title: word("histogram"), size: "with-slider", draw, tools, under });

  async function refresh() {
    if (Date.now() - asked < PAUSE) return;
    asked = Date.now();
    const wanted = path;
    const query = new URLSearchParams({ run, parameter: wanted });
    const answer = await fetch(`histograms?${query}`);
    if (!answer.ok || wanted !== path) return;
    found = await answer.json();
    slider.max = Math.max(0, found.length - 1);
    if (following) slider.value = slider.max;
    markDirty(chart);
  }

  function draw() {
    const one = found[Number(slider.value)];
    if (!one) return { traces: [] };
    const [least, most, counts] = one[kind];
    const width = (most - least) / counts.length || 1e-9;
    const x = counts.map((_, number) => least + (number + 0.5) * width);
    const range = `${brief(least)} … ${brief(most)}`;
    output.textContent = `${word("step")} ${one.s.toLocaleString()}: ${range}`;
    const bars = {
      x, y: counts, type: "bar", width, marker: { color: series(0), line: { width: 0 } },
      hovertemplate: "%{x:.3~g}: %{y}<extra></extra>",
    };
    return {
      traces: [bars],
      layout: {
        showlegend: false, hovermode: "closest", bargap: 0.04, uirevision: `${path} ${kind}`,
        xaxis: { exponentformat: "e" },
        yaxis: { title: word("count"), rangemode: "tozero" },
      },
    };
  }

  refresh();
  return { refresh };
}
