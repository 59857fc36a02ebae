// What the page knows: the runs, which of them are chosen, and their lines.

const KINDS = ["steps", "epochs", "snapshots", "messages"];
const MOST_LINES = { steps: 3000, snapshots: 1000 };

export const store = {
  runs: [], // facts, the newest first
  chosen: [], // names, the first is the one whose layers are shown
  byHand: false, // whether the user has chosen
  layer: null,
  lines: new Map(), // name -> kind -> lines
};

const listeners = [];

export function listen(listener) {
  listeners.push(listener);
}

export function tell(what) {
  for (const listener of listeners) listener(what);
}

export function linesOf(run, kind) {
  return store.lines.get(run)?.[kind] ?? [];
}

export function factsOf(run) {
  return store.runs.find((facts) => facts.name === run);
}

export function mainRun() {
  return store.chosen[0];
}

export function forget() {
  store.lines = new Map();
}

export function addLines({ run, kind, again, lines }) {
  if (!store.lines.has(run)) {
    store.lines.set(run, Object.fromEntries(KINDS.map((one) => [one, []])));
  }
  const kinds = store.lines.get(run);
  if (again) kinds[kind] = [];
  const all = kinds[kind];
  all.push(...lines);
  if (all.length > MOST_LINES[kind]) {
    // Every second one of those that are old; the newest stay as they are.
    const half = all.length >> 1;
    kinds[kind] = all.filter((line, number) => number % 2 || number >= half);
  }
}

// A color for each run that is chosen, the same one as long as it is.
const places = new Map();

export function placeOf(run) {
  for (const name of [...places.keys()]) if (!store.chosen.includes(name)) places.delete(name);
  if (!places.has(run)) {
    const taken = new Set(places.values());
    let free = 0;
    while (taken.has(free)) free += 1;
    places.set(run, free);
  }
  return places.get(run);
}
