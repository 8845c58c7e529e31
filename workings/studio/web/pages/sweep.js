// Sweep: curves of many runs as small multiples on one scale, a table, and any run opened in Train.

import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { unpressed } from "../place.js";

const SVG = "http://www.w3.org/2000/svg";
const LISTS = ["rate", "hidden", "activation", "optimizer", "batch", "l2"];

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let grid = null;
  /** @type {any} */
  let shown = null;
  /** @type {Set<number>} */
  let chosen = new Set();
  let running = false;
  const controls = h("form", { class: "controls", on: { submit: (/** @type {Event} */ e) => e.preventDefault() } });
  const go = h("button", { type: "button", class: "primary", on: { click: () => (running ? model.send({ kind: "stop" }) : run()) } }, "Run");
  const says = h("span", { role: "status" });
  const news = h("p", { role: "status" });
  const multiples = h("div", { class: "multiples" });
  const difference = h("p", { ariaLive: "polite" });
  const table = h("div", { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "all runs, best first" });
  fill(
    el,
    h("h1", {}, "Sweep"),
    h("p", { class: "lead" }, "Which settings learn best? Write several values with spaces between; every value is tried with every other. Layers as 16-16, none as 0."),
    controls,
    h("p", { class: "row" }, go, says),
    news,
    h("h2", {}, "Loss on rows held out, all on one scale"),
    multiples,
    difference,
    h("h2", {}, "All runs, best first"),
    table,
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
      fill(controls, makeControls(data));
    }
    if (kind === "moment") moment(data, arrays.curves);
    if (kind === "failed") fill(news, h("span", { class: "bad" }, data));
  }

  /**
   * @param {any} data
   * @param {import("../frames.js").Numbers} curves
   */
  function moment(data, curves) {
    shown = data;
    running = data.running;
    fill(go, running ? "Stop" : "Run");
    fill(says, data.of ? `${data.done} of ${data.of} runs` : "");
    const epochs = curves.shape[1];
    const all = Array.from(curves.data).filter(Number.isFinite).sort((a, b) => a - b);
    const top = all[Math.floor(0.95 * (all.length - 1))] || 1; // a run that diverges does not flatten the others
    unpressed(multiples, () => fill(multiples, data.rows.slice(0, 60).map((/** @type {any} */ row, /** @type {number} */ i) => one(row, curves.data.subarray(i * epochs, (i + 1) * epochs), top))));
    fill(table, data.rows.length > 0 && rows(data));
    compare();
  }

  /**
   * @param {any} row
   * @param {any} curve
   * @param {number} top
   */
  function one(row, curve, top) {
    const svg = document.createElementNS(SVG, "svg"), line = document.createElementNS(SVG, "polyline");
    svg.setAttribute("viewBox", "0 0 120 64");
    svg.setAttribute("aria-hidden", "true");
    const points = Array.from(curve, (v, i) => [curve.length > 1 ? (i / (curve.length - 1)) * 116 + 2 : 60, 60 - 56 * Math.min(1.05, v / top)]).filter(([, y]) => Number.isFinite(y));
    line.setAttribute("points", points.map((p) => p.join()).join(" "));
    line.setAttribute("class", row.status === "done" ? "line" : "line minus");
    svg.append(line);
    const settings = Object.entries(row.settings).map(([name, value]) => `${name} ${value}`).join(", ");
    return h(
      "button",
      {
        type: "button",
        class: "multiple",
        data: { key: row.run },
        ariaPressed: chosen.has(row.run),
        ariaLabel: `run ${row.run}: ${settings || "as set"}; loss ${row.loss}`,
        on: { click: () => (chosen.has(row.run) ? chosen.delete(row.run) : chosen.add(row.run), redraw()) },
      },
      svg,
      h("span", { class: "number" }, row.status === "done" ? row.loss : row.status),
      h("span", { class: "quiet" }, settings),
    );
  }

  function redraw() {
    for (const [i, button] of [...multiples.children].entries()) button.setAttribute("aria-pressed", String(chosen.has(shown.rows[i].run)));
    compare();
  }

  /** What two chosen runs differ in. */
  function compare() {
    const two = [...chosen].slice(-2).map((run) => shown.rows.find((/** @type {any} */ r) => r.run === run)).filter(Boolean);
    if (two.length < 2) return fill(difference, two.length ? "Choose a second run to compare." : "");
    const names = Object.keys(two[0].settings).filter((name) => two[0].settings[name] !== two[1].settings[name]);
    const told = names.map((name) => `${name} ${two[0].settings[name]} against ${two[1].settings[name]}`).join(", ");
    fill(difference, `Runs ${two[0].run} and ${two[1].run} differ in ${told || "nothing"}; their losses are ${two[0].loss} and ${two[1].loss}.`);
  }

  /** @param {any} data */
  function rows(data) {
    const link = (/** @type {any} */ row) => {
      const c = { data: grid.data, target: grid.target, ...row.course, hidden: row.course.hidden.join("~"), epochs: grid.epochs };
      return `#train?${new URLSearchParams(Object.entries(c).map(([k, v]) => [k, String(v)]))}`;
    };
    const heads = ["run", ...data.varied, "loss", data.metric === "rmse" ? "error" : data.metric, "seconds", ""];
    return h(
      "table",
      {},
      h("thead", {}, h("tr", {}, heads.map((head) => (head ? h("th", { scope: "col" }, head) : h("td"))))),
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
            h("td", { title: row.note }, row.status === "done" ? h("a", { href: link(row) }, "open in Train") : row.status),
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
      rate: Number,
      batch: Number,
      l2: Number,
    };
    const write = (/** @type {string} */ label, /** @type {string} */ key) => {
      const told = LISTS.includes(key) ? grid[key].map((/** @type {any} */ v) => (Array.isArray(v) ? v.join("-") || "0" : v)).join(" ") : grid[key];
      const change = () => {
        const f = /** @type {any} */ (read)[key];
        grid = { ...grid, [key]: f ? input.value.split(/[\s,;]+/).filter(Boolean).map(f) : Number(input.value) };
      };
      const input = h("input", { type: "text", id: `sweep-${key}`, value: String(told), size: Math.max(6, String(told).length), on: { change } });
      return h("p", { class: "control" }, h("label", { for: `sweep-${key}` }, label), input);
    };
    const select = (/** @type {string} */ label, /** @type {string} */ key, /** @type {string[]} */ values) => {
      const made = h("select", { id: `sweep-${key}`, on: { change: () => model.send({ kind: "start", grid: (grid = { ...grid, [key]: made.value, ...(key === "data" ? { target: "" } : {}) }) }) } }, values.map((v) => h("option", { selected: v === grid[key] }, v)));
      return h("p", { class: "control" }, h("label", { for: `sweep-${key}` }, label), made);
    };
    return [
      select("Learn", "data", data.data),
      data.columns.length > 0 && select("the column", "target", ["", ...data.columns]),
      write("Learning rates", "rate"),
      write("Layers", "hidden"),
      write("Activations", "activation"),
      write("Optimizers", "optimizer"),
      write("Batches", "batch"),
      write("L2", "l2"),
      write("Seeds", "seeds"),
      write("Epochs", "epochs"),
    ];
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  model.send({ kind: "start", grid: fromLink(model) });
  return () => model.off("msg:custom", hear);
}

/**
 * The grid that the link carries; null where it carries none.
 * @param {import("../model.js").Model} model
 */
function fromLink(model) {
  const names = ["data", "target", ...LISTS, "seeds", "epochs"];
  if (model.get("data") === undefined) return null;
  try {
    return Object.fromEntries(names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, JSON.parse(model.get(n))]])));
  } catch {
    return null;
  }
}

export default { render };
