// Calculus: a formula as a graph, forward and backward; a nudge and what it does; a descent, step by step.

import { ByHand } from "../by_hand.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Tree } from "../tree.js";
import { Valley } from "../valley.js";

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let shown = null;
  /** @type {any} */
  let examples = { graphs: {}, curves: {} };
  let start = [3];
  const byHand = new ByHand(model, {
    invitation: "Choose a value or a derivative to see how it was worked out.",
    questions: false,
  });
  const tree = new Tree((cell) => byHand.start(cell));
  const formula = h("input", {
    type: "text",
    id: "formula",
    class: "formula-input",
    spellcheck: false,
    autocomplete: "off",
    on: { change: () => work(formula.value, {}) },
  });
  const known = h("select", {
    id: "known",
    on: { change: () => work(examples.graphs[known.value][0], examples.graphs[known.value][1]) },
  });
  const givens = h("div", { class: "row" });
  const says = h("p", { role: "status" });
  const moved = h("div", { ariaLive: "polite" });
  const lines = h("pre", { tabIndex: 0, ariaLabel: "all lines, forward then backward" });
  const curve = h("input", {
    type: "text",
    id: "curve",
    class: "formula-input",
    spellcheck: false,
    value: "J = w^4 - 3 * w^2 + w",
    on: { change: () => begin() },
  });
  const curves = h("select", {
    id: "curves",
    on: { change: () => ((curve.value = examples.curves[curves.value]), begin()) },
  });
  const rate = h("input", {
    type: "range",
    id: "alpha",
    min: "-3",
    max: "0.5",
    step: "0.05",
    value: "-1.3",
    on: { input: () => descend() },
  });
  const rateSays = h("output", {});
  const valley = new Valley((at) => ((start = at), descend()));
  const steps = h("div", { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "steps of the descent" });
  const descentSays = h("p", { role: "status" });

  fill(
    el,
    h("h1", {}, "Calculus"),
    h(
      "p",
      { class: "lead" },
      "A formula as a graph: values run forward, derivatives run backward. Nudge a number and see what every other does.",
    ),
    h(
      "div",
      { class: "two" },
      h(
        "div",
        {},
        h("section", { ariaLabelledby: "graph-heading" }, [
          h("h2", { id: "graph-heading" }, "A formula, forward and backward"),
          h("p", { class: "row" }, h("label", { for: "known" }, "Example"), known),
          h("p", { class: "row" }, h("label", { for: "formula" }, "Formula"), formula),
          h(
            "p",
            { class: "quiet" },
            "Lines are parted by ; and may use + - * / ^ ( ) exp log tanh sqrt abs max. Values are above, derivatives below.",
          ),
          givens,
          says,
          tree.element,
          moved,
          h("details", {}, h("summary", {}, "All lines"), lines),
        ]),
        h("section", { ariaLabelledby: "descent-heading" }, [
          h("h2", { id: "descent-heading" }, "Descent, with the step in your hand"),
          h("p", { class: "row" }, h("label", { for: "curves" }, "Example"), curves),
          h("p", { class: "row" }, h("label", { for: "curve" }, "Curve of one name, or surface of two"), curve),
          h("p", { class: "row" }, h("label", { for: "alpha" }, "Step size α "), rate, rateSays),
          h("p", { class: "quiet" }, "Choose a place on the picture to start from."),
          valley.element,
          descentSays,
          steps,
        ]),
      ),
      byHand.element,
    ),
  );

  /**
   * @param {string} text
   * @param {Record<string, string>} values
   */
  function work(text, values) {
    const all = { ...values };
    const names = new Set(text.match(/[A-Za-z_]\w*/g) ?? []);
    const made = new Set([...text.matchAll(/([A-Za-z_]\w*)\s*=/g)].map((m) => m[1]));
    for (const name of names)
      if (!made.has(name) && !["exp", "log", "tanh", "sqrt", "abs", "max"].includes(name))
        all[name] ??= shown?.values[name] ?? "2";
    for (const name of Object.keys(all)) if (!names.has(name)) delete all[name];
    model.send({ kind: "graph", formula: text, values: all });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "examples") {
      examples = data;
      fill(
        known,
        Object.keys(data.graphs).map((name) => h("option", {}, name)),
      );
      fill(
        curves,
        Object.keys(data.curves).map((name) => h("option", { selected: name === "two valleys" }, name)),
      );
      descend();
    }
    if (kind === "graph") show(data);
    if (kind === "moved")
      fill(
        moved,
        h("p", {}, data.says),
        table(
          ["", "before", "after", "change"],
          data.rows.map((/** @type {any} */ r) => [r.name, r.before, r.after, r.change]),
        ),
      );
    if (kind === "failed") fill(says, h("span", { class: "bad" }, data));
    if (kind === "descent") showDescent(data, arrays);
  }

  /** @param {any} data */
  function show(data) {
    shown = data;
    formula.value = data.formula;
    model.set("formula", data.formula);
    model.set("values", JSON.stringify(data.values));
    model.save_changes();
    fill(says);
    fill(moved);
    fill(lines, data.lines.join("\n"));
    tree.show(data);
    fill(
      givens,
      data.givens.map((/** @type {string} */ name) => {
        const input = h("input", {
          type: "text",
          size: 6,
          id: `value-${name}`,
          value: data.values[name],
          on: {
            change: () =>
              model.send({ kind: "graph", formula: data.formula, values: { ...data.values, [name]: input.value } }),
          },
        });
        return h(
          "span",
          { class: "given-value" },
          h("label", { for: `value-${name}` }, `${name} =`),
          input,
          h(
            "button",
            {
              type: "button",
              ariaLabel: `nudge ${name} by 0.001`,
              title: "nudge by 0.001",
              on: { click: () => model.send({ kind: "move", name, by: 0.001 }) },
            },
            "+0.001",
          ),
        );
      }),
    );
    byHand.refresh();
  }

  function begin() {
    const made = new Set([...curve.value.matchAll(/([A-Za-z_]\w*)\s*=/g)].map((m) => m[1]));
    const names = [...new Set(curve.value.match(/[A-Za-z_]\w*/g) ?? [])].filter(
      (n) => !made.has(n) && !["exp", "log", "tanh", "sqrt", "abs", "max"].includes(n),
    );
    start = names.length > 1 ? [3, 2] : [3];
    descend();
  }

  function descend() {
    const alpha = 10 ** Number(rate.value);
    fill(rateSays, alpha.toPrecision(3));
    model.send({ kind: "descend", formula: curve.value, start, rate: alpha, steps: 30 });
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function showDescent({ names, lines: rows, result }, arrays) {
    const last = rows[rows.length - 1];
    const lost = rows.length < 31;
    const says = lost
      ? `After ${rows.length - 1} steps it has left the picture: the steps are too long.`
      : `After ${rows.length - 1} steps ${result} is ${last[names.length]}, at ${names.map((/** @type {string} */ n, /** @type {number} */ i) => `${n} = ${last[i]}`).join(", ")}.`;
    fill(descentSays, says);
    valley.show(names, arrays.field, arrays.path, says);
    const heads = ["step", ...names, result, ...names.map((/** @type {string} */ n) => `d${result}/d${n}`)];
    fill(
      steps,
      table(
        heads,
        rows.slice(0, 8).map((/** @type {string[]} */ row, /** @type {number} */ i) => [i, ...row]),
      ),
    );
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  const values = model.get("values");
  model.send({ kind: "start", formula: model.get("formula") ?? "", values: values ? parsed(values) : null });
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
    tree.close();
  };
}

/** @param {string} text */
function parsed(text) {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text)).map(([k, v]) => [k, String(v)]));
  } catch {
    return null;
  }
}

/**
 * @param {any[]} heads
 * @param {any[][]} rows
 */
function table(heads, rows) {
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        heads.map((head) => (head === "" ? h("td") : h("th", { scope: "col" }, head))),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map((row) =>
        h(
          "tr",
          {},
          row.map((cell, i) => (i ? h("td", {}, cell) : h("th", { scope: "row" }, cell))),
        ),
      ),
    ),
  );
}

export default { render };
