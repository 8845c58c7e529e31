// Calculus: a formula as a graph, forward and backward; a nudge and what it does; a descent, step by step.

import { ByHand } from "../by_hand.js";
import { button, choice } from "../controls.js";
import { Descent, givenNames } from "../descent.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { rowsOf } from "../rows.js";
import { Tree } from "../tree.js";
import { meanings } from "../words.js";

const NUDGE = 0.001;

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let shown = null;
  /** @type {Record<string, [string, Record<string, string>]>} the examples, with the values they begin with */
  let graphs = {};
  const byHand = new ByHand(model, {
    invitation: "Click a value or a derivative in the graph to see how it is worked out.",
    questions: false,
  });
  const tree = new Tree((cell) => byHand.start(cell));
  const descent = new Descent(model);
  const formula = h("input", {
    type: "text",
    id: "formula",
    class: "formula-input",
    autocomplete: "off",
    on: { change: () => work(formula.value, {}) },
  });
  const known = h("div", { class: "beside" });
  const givens = h("div", { class: "row" });
  const says = h("p", { class: "says", role: "status" });
  const moved = h("div", { ariaLive: "polite" });
  const lines = h("pre", { tabIndex: 0, ariaLabel: "all lines, forward then backward" });

  fill(
    el,
    h("h1", {}, "Calculus"),
    h(
      "p",
      { class: "lead" },
      "A formula as a graph: values flow forward from left to right, derivatives flow back. Press +0.001 beside a ",
      "number and see what it moves, and by how much; then click any number for its working.",
    ),
    h(
      "div",
      { class: "two" },
      h(
        "div",
        {},
        h("section", { ariaLabelledby: "graph-heading" }, [
          h("h2", { id: "graph-heading" }, "A formula, forward and backward"),
          known,
          h("p", { class: "row" }, h("label", { for: "formula" }, "Formula"), formula),
          h(
            "p",
            { class: "quiet" },
            "Write your own with + - * / ^ ( ) exp log tanh sqrt abs max; put ; between lines.",
          ),
          givens,
          meanings(["derivative"]),
          says,
          tree.element,
          h("p", { class: "quiet" }, "In each box the value stands above, its derivative below in blue."),
          moved,
          h("details", {}, h("summary", {}, "All lines"), lines),
        ]),
        descent.element,
      ),
      byHand.element,
    ),
  );

  /**
   * @param {string} text
   * @param {Record<string, string>} values those that are known; others stay as they were
   */
  function work(text, values) {
    model.send({ kind: "graph", formula: text, values: all(text, { ...shown?.values, ...values }) });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "examples") offer(data);
    if (kind === "graph") show(data);
    if (kind === "moved") showMoved(data);
    if (kind === "failed") fill(says, h("span", { class: "bad" }, data));
    if (kind === "descent") descent.show(data, arrays);
    if (kind === "undescended") descent.refuse(data);
  }

  /** @param {{ graphs: Record<string, [string, Record<string, string>]>, curves: Record<string, string> }} data */
  function offer(data) {
    graphs = data.graphs;
    descent.offer(data.curves);
  }

  /** @param {{ says: string, rows: { name: string, before: string, after: string, change: string }[] }} data */
  function showMoved({ says: words, rows }) {
    const each = rows.map((r) => [r.name, r.before, r.after, r.change]);
    const table = rowsOf(["", "before", "after", "change"], each);
    const place = { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "what it moves" };
    fill(moved, h("p", {}, words), h("div", place, table));
  }

  /** @param {any} data */
  function show(data) {
    shown = data;
    formula.value = data.formula;
    const its = Object.keys(graphs).find((name) => graphs[name][0] === data.formula) ?? "your own";
    fill(
      known,
      choice("Example", "known", Object.keys(graphs), its, (name) => name in graphs && work(...graphs[name])),
    );
    model.set("formula", data.formula);
    model.set("values", JSON.stringify(data.values));
    model.save_changes();
    fill(says);
    fill(moved);
    fill(lines, data.lines.join("\n"));
    tree.show(data);
    fill(givens, data.givens.map(given));
    byHand.refresh();
  }

  /**
   * A given number: to be written, to be nudged.
   * @param {string} name
   */
  function given(name) {
    const change = () => work(shown.formula, { ...shown.values, [name]: input.value });
    const input = h("input", {
      type: "text",
      size: 6,
      id: `value-${name}`,
      value: shown.values[name],
      on: { change },
    });
    const nudge = {
      ariaLabel: `nudge ${name} by ${NUDGE}`,
      title: `nudge by ${NUDGE}`,
      data: { key: `nudge ${name}` },
    };
    return h(
      "span",
      { class: "given-value" },
      h("label", { for: `value-${name}` }, `${name} =`),
      input,
      button(`+${NUDGE}`, () => model.send({ kind: "move", name, by: NUDGE }), nudge),
    );
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  formula.value = model.get("formula") ?? ""; // a formula that cannot be read can be mended here
  const values = all(formula.value, parsed(model.get("values") ?? ""));
  model.send({ kind: "start", formula: formula.value, values });
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
    tree.close();
  };
}

/**
 * A value for every name of a formula: the one that is known, or 2.
 * @param {string} text
 * @param {Record<string, string>} known
 */
function all(text, known) {
  return Object.fromEntries(givenNames(text).map((name) => [name, known[name] ?? "2"]));
}

/**
 * The values that the link carries.
 * @param {string} text
 * @returns {Record<string, string>}
 */
function parsed(text) {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text)).map(([k, v]) => [k, String(v)]));
  } catch {
    return {};
  }
}

export default { render };
