// Sweep: curves of many runs as small multiples on one scale, a table, and any run opened in Train.

import { button, choice, form, group, real, written } from "../controls.js";
import { fill, h } from "../dom.js";
import { short } from "../chart.js";
import { keep } from "../keep.js";
import { unpressed } from "../place.js";
import { meanings } from "../words.js";

const SVG = "http://www.w3.org/2000/svg";
/** @type {Record<string, string>} what the settings are called on the page */
const NAMES = { hidden: "layers", batch: "batch size", l2: "L2 penalty" };
const LISTS = ["rate", "hidden", "activation", "optimizer", "batch", "l2"];

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let grid = null;
  /** @type {any} */
  let last = null;
  /** @type {Set<number>} */
  let chosen = new Set();
  let running = false;
  const controls = form();
  const go = button("Run", () => (running ? model.send({ kind: "stop" }) : run()), {
    class: "primary",
    disabled: true, // until it is known what there is to run
  });
  const says = h("span", { role: "status" });
  const news = h("p", { class: "says", role: "status" });
  const multiples = h("div", { class: "multiples" });
  const difference = h("p", { ariaLive: "polite" });
  const scale = h("p", { class: "quiet" });
  const table = h("div", { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "all runs, best first" });
  const found = h("div", { hidden: true }, [
    h("section", {}, h("h2", {}, "Loss on the rows held out"), scale, multiples, difference),
    h("section", {}, h("h2", {}, "All runs, best first"), table),
  ]);
  fill(
    el,
    h("h1", {}, "Sweep"),
    h(
      "p",
      { class: "lead" },
      "Which settings learn best? Write several values into a field, with spaces between them: every combination is ",
      "trained, and the best stands first. Press Run to try the ones below.",
    ),
    controls,
    meanings([
      "learn from", "predict the column", "seed", "layers", "activation", "learning rate", "optimizer",
      "batch size", "L2 penalty", "epoch", "loss", "accuracy",
    ]),
    h("p", { class: "row toolbar" }, go, says),
    news,
    found,
  );

  function run() {
    for (const [name, value] of Object.entries(grid)) model.set(name, JSON.stringify(value));
    model.save_changes();
    fill(news);
    chosen = new Set();
    model.send({ kind: "run", grid });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "all") {
      grid = data.grid;
      go.disabled = false;
      fill(controls, makeControls(data));
    }
    if (kind === "moment" && grid) moment(data, arrays.curves); // not one of an earlier visit
    if (kind === "failed") fill(news, h("span", { class: "bad" }, data));
  }

  /**
   * @param {any} data
   * @param {import("../frames.js").Numbers} curves
   */
  function moment(data, curves) {
    last = data;
    running = data.running;
    fill(go, running ? "Stop" : "Run");
    fill(says, data.of ? `${data.done} of ${data.of} runs` : "");
    found.hidden = data.rows.length === 0;
    const epochs = curves.shape[1];
    const better = curves.data.subarray(0, Math.ceil(data.rows.length / 2) * epochs); // best first: what diverges
    const top = Math.max(...Array.from(better).filter(Number.isFinite), 0) || 1; // does not flatten what learns
    unpressed(multiples, () =>
      fill(
        multiples,
        data.rows
          .slice(0, 60)
          .map((/** @type {any} */ row, /** @type {number} */ i) =>
            one(row, curves.data.subarray(i * epochs, (i + 1) * epochs), top),
          ),
      ),
    );
    fill(table, data.rows.length > 0 && rows(data));
    fill(
      scale,
      `Every curve is drawn from 0 to ${short(top)}, over ${grid.epochs} epochs; what is higher is cut off. `,
      "Choose two to compare them.",
    );
    compare();
  }

  /**
   * @param {any} row
   * @param {any} curve
   * @param {number} top
   */
  function one(row, curve, top) {
    const svg = document.createElementNS(SVG, "svg");
    const line = document.createElementNS(SVG, "polyline");
    svg.setAttribute("viewBox", "0 0 120 64");
    svg.setAttribute("aria-hidden", "true");
    const points = Array.from(curve, (v, i) => [
      curve.length > 1 ? (i / (curve.length - 1)) * 116 + 2 : 60,
      60 - 56 * Math.min(1.05, v / top),
    ]).filter(([, y]) => Number.isFinite(y));
    line.setAttribute("points", points.map((p) => p.join()).join(" "));
    line.setAttribute("class", row.status === "done" ? "line" : "line minus");
    svg.append(line);
    const settings = Object.entries(row.settings).map(([name, value]) => `${NAMES[name] ?? name} ${value}`);
    return h(
      "button",
      {
        type: "button",
        class: "multiple",
        data: { key: row.run },
        ariaPressed: chosen.has(row.run),
        ariaLabel: `run ${row.run}: ${settings.join(", ") || "as set"}; loss ${row.loss}`,
        on: { click: () => press(row.run) },
      },
      svg,
      h("span", {}, `run ${row.run}: `, h("b", { class: "number" }, row.status === "done" ? row.loss : row.status)),
      settings.map((setting) => h("span", { class: "quiet" }, setting)),
    );
  }

  /**
   * Choose a run, or no longer; two at most.
   * @param {number} run
   */
  function press(run) {
    if (!chosen.delete(run)) chosen = new Set([...chosen, run].slice(-2));
    redraw();
  }

  function redraw() {
    for (const [i, button] of [...multiples.children].entries())
      button.setAttribute("aria-pressed", String(chosen.has(last.rows[i].run)));
    compare();
  }

  /** What two chosen runs differ in. */
  function compare() {
    const two = [...chosen].map((run) => last.rows.find((/** @type {any} */ r) => r.run === run)).filter(Boolean);
    if (two.length < 2)
      return fill(difference, two.length ? "Choose a second run to see what the two differ in." : "");
    const names = Object.keys(two[0].settings).filter((name) => two[0].settings[name] !== two[1].settings[name]);
    const [a, b] = two;
    const differ = (/** @type {string} */ n) => `${NAMES[n] ?? n} ${a.settings[n]} against ${b.settings[n]}`;
    const told = names.map(differ).join(", ");
    fill(difference, `Runs ${a.run} and ${b.run} differ in ${told || "nothing"}: loss ${a.loss} against ${b.loss}.`);
  }

  /** @param {any} data */
  function rows(data) {
    const link = (/** @type {any} */ row) => {
      const c = {
        data: grid.data,
        target: grid.target,
        ...row.course,
        hidden: row.course.hidden.join("~"),
        epochs: grid.epochs,
      };
      return `#train?${new URLSearchParams(Object.entries(c).map(([k, v]) => [k, String(v)]))}`;
    };
    const varied = data.varied.map((/** @type {string} */ name) => NAMES[name] ?? name);
    const heads = ["run", ...varied, "loss", data.metric === "rmse" ? "error" : data.metric, "seconds", ""];
    return h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td"))),
        ),
      ),
      h(
        "tbody",
        {},
        data.rows.map((/** @type {any} */ row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, row.run),
            data.varied.map((/** @type {string} */ name) => h("td", {}, row.settings[name])),
            h("td", {}, row.loss),
            h("td", {}, row.figure),
            h("td", {}, row.seconds),
            h(
              "td",
              { title: row.note },
              row.status === "done" ? h("a", { href: link(row) }, "open in Train") : row.status,
            ),
          ),
        ),
      ),
    );
  }

  /** @param {any} data */
  function makeControls(data) {
    const read = {
      hidden: (/** @type {string} */ t) => (t === "0" ? [] : t.split("-").map(Number)),
      activation: String,
      optimizer: String,
      rate: real,
      batch: real,
      l2: real,
    };
    const write = (/** @type {string} */ label, /** @type {string} */ key, hint = "") => {
      const list = LISTS.includes(key);
      const told = list ? grid[key].map(shown).join(" ") : grid[key];
      const parts = (/** @type {string} */ text) => text.split(/[\s,;]+/).filter(Boolean);
      const change = (/** @type {string} */ text) =>
        (grid = { ...grid, [key]: list ? parts(text).map(/** @type {any} */ (read)[key]) : real(text) });
      return written(label, `sweep-${key}`, told, change, { size: Math.max(6, String(told).length), hint });
    };
    const select = (/** @type {string} */ label, /** @type {string} */ key, /** @type {string[]} */ values) =>
      choice(label, `sweep-${key}`, values, grid[key], (value) => {
        grid = { ...grid, ...(key === "data" ? { target: "" } : {}), [key]: value };
        model.send({ kind: "start", grid });
      });
    return [
      group(
        "Data",
        select("Learn from", "data", data.data),
        data.columns.length > 0 && select("Predict the column", "target", ["", ...data.columns]),
        write("Seeds", "seeds"),
      ),
      group(
        "Network",
        write("Layers", "hidden", "16: one layer of 16 units; 16-16: two such layers; 0: none"),
        write("Activations", "activation"),
      ),
      group(
        "Training",
        write("Learning rates", "rate"),
        write("Optimizers", "optimizer"),
        write("Batch sizes", "batch"),
        write("L2 penalties", "l2"),
        write("Epochs", "epochs"),
      ),
    ];
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  model.send({ kind: "start", grid: fromLink(model) });
  return () => model.off("msg:custom", hear);
}

/**
 * A value as it is written in a field.
 * @param {any} value
 */
function shown(value) {
  return Array.isArray(value) ? value.join("-") || "0" : value;
}

/**
 * The grid that the link carries; null where it carries none.
 * @param {import("../model.js").Model} model
 */
function fromLink(model) {
  const names = ["data", "target", ...LISTS, "seeds", "epochs"];
  if (model.get("data") === undefined) return null;
  try {
    return Object.fromEntries(
      names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, JSON.parse(model.get(n))]])),
    );
  } catch {
    return null;
  }
}

export default { render };
