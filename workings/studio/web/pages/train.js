// Train: data, a network, and everything that can be watched while it learns.

import { bars } from "../bars.js";
import { ByHand } from "../by_hand.js";
import { Chart } from "../chart.js";
import { confusion } from "../confusion.js";
import { button, choice, figures, form, group, real, whole, written } from "../controls.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Images } from "../images.js";
import { save } from "../save.js";
import { meanings } from "../words.js";

const ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky-relu", "softplus", "identity"];
const NUMBERS = ["rate", "epochs", "batch", "l2", "dropout", "seed"];
const LATER = 500; // ms between two looks at the open number while training runs

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let course = null;
  /** @type {any} */
  let all = null;
  let running = false;
  let refreshed = 0;
  const byHand = new ByHand(model, {
    invitation: "Open one of these, or a pixel of a picture, to see how it is worked out for the first row.",
    first: ["J", "Z1[1,1]", "A1[1,1]", "dW1[1,1]"],
  });
  const loss = new Chart("Loss");
  const metric = new Chart("Accuracy", { to: 1 });
  const images = new Images((unit, feature) => byHand.start(`W1[${unit + 1},${feature + 1}]`));
  const controls = form();
  const train = button("Train", () => model.send({ kind: "train", wanted: !running }), { class: "primary" });
  const told = h("span", { class: "number figures" });
  const says = h("p", { class: "quiet" });
  const news = h("p", { class: "says", role: "status" });
  const gradients = h("div");
  const who = h("div", { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "confusion matrix" });
  const pictures = h(
    "section",
    { hidden: true, ariaLabelledby: "first-heading" },
    h("h2", { id: "first-heading" }, "What the first layer looks for"),
    h("p", { class: "quiet" }, "Blue raises a unit, orange lowers it; click a pixel to open that weight."),
    images.element,
  );
  const name = h("input", { type: "text", id: "save-name", placeholder: "my-network", size: 14 });
  const code = h("pre", { tabIndex: 0, ariaLabel: "the same in Python" });

  el.inert = true; // until it is known what there is to press
  fill(
    el,
    h("h1", {}, "Train"),
    h(
      "p",
      { class: "lead" },
      "Train a network on handwritten digits, or on a table (CSV, Excel, Parquet) in the folder of the studio, and ",
      "watch it learn. Rows that are held out are never learned from: they show how it does on what it has not seen.",
    ),
    controls,
    meanings([
      "learn from", "predict the column", "seed", "units in each layer", "activation", "dropout", "L2 penalty",
      "optimizer", "learning rate", "schedule", "epoch", "batch size", "accuracy", "unit", "weight, bias",
      "loss", "gradient", "Z1[3,1]", "W1[3,2]",
    ]),
    h(
      "p",
      { class: "row toolbar" },
      train,
      button("Rewind", () => change({}), { title: "begin again with the same first weights" }),
      button("New seed", () => change({ seed: Math.floor(Math.random() * 1e6) }), { title: "other first weights" }),
      told,
    ),
    says,
    news,
    h(
      "div",
      { class: "play" },
      h(
        "section",
        { ariaLabelledby: "curves-heading" },
        h("h2", { id: "curves-heading" }, "How it learns"),
        loss.element,
        metric.element,
        gradients,
      ),
      h("div", {}, pictures, who),
      h(
        "div",
        {},
        byHand.element,
        h("section", { ariaLabelledby: "keep-heading" }, [
          h("h2", { id: "keep-heading" }, "Keep the network"),
          h("p", { class: "quiet" }, "As a file in the folder of the studio: Draw, Weights and Python open it."),
          h(
            "p",
            { class: "row" },
            h("label", { for: "save-name" }, "Name"),
            name,
            button("Save", () => model.send({ kind: "save", name: name.value || "my-network" })),
          ),
          h(
            "details",
            {},
            h("summary", {}, "The same in Python"),
            code,
            button("Save as train.py", () => save("train.py", all.code, "text/x-python")),
          ),
        ]),
      ),
    ),
  );

  /** @param {Record<string, any>} changed */
  function change(changed) {
    course = { ...course, ...changed };
    fill(news);
    model.send({ kind: "course", course });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "all") begin(data);
    if (kind === "moment") moment(data, arrays);
    if (kind === "failed") fail(data);
    if (kind === "saved") fill(news, data);
  }

  /**
   * What was wrong with a setting; the others are sent without it.
   * @param {string} why
   */
  function fail(why) {
    course = all?.course ?? course;
    fill(news, h("span", { class: "bad" }, why));
  }

  /** @param {any} data */
  function begin(data) {
    el.inert = false;
    all = data;
    course = data.course;
    for (const [key, value] of Object.entries(course)) model.set(key, Array.isArray(value) ? value.join("~") : value);
    model.save_changes();
    fill(says, `${data.says}. Tables in the folder “${data.folder}” can be learned from too.`);
    fill(code, data.code);
    fill(controls, settings(data));
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
    const f = data.figures;
    const m = data.metric;
    figures(told, [
      ["epoch", `${data.epoch} of ${data.of}`],
      ["loss", f.loss],
      [m === "rmse" ? "error held out" : `${m} held out`, f[`validation_${m}`]],
    ]);
    const { shape, data: at } = arrays.curve;
    const line = (/** @type {number} */ column) =>
      Array.from({ length: shape[0] }, (_, i) => /** @type {[number, number]} */ ([at[5 * i], at[5 * i + column]]));
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
    fill(
      gradients,
      data.gradients.length > 0 &&
        bars(
          "How large the gradients of each layer are now (root mean square)",
          data.gradients.map((/** @type {any} */ g) => ({ name: g.array, ...g })),
        ),
    );
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
  function settings(data) {
    const pick = (/** @type {string} */ label, /** @type {string} */ key, /** @type {string[]} */ values) =>
      choice(label, key, values, course[key], (value) => change({ [key]: value }));
    const write = (/** @type {string} */ label, /** @type {string} */ key) =>
      written(label, key, course[key], (text) => change({ [key]: real(text) }), { size: 5 });
    const sizes = (/** @type {string} */ text) => change({ hidden: whole(text) });
    return [
      group(
        "Data",
        choice("Learn from", "data", data.data, course.data, (name) =>
          change({ target: "", ...suited(name), data: name }),
        ),
        data.columns.length > 0 &&
          choice("Predict the column", "target", data.columns, data.target, (target) => change({ target })),
        write("Seed", "seed"),
      ),
      group(
        "Network",
        written("Units in each layer", "hidden", course.hidden.join(" "), sizes, { size: 8 }),
        pick("Activation", "activation", ACTIVATIONS),
        write("Dropout", "dropout"),
        write("L2 penalty", "l2"),
      ),
      group(
        "Training",
        pick("Optimizer", "optimizer", data.optimizers),
        write("Learning rate", "rate"),
        pick("Schedule", "schedule", ["constant", "cosine"]),
        write("Epochs", "epochs"),
        write("Batch size", "batch"),
      ),
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
 * What usually learns: pictures of digits with long plain steps, tables with Adam's short ones.
 * @param {string} data
 */
function suited(data) {
  return data.includes(".")
    ? { activation: "relu", optimizer: "adam", rate: 0.01 }
    : { activation: "sigmoid", optimizer: "gradient-descent", rate: 1 };
}

/**
 * The course that the link carries; null where it carries none.
 * @param {import("../model.js").Model} model
 */
function fromLink(model) {
  if (model.get("data") === undefined) return null;
  const there = (/** @type {string[]} */ names, /** @type {(v: any) => any} */ read) =>
    Object.fromEntries(names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, read(model.get(n))]])));
  const hidden = String(model.get("hidden") ?? "16~16")
    .split("~")
    .filter(Boolean)
    .map(Number);
  return {
    ...there(["data", "target", "activation", "optimizer", "schedule"], String),
    ...there(NUMBERS, Number),
    hidden,
  };
}

export default { render };
