// Descent: a curve or a surface, and the way down it with a step size in the reader's hand.

import { choice } from "./controls.js";
import { fill, h } from "./dom.js";
import { rowsOf } from "./rows.js";
import { Valley } from "./valley.js";

const STEPS = 30;
const SHOWN = 8; // steps in the table
const FUNCTIONS = ["exp", "log", "tanh", "sqrt", "abs", "max"];

/**
 * The names that a formula is given: those that it uses and does not make.
 * @param {string} text
 */
export function givenNames(text) {
  const made = new Set([...text.matchAll(/([\p{L}_][\p{L}\p{N}_]*)\s*=/gu)].map((m) => m[1]));
  const all = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  return [...all].filter((name) => !made.has(name) && !FUNCTIONS.includes(name));
}

export class Descent {
  /** @param {import("./model.js").Model} model */
  constructor(model) {
    this.model = model;
    this.start = [3];
    /** @type {Record<string, string>} */
    this.curves = {};
    this.formula = h("input", {
      type: "text",
      id: "curve",
      class: "formula-input",
      autocomplete: "off",
      value: "J = w^4 - 3 * w^2 + w",
      on: { change: () => this.begin() },
    });
    this.examples = h("div", { class: "beside" });
    const scale = { type: "range", min: "-3", max: "0.5", step: "0.05", value: "-1.3" };
    this.rate = h("input", { ...scale, id: "alpha", on: { input: () => this.descend() } });
    this.rateSays = h("output", { class: "number" });
    this.valley = new Valley((at) => ((this.start = at), this.descend()));
    this.says = h("p", { role: "status" });
    this.steps = h("div", { class: "scroll", tabIndex: 0, role: "region", ariaLabel: "steps of the descent" });
    this.element = h("section", { ariaLabelledby: "descent-heading" }, [
      h("h2", { id: "descent-heading" }, "Descent, with the step size in your hand"),
      h(
        "p",
        { class: "quiet" },
        "Each step goes against the slope: w ← w − α · dJ/dw. Move α and see it creep, arrive, or leap out of the ",
        "valley; click on the picture to start somewhere else.",
      ),
      this.examples,
      h("p", { class: "row" }, h("label", { for: "curve" }, "Formula of one name or two"), this.formula),
      h("p", { class: "row" }, h("label", { for: "alpha" }, "Step size α"), this.rate, this.rateSays),
      this.valley.element,
      this.says,
      this.steps,
    ]);
  }

  /** @param {Record<string, string>} curves the formula of each example */
  offer(curves) {
    this.curves = curves;
    this.descend();
  }

  /** Another formula: from its first place. */
  begin() {
    this.start = givenNames(this.formula.value).length > 1 ? [3, 2] : [3];
    this.descend();
  }

  descend() {
    const names = Object.keys(this.curves);
    const its = names.find((name) => this.curves[name] === this.formula.value) ?? "your own";
    const take = (/** @type {string} */ name) => ((this.formula.value = this.curves[name]), this.begin());
    fill(this.examples, choice("Example", "curves", names, its, take));
    const rate = 10 ** Number(this.rate.value);
    fill(this.rateSays, rate.toPrecision(3));
    this.model.send({ kind: "descend", formula: this.formula.value, start: this.start, rate, steps: STEPS });
  }

  /**
   * A formula that cannot be walked down, or not from here.
   * @param {string} why
   */
  refuse(why) {
    fill(this.says, h("span", { class: "bad" }, why));
    fill(this.steps);
  }

  /**
   * @param {{ names: string[], lines: string[][], result: string }} data
   * @param {any} arrays
   */
  show({ names, lines, result }, arrays) {
    const last = lines[lines.length - 1];
    const done = `After ${lines.length - 1} steps`;
    const at = names.map((name, i) => `${name} = ${last[i]}`).join(", ");
    const says =
      lines.length <= STEPS
        ? `${done} it has left the picture: the steps are too long.`
        : `${done} ${result} is ${last[names.length]}, at ${at}.`;
    fill(this.says, says);
    this.valley.show(names, arrays.field, arrays.path, says);
    const heads = ["step", ...names, result, ...names.map((name) => `d${result}/d${name}`)];
    fill(
      this.steps,
      rowsOf(
        heads,
        lines.slice(0, SHOWN).map((line, i) => [i, ...line]),
      ),
    );
  }
}
