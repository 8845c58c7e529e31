// Playground: points, a small network, training live; every weight, bias and picture opens its working.

import { ByHand } from "../by_hand.js";
import { Chart } from "../chart.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Net } from "../net.js";
import { Plane } from "../plane.js";

const ACTIVATIONS = ["tanh", "relu", "sigmoid", "leaky-relu", "softplus", "identity"];
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const STRENGTHS = [0, 0.0001, 0.001, 0.01, 0.1, 1];
const LATER = 300; // ms between two looks at the open number while training runs

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let settings = null;
  let running = false, refreshed = 0;
  const byHand = new ByHand(model, {
    invitation: "Choose a unit, a line, a bias, or a place on the picture, to see how its number was worked out.",
    set: (cell, value) => model.send({ kind: "set", cell, value }),
  });
  const hands = { open: (/** @type {string} */ cell) => byHand.start(cell) };
  const net = new Net(hands);
  const plane = new Plane({
    look: (x, y) => model.send({ kind: "look", x, y }),
    put: (x, y, label) => model.send({ kind: "point", x, y, label }),
  });
  const chart = new Chart("Loss");
  const controls = h("form", { class: "controls", on: { submit: (/** @type {Event} */ e) => e.preventDefault() } });
  const train = h("button", { type: "button", class: "primary", on: { click: () => model.send({ kind: "train", wanted: !running }) } }, "Train");
  const says = h("p", { class: "row", role: "status" });
  const checkup = h("section", { ariaLive: "polite", ariaLabel: "check-up" });
  const epoch = h("span", { class: "number" }, "epoch 0");
  const phase = h("div", { ariaLive: "polite" });
  const button = (/** @type {string} */ words, /** @type {() => void} */ click, title = "") => h("button", { type: "button", title, on: { click } }, words);

  fill(
    el,
    h("h1", {}, "Playground"),
    h("p", { class: "lead" }, "A small network learns to tell the points ● from the points ■: press Train and watch. Every square shows what one unit answers all over the plane, and every line is a weight."),
    controls,
    h(
      "p",
      { class: "row" },
      train,
      button("Step", () => model.send({ kind: "step" }), "one phase of one step: forward, loss, backward, update"),
      button("Rewind", () => model.send({ kind: "rewind" }), "the same first weights again"),
      button("Check up", () => model.send({ kind: "checkup" }), "why it does not learn, or that nothing is wrong"),
      button("New seed", () => change({ seed: Math.floor(Math.random() * 1e6) }), "other points, other first weights"),
      epoch,
    ),
    says,
    checkup,
    h(
      "div",
      { class: "play" },
      h("section", { ariaLabelledby: "net-heading" }, h("h2", { id: "net-heading" }, "What every unit sees"), net.element, phase),
      h("section", { ariaLabelledby: "plane-heading" }, h("h2", { id: "plane-heading" }, "What the network answers"), plane.element, legend(), own(), chart.element),
      byHand.element,
    ),
  );

  /** @param {Record<string, any>} changed */
  function change(changed) {
    settings = { ...settings, ...changed };
    remember();
    fill(phase);
    fill(says);
    model.send({ kind: "settings", settings });
  }

  function remember() {
    for (const [name, value] of Object.entries(settings)) model.set(name, Array.isArray(value) ? value.join("~") : value);
    model.save_changes();
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "all") begin(data, arrays);
    if (kind === "moment") moment(data, arrays);
    if (kind === "phase") showPhase(data);
    if (kind === "checkup") showCheckup(data);
    if (kind === "failed") fill(says, h("span", { class: "bad" }, data));
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function begin(data, arrays) {
    settings = data.settings;
    if (model.get("data") !== undefined && model.get("data") !== settings.data) remember(); // points of one's own
    fill(controls, makeControls(data));
    net.build(data.rows, settings.features);
    plane.give(/** @type {any} */ (arrays));
    fill(phase);
    fill(checkup);
    byHand.refresh();
  }

  /**
   * What the check-up found, in words.
   * @param {{ when: string, found: { kind: string, said: string, reason: string, cure: string }[] }} data
   */
  function showCheckup({ when, found }) {
    fill(
      checkup,
      h("h2", {}, when),
      found.length === 0 && h("p", {}, "Check-up: nothing was found that would keep it from learning."),
      h("ul", {}, found.map((f) => h("li", {}, h("b", {}, f.kind), `: ${f.said} ${f.reason}`, f.cure && h("p", { class: "quiet" }, "In Python: ", h("code", {}, f.cure))))),
      h("p", {}, button("Close", () => fill(checkup))),
    );
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function moment(data, arrays) {
    running = data.running;
    fill(train, running ? "Pause" : "Train");
    fill(epoch, `epoch ${data.epoch.toLocaleString("en")}`, data.loss && `, loss ${data.loss}`, data.test && `, on points not learned from ${data.test}`);
    net.show(arrays, data.texts);
    plane.show(arrays.whole, data.at);
    const rows = arrays.curve.shape[0], at = arrays.curve.data;
    const points = (/** @type {number} */ column) => Array.from({ length: rows }, (_, i) => /** @type {[number, number]} */ ([at[3 * i], at[3 * i + column]]));
    chart.show([
      { name: "learned from", color: "plus", points: points(1), last: data.loss },
      { name: "held out", color: "minus", dashed: true, points: points(2), last: data.test },
    ]);
    const now = performance.now();
    if (!running || now - refreshed > LATER) {
      refreshed = now;
      byHand.refresh();
    }
  }

  /** @param {any} data */
  function showPhase({ phase: name, says: words, cells }) {
    fill(
      phase,
      h("h3", {}, `Step: ${name}`),
      h("p", {}, words),
      h("p", { class: "row" }, cells.map((/** @type {string} */ cell) => h("button", { type: "button", class: "number", on: { click: () => byHand.start(cell) } }, cell))),
    );
    byHand.refresh();
  }

  function own() {
    const file = h("input", { type: "file", accept: ".csv,text/csv,text/plain", id: "csv", on: { change: async () => file.files?.[0] && model.send({ kind: "table", text: (await file.files[0].text()).slice(0, 200_000) }) } });
    const what = h("select", { id: "putting", on: { change: () => (plane.putting = Number(what.value)) } }, [["-1", "shows its way through the network"], ["1", "puts a ● there"], ["0", "puts a ■ there"]].map(([value, words]) => h("option", { value }, words)));
    plane.element.addEventListener("dragover", (e) => e.preventDefault());
    plane.element.addEventListener("drop", async (e) => {
      e.preventDefault();
      const dropped = e.dataTransfer?.files[0];
      if (dropped) model.send({ kind: "table", text: (await dropped.text()).slice(0, 200_000) });
    });
    return [
      h("p", { class: "row" }, h("label", { for: "putting" }, "A click"), what, button("Forget my points", () => model.send({ kind: "forget" }))),
      h("p", { class: "row" }, h("label", { for: "csv" }, "Points of a CSV file (x, y, label)"), file),
    ];
  }

  /** @param {any} data */
  function makeControls(data) {
    const s = settings;
    const choice = (/** @type {string} */ label, /** @type {string} */ name, /** @type {any[]} */ values, now = s[name], changed = (/** @type {any} */ v) => change({ [name]: v })) => {
      const select = h("select", { id: name, on: { change: () => changed(values[select.selectedIndex]) } }, values.map((v) => h("option", { selected: v === now }, v)));
      return h("p", { class: "control" }, h("label", { for: name }, label), select);
    };
    const slide = (/** @type {string} */ label, /** @type {string} */ name, /** @type {number} */ min, /** @type {number} */ max, /** @type {number} */ step) => {
      const value = h("output", {}, s[name]);
      const input = h("input", { type: "range", id: name, min, max, step, value: s[name], on: { input: () => fill(value, input.value), change: () => change({ [name]: Number(input.value) }) } });
      return h("p", { class: "control" }, h("label", { for: name }, `${label} `, value), input);
    };
    const features = h(
      "fieldset",
      {},
      h("legend", {}, "Features"),
      data.features.map((/** @type {string} */ f) => {
        const box = h("input", {
          type: "checkbox",
          checked: s.features.includes(f),
          on: { change: () => change({ features: data.features.filter((/** @type {string} */ g) => (g === f ? box.checked : s.features.includes(g))) }) },
        });
        return h("label", {}, box, f);
      }),
    );
    const sizes = h("input", { type: "text", id: "hidden", value: s.hidden.join(" "), size: 8, on: { change: () => change({ hidden: sizes.value.split(/[^0-9]+/).filter(Boolean).map(Number) }) } });
    return [
      choice("Points", "data", data.data),
      slide("Noise", "noise", 0, 1, 0.05),
      slide("Share learned from", "split", 0.1, 0.9, 0.1),
      features,
      h("p", { class: "control" }, h("label", { for: "hidden" }, "Units in each layer"), sizes),
      choice("Activation", "activation", ACTIVATIONS),
      choice("Optimizer", "optimizer", data.optimizers),
      choice("Learning rate", "rate", RATES, data.rate, (rate) => (model.set("rate", rate), model.save_changes(), model.send({ kind: "rate", rate }))),
      slide("Batch", "batch", 1, 100, 1),
      choice("L2", "l2", STRENGTHS),
      choice("L1", "l1", STRENGTHS),
      choice("Speed", "speed", ["full", "60", "10", "2"], data.per_second ? String(data.per_second) : "full", (v) => model.send({ kind: "speed", per_second: v === "full" ? 0 : Number(v) })),
      h("p", { class: "control" }, h("span", {}, "Seed"), h("output", { class: "number" }, s.seed)),
    ];
  }

  el.append(keep(model, ["png", "svg", "pdf", "xlsx", "py"]));
  model.on("msg:custom", hear);
  model.send({ kind: "start", settings: fromLink(model), rate: Number(model.get("rate") ?? 0.1) || 0.1 });
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
    net.close();
  };
}

/**
 * The settings that the link carries; null where it carries none.
 * @param {import("../model.js").Model} model
 */
function fromLink(model) {
  if (model.get("data") === undefined) return null;
  const numbers = (/** @type {string[]} */ names) => Object.fromEntries(names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, Number(model.get(n))]])));
  const words = (/** @type {string[]} */ names) => Object.fromEntries(names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, String(model.get(n))]])));
  const hidden = String(model.get("hidden") ?? "").split("~").filter(Boolean).map(Number);
  const features = String(model.get("features") ?? "x1~x2").split("~");
  return { ...words(["data", "activation", "optimizer"]), ...numbers(["noise", "split", "batch", "l1", "l2", "seed"]), hidden, features };
}

function legend() {
  return h(
    "p",
    { class: "quiet legend" },
    h("span", { class: "swatch plus", ariaHidden: "true" }),
    " ● (or above 0) ",
    h("span", { class: "swatch minus", ariaHidden: "true" }),
    " ■ (or below 0); hollow points are held out; a weight below 0 is dashed",
  );
}

export default { render };
