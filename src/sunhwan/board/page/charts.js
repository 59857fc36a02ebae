// Charts in the page's colors. A chart is drawn anew when it is in sight and something is new.

import { word } from "./words.js";

const charts = [];
const inSight = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    entry.target.chart.seen = entry.isIntersecting;
  }
  drawSoon();
});

export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const OWN = 8; // colors that the style sheet gives

export function series(number) {
  return number < OWN ? color(`c${number}`) : hue(number * 137.5);
}

// Of things in a row: the first eight colors, or from blue to orange where there are more.
export function ramp(number, count) {
  return count <= OWN ? series(number) : hue(220 + (170 * number) / (count - 1));
}

function hue(angle) {
  const light = matchMedia("(prefers-color-scheme: dark)").matches ? 0.7 : 0.45;
  const part = (place) => {
    const k = (place + angle / 30) % 12;
    const value = light - 0.65 * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value).toString(16).padStart(2, "0");
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

export function faint(hex, share) {
  const [r, g, b] = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${share})`;
}

// figure: {title, size, draw() -> {traces, layout, last}, tools: [elements], under: element}
export function addChart(parent, { title, size = "", draw, tools = [], under = null, hint = "" }) {
  const figure = document.createElement("figure");
  figure.className = size;
  const caption = document.createElement("figcaption");
  const name = document.createElement("span");
  name.textContent = title;
  const last = document.createElement("span");
  last.className = "last";
  caption.append(name, last);
  if (tools.length) {
    const box = document.createElement("span");
    box.className = "tools";
    box.append(...tools);
    caption.append(box);
  }
  const said = document.createElement("p");
  said.className = "hint";
  said.textContent = hint;
  said.hidden = !hint;
  const plot = document.createElement("div");
  plot.className = "plot";
  plot.setAttribute("role", "img");
  plot.setAttribute("aria-label", title);
  figure.append(caption, said, plot);
  if (under) figure.append(under);
  parent.append(figure);
  const chart = { figure, plot, name, last, title, draw, dirty: true, seen: false };
  figure.chart = chart;
  charts.push(chart);
  inSight.observe(figure);
  return chart;
}

export function removeCharts(parent) {
  for (const figure of parent.querySelectorAll("figure")) {
    inSight.unobserve(figure);
    Plotly.purge(figure.chart.plot);
    charts.splice(charts.indexOf(figure.chart), 1);
  }
  parent.replaceChildren();
}

export function markDirty(...some) {
  for (const chart of some.length ? some : charts) chart.dirty = true;
  drawSoon();
}

let waiting = false;

function drawSoon() {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    for (const chart of charts) if (chart.dirty && (chart.seen || chart.figure.hidden)) drawNow(chart);
  }, 120);
}

function drawNow(chart) {
  chart.dirty = false;
  const { traces, layout = {}, last = "", hidden = false, title } = chart.draw();
  chart.figure.hidden = hidden;
  if (hidden) return;
  if (title) chart.name.textContent = title;
  chart.last.textContent = last;
  chart.plot.setAttribute("aria-label", `${chart.name.textContent} ${last}`);
  Plotly.react(chart.plot, traces, wholeLayout({ ...uncrowded(traces), ...layout }), {
    displayModeBar: false,
    responsive: true,
    doubleClick: "reset",
  });
}

// Of many lines no legend, and the name of the one under the pointer alone.
function uncrowded(traces) {
  const named = traces.filter((trace) => trace.showlegend !== false).length;
  return named > OWN || traces.length > 40 ? { showlegend: false, hovermode: "closest" } : {};
}

function wholeLayout(layout) {
  const axis = {
    gridcolor: color("grid"),
    linecolor: color("line"),
    zerolinecolor: color("line"),
    tickfont: { color: color("soft"), size: 11 },
    title: { font: { color: color("soft"), size: 11 }, standoff: 4 },
    automargin: true,
    exponentformat: "power",
    fixedrange: matchMedia("(pointer: coarse)").matches,
  };
  const title = (one) => (one?.title ? { title: { ...axis.title, text: one.title } } : {});
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(document.body).fontFamily, color: color("ink"), size: 12 },
    margin: { l: 46, r: 12, t: 6, b: 34 },
    hovermode: "x unified",
    hoverlabel: {
      bgcolor: color("card"),
      bordercolor: color("line"),
      font: { color: color("ink"), size: 12 },
      namelength: -1,
    },
    legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom", font: { size: 11 } },
    showlegend: true,
    uirevision: "same",
    ...layout,
    xaxis: { ...axis, zeroline: false, ...layout.xaxis, ...title(layout.xaxis) },
    yaxis: { ...axis, zeroline: false, ...layout.yaxis, ...title(layout.yaxis) },
  };
}

// Whole powers of ten, and between them only where there are few.
export function logAxis(traces) {
  const [least, most] = extremes(traces);
  const span = most > 0 ? Math.log10(most / least) : 0;
  return { type: "log", dtick: span > 1.5 ? Math.ceil(span / 6) : "D2", tickformat: ".0e" };
}

// The least and the largest of the values above zero.
export function extremes(traces) {
  let [least, most] = [Infinity, 0];
  for (const { y } of traces) {
    for (const value of y) {
      if (value > 0 && value < least) least = value;
      if (value > most) most = value;
    }
  }
  return [least, most];
}

export function line(x, y, name, shade, more = {}) {
  return {
    x,
    y,
    name,
    type: "scatter",
    mode: x.length < 2 ? "markers" : "lines",
    line: { color: shade, width: 1.8, ...more.line },
    marker: { color: shade, size: 6 },
    hovertemplate: "%{y:.4~g}",
    ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== "line")),
  };
}

export function pick(label, options, chosen, onChange) {
  const select = document.createElement("select");
  select.setAttribute("aria-label", label);
  fill(select, options, chosen);
  select.addEventListener("change", () => onChange(select.value));
  return select;
}

export function fill(select, options, chosen) {
  const known = [...select.options].map((option) => option.value).join("\n");
  if (known !== options.map(([value]) => value).join("\n")) {
    select.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
  }
  select.value = chosen;
}

export function brief(number) {
  if (number === null || number === undefined) return "–";
  if (number !== 0 && (Math.abs(number) < 1e-3 || Math.abs(number) >= 1e5)) {
    return number.toExponential(1);
  }
  return String(Number(number.toPrecision(4)));
}

// Lines that differ in what they belong to.
export function dash(number) {
  return ["solid", "dot", "dash", "dashdot"][number % 4];
}

export function dashWords(names) {
  const marks = ["───", "·····", "─ ─ ─", "─ · ─"];
  return names.map((name, number) => `${marks[number % 4]} ${name}`).join("   ");
}

export const iterations = () => ({ title: word("iteration") });

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => markDirty());
