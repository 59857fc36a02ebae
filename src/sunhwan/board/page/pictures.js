// The figures that were kept in the records of the chosen runs.

import { factsOf, store } from "./store.js";

let shown = "";

export function drawPictures() {
  const pictures = store.chosen.flatMap((run) =>
    Object.entries(factsOf(run)?.pictures ?? {}).map(([name, drawn]) => ({ run, name, drawn })),
  );
  const now = JSON.stringify(pictures);
  if (now === shown) return;
  shown = now;
  document.getElementById("pictures").hidden = !pictures.length;
  document.getElementById("picture-list").replaceChildren(...pictures.map(figureOf));
}

function figureOf({ run, name, drawn }) {
  const figure = document.createElement("figure");
  figure.className = "picture";
  const caption = document.createElement("figcaption");
  caption.textContent = store.chosen.length > 1 ? `${name}, ${run}` : name;
  const image = document.createElement("img");
  image.alt = caption.textContent;
  const query = new URLSearchParams({ run, name, drawn });
  image.src = `picture?${query}`;
  figure.append(caption, image);
  return figure;
}
