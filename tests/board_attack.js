// Run in a foreign page: (address of the board, done).
const [address, done] = arguments;
const got = {};
const tried = (name, promise) =>
  promise.then((value) => { got[name] = value; }, () => { got[name] = "refused"; });
const loaded = (element) =>
  new Promise((resolve, reject) => {
    element.onload = () => resolve("loaded");
    element.onerror = () => reject(new Error());
    document.body.append(element);
  });

const script = document.createElement("script");
script.src = `${address}static/board.js`;
const frame = document.createElement("iframe");
frame.src = address;

Promise.all([
  tried("runs", fetch(`${address}runs`).then((answer) => answer.text())),
  tried("opaque", fetch(`${address}runs`, { mode: "no-cors" }).then(
    (answer) => answer.text().then((text) => text.length)).catch(() => 0)),
  tried("post", fetch(`${address}stop`, {
    method: "POST", body: JSON.stringify({ run: "first" }),
  }).then((answer) => answer.text())),
  tried("blind", fetch(`${address}stop`, {
    method: "POST", mode: "no-cors", body: JSON.stringify({ run: "first" }),
  }).then(() => "sent")),
  tried("events", new Promise((resolve, reject) => {
    const source = new EventSource(`${address}events?run=first`);
    source.onmessage = resolve;
    source.addEventListener("runs", () => resolve("heard"));
    source.onerror = () => { source.close(); reject(new Error()); };
  })),
  tried("script", loaded(script)),
  tried("frame", loaded(frame).then(() => {
    try {
      return frame.contentDocument?.body?.innerText ? "read" : "nothing";
    } catch {
      return "nothing";
    }
  })),
]).then(() => {
  delete got.blind;
  done(got);
});
