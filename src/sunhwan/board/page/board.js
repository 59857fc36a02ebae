// The page: what is drawn anew when something is new.

import { markDirty } from "./charts.js";
import { follow } from "./feed.js";
import { drawGraph, layerWords } from "./graph.js";
import { drawLayer } from "./layer.js";
import { buildOverview } from "./overview.js";
import { buildPanel, drawFacts, drawMessages, drawRuns } from "./panel.js";
import { drawPictures } from "./pictures.js";
import { listen } from "./store.js";
import { translatePage } from "./words.js";

translatePage();
buildPanel();
const overview = buildOverview();

listen((what) => {
  if (what === "runs") drawRuns();
  if (what === "messages" || what === "chosen") drawMessages();
  if (what === "runs" || what === "chosen") drawPictures();
  if (what !== "layer") markDirty(...overview);
  drawFacts();
  if (what !== "steps" && what !== "epochs" && what !== "messages") {
    drawGraph();
    const [name, facts] = layerWords();
    document.getElementById("layer-title").textContent = name;
    document.getElementById("layer-facts").textContent = facts;
    drawLayer();
  }
});

follow();
