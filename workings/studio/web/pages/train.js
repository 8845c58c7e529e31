// Train: data, a network, and everything that can be watched while it learns.

import { bars } from "../bars.js";
import { ByHand } from "../by_hand.js";
import { Chart } from "../chart.js";
import { confusion } from "../confusion.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Images } from "../images.js";
import { save } from "../save.js";

const ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky-relu", "softplus", "identity"];
const NUMBERS = ["rate", "epochs", "batch", "l2", "dropout", "seed"];
const LATER = 500; // ms between two looks at the open number while training runs

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let course = null;
  /** @type {any} */
  let all = null;
  let running = false, refreshed = 0;
  const byHand = new ByHand(model, { invitation: "Choose a number, such as the loss or a weight, to see how it was worked out for the first row." });
  const loss = new Chart("Loss"), metric = new Chart("Accuracy", { to: 1 });
  const images = new Images((unit, feature) => byHand.start(`W1[${unit + 1},${feature + 1}]`));
  const controls = h("form", { class: "controls", on: { submit: (/** @type {Event} */ e) => e.preventDefault() } });
  const train = h("button", { type: "button", class: "primary", on: { click: () => model.send({ kind: "train", wanted: !running }) } }, "Train");
  const figures = h("span", { class: "number" });
  const says = h("p", { class: "quiet" });
  const news = h("p", { role: "status" });
  const gradients = h("div"), who = h("div", { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "confusion matrix" });
  const pictures = h("section", { hidden: true }, h("h2", {}, "What the first layer looks for"), images.element);
  const name = h("input", { type: "text", id: "save-name", placeholder: "my-network", size: 14 });
  const code = h("pre", { tabIndex: 0, ariaLabel: "the same in Python" });
  const open = ["J", "Z1[1,1]", "A1[1,1]", "dW1[1,1]"];

  fill(
    el,
    h("h1", {}, "Train"),
    h("p", { class: "lead" }, "Train a network on handwritten digits, or on a table of your folder, and watch it learn. Rows that are held out are never learned from: they show what it knows of what it has not seen."),
    controls,
    says,
    h(
      "p",
      { class: "row" },
      train,
      h("button", { type: "button", on: { click: () => change({}) } }, "Rewind"),
      h("button", { type: "button", on: { click: () => change({ seed: Math.floor(Math.random() * 1e6) }) } }, "New seed"),
      figures,
    ),
    news,
    h(
      "div",
      { class: "play" },
      h("div", {}, loss.element, metric.element, gradients),
      h("div", {}, pictures, who),
      h(
        "div",
        {},
        byHand.element,
        h("p", { class: "row" }, "Open ", open.map((cell) => h("button", { type: "button", class: "number", on: { click: () => byHand.start(cell) } }, cell))),
        h("h2", {}, "Keep it"),
        h("p", { class: "row" }, h("label", { for: "save-name" }, "Save in the folder as"), name, h("button", { type: "button", on: { click: () => model.send({ kind: "save", name: name.value || "my-network" }) } }, "Save")),
        h("details", {}, h("summary", {}, "The same in Python"), code, h("button", { type: "button", on: { click: () => save("train.py", all.code, "text/x-python") } }, "Save as train.py")),
      ),
    ),
  );

  /** @param {Record<string, any>} changed */
  function change(changed) {
    course = { ...course, ...changed };
    for (const [key, value] of Object.entries(course)) model.set(key, Array.isArray(value) ? value.join("~") : value);
    model.save_changes();
    fill(news);
    model.send({ kind: "course", course });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "all") begin(data);
    if (kind === "moment") moment(data, arrays);
    if (kind === "failed") fill(news, h("span", { class: "bad" }, data));
    if (kind === "saved") fill(news, data);
  }

  /** @param {any} data */
  function begin(data) {
    all = data;
    course = data.course;
    fill(says, data.says);
    fill(code, data.code);
    fill(controls, makeControls(data));
    fill(who);
    pictures.hidden = true;
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function moment(data, arrays) {
    running = data.running;
    fill(train, running ? "Pause" : "Train");
    const f = data.figures, m = data.metric;
    fill(figures, `epoch ${data.epoch} of ${data.of}`, f.loss && `, loss ${f.loss}`, f[`validation_${m}`] && `, held out: ${m === "rmse" ? "error" : m} ${f[`validation_${m}`]}`);
    const { shape, data: at } = arrays.curve;
    const line = (/** @type {number} */ column) => Array.from({ length: shape[0] }, (_, i) => /** @type {[number, number]} */ ([at[5 * i], at[5 * i + column]]));
    loss.show([
      { name: "learned from", color: "plus", points: line(1), last: f.loss },
      { name: "held out", color: "minus", dashed: true, points: line(2), last: f.validation_loss },
    ]);
    metric.title = m === "accuracy" ? "Accuracy" : "Error (root mean square)";
    metric.ends.to = m === "accuracy" ? 1 : null;
    metric.show([
      { name: "learned from", color: "plus", points: line(3), last: f[m] },
      { name: "held out", color: "minus", dashed: true, points: line(4), last: f[`validation_${m}`] },
    ]);
    fill(gradients, data.gradients.length > 0 && bars("How large the gradients of each layer are now (root mean square)", data.gradients.map((/** @type {any} */ g) => ({ name: g.array, ...g }))));
    if (arrays.weights) {
      pictures.hidden = false;
      const [units, rows, columns] = arrays.weights.shape;
      images.show(arrays.weights.data, units, [rows, columns]);
    }
    if (arrays.confusion && all?.classes?.length <= 20) fill(who, confusion(all.classes, arrays.confusion.data));
    const now = performance.now();
    if (!running || now - refreshed > LATER) {
      refreshed = now;
      byHand.refresh();
    }
  }

  /** @param {any} data */
  function makeControls(data) {
    const choice = (/** @type {string} */ label, /** @type {string} */ key, /** @type {string[]} */ values, now = course[key]) => {
      const select = h("select", { id: key, on: { change: () => change({ [key]: select.value, ...(key === "data" ? { target: "" } : {}) }) } }, values.map((v) => h("option", { selected: v === now }, v)));
      return h("p", { class: "control" }, h("label", { for: key }, label), select);
    };
    const write = (/** @type {string} */ label, /** @type {string} */ key, /** @type {(text: string) => any} */ read = Number, now = course[key]) => {
      const input = h("input", { type: "text", id: key, value: String(now), size: 7, on: { change: () => change({ [key]: read(input.value) }) } });
      return h("p", { class: "control" }, h("label", { for: key }, label), input);
    };
    return [
      choice("Learn", "data", data.data),
      data.columns.length > 0 && choice("the column", "target", data.columns, data.target),
      write("Units in each layer", "hidden", (t) => t.split(/[^0-9]+/).filter(Boolean).map(Number), course.hidden.join(" ")),
      choice("Activation", "activation", ACTIVATIONS),
      choice("Optimizer", "optimizer", data.optimizers),
      write("Learning rate", "rate"),
      choice("Schedule", "schedule", ["constant", "cosine"]),
      write("Epochs", "epochs"),
      write("Batch", "batch"),
      write("L2", "l2"),
      write("Dropout", "dropout"),
      write("Seed", "seed"),
    ];
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  model.send({ kind: "start", course: fromLink(model) });
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
  };
}

/**
 * The course that the link carries; null where it carries none.
 * @param {import("../model.js").Model} model
 */
function fromLink(model) {
  if (model.get("data") === undefined) return null;
  const there = (/** @type {string[]} */ names, /** @type {(v: any) => any} */ read) => Object.fromEntries(names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, read(model.get(n))]])));
  const hidden = String(model.get("hidden") ?? "16~16").split("~").filter(Boolean).map(Number);
  return { ...there(["data", "target", "activation", "optimizer", "schedule"], String), ...there(NUMBERS, Number), hidden };
}

export default { render };
