// By hand: the panel in which any number of a page opens its working.

import { button } from "./controls.js";
import { fill, h } from "./dom.js";
import { fit, line, math } from "./maths.js";
import { nudge } from "./nudge.js";
import { focused, unpressed } from "./place.js";
import { terms } from "./terms.js";

const NUDGED = /^(X|W|b|gamma|beta)/; // what is given, and so can be moved

/**
 * @typedef {Required<{ cell: string, value: string, symbol: import("./maths.js").Tree, words: string }>} Cell
 * @typedef {{
 *   invitation?: string, opened?: (panel: any) => void, set?: (cell: string, value: number) => void,
 *   questions?: boolean, first?: string[]
 * }} Options what it says at first, who hears of an open number, who sets one, whether it asks on, where to begin
 */

/** The panel of one page; `open` asks for a number, and what is open is asked for again after a change. */
export class ByHand {
  /**
   * @param {import("./model.js").Model} model
   * @param {Options} [options]
   */
  constructor(model, options = {}) {
    const { invitation = "Choose any number to see how it was worked out.", questions = true, first = [] } = options;
    this.model = model;
    this.opened = options.opened;
    this.set = options.set;
    this.asks = questions;
    /** @type {string[]} */
    this.trail = [];
    this.moveFocus = false;
    this.shown = ""; // what is in the panel, as text
    this.cell = ""; // whose number it is
    this.size = "0.01"; // of the nudge
    /** @type {number | null} the page of terms that was asked for */
    this.first = null;
    this.terms = h("div");
    this.hands = {
      open: (/** @type {string} */ cell) => this.open(cell),
      page: (/** @type {number} */ start) => this.model.send({ kind: "terms", cell: this.cell, start }),
    };
    this.answer = h("div", { ariaLive: "polite" });
    this.invitation = h("p", { class: "quiet" }, invitation);
    this.content = h("div", {}, this.invitation);
    /** @type {HTMLElement | null} where the keyboard was when the trail began */
    this.from = null;
    this.element = h(
      "section",
      {
        class: "by-hand",
        ariaLabelledby: "by-hand-heading",
        on: { keydown: (/** @type {KeyboardEvent} */ e) => e.key === "Escape" && this.trail.length && this.shut() },
      },
      h("h2", { id: "by-hand-heading", tabIndex: -1 }, "By hand"),
      first.length > 0 &&
        h(
          "p",
          { class: "row first" },
          "Open",
          first.map((cell) => this.begin(cell)),
        ),
      this.content,
    );
    this.listener = (/** @type {any} */ message) => this.hear(message);
    model.on("msg:custom", this.listener);
    this.fit = () => fit(this.element);
    addEventListener("resize", this.fit);
  }

  close() {
    this.model.off("msg:custom", this.listener);
    removeEventListener("resize", this.fit);
  }

  /**
   * Open a number; the trail grows by it.
   * @param {string} cell
   */
  open(cell) {
    const known = this.trail.indexOf(cell);
    this.trail = known >= 0 ? this.trail.slice(0, known + 1) : [...this.trail, cell].slice(-12);
    this.moveFocus = true;
    this.model.send({ kind: "open", cell });
  }

  /**
   * Begin a new trail with a number.
   * @param {string} cell
   */
  start(cell) {
    this.trail = [];
    this.from = focused(/** @type {Element} */ (this.element.closest("main, .wk") ?? this.element));
    this.open(cell);
  }

  /** Close what is open; the keyboard goes back to where it came from. */
  shut() {
    const [cell] = this.trail;
    this.trail = [];
    this.shown = this.cell = "";
    fill(this.content, this.invitation);
    const page = /** @type {Document | ShadowRoot} */ (this.element.getRootNode());
    const again = /** @type {HTMLElement | null} */ (page.querySelector(`button[data-cell="${CSS.escape(cell)}"]`));
    (this.from?.isConnected ? this.from : (again ?? this.element.querySelector("h2")))?.focus();
  }

  /** The number that is open, worked out anew. */
  refresh() {
    const cell = this.trail.at(-1);
    if (cell) this.model.send({ kind: "open", cell });
  }

  /** @param {{ kind: string, data: any }} message */
  hear({ kind, data }) {
    if (kind === "opened") unpressed(this.content, () => data.cell === this.trail.at(-1) && this.show(data));
    if (kind === "unopened") this.refuse(data);
    if (kind === "terms" && data.cell === this.cell) {
      this.first = data.table?.start ?? null;
      fill(this.terms, terms(data.table, this.hands));
    }
    if (kind === "paths") fill(this.answer, h("pre", { tabIndex: 0, ariaLabel: "paths to the loss" }, data.text));
    if (kind === "nudged") fill(this.answer, nudge(data));
  }

  /** @param {{ cell: string, why: string }} data */
  refuse({ cell, why }) {
    if (this.moveFocus && this.trail.length > 1 && cell === this.trail.at(-1)) this.trail.pop();
    this.moveFocus = false;
    fill(this.answer, h("p", { class: "quiet" }, why));
    if (!this.answer.isConnected) fill(this.content, this.answer);
  }

  /** @param {any} p */
  show(p) {
    const told = JSON.stringify([p, this.trail]);
    if (!this.moveFocus && told === this.shown) return this.opened?.(p);
    if (!this.moveFocus && focused(this.content)?.localName === "input") return; // somebody is writing
    const open = this.content.querySelector("details")?.open;
    this.shown = told;
    this.turn(p);
    fill(
      this.content,
      this.crumbs(),
      h(
        "h3",
        { tabIndex: -1, class: "value", data: { cell: p.cell }, title: p.full },
        math(p.symbol),
        ` ${p.rounded ? "≈" : "="} `,
        h("output", {}, p.value),
      ),
      h("p", { class: "words" }, p.words),
      p.rule && h("p", { class: "rule" }, p.rule),
      p.formula && h("p", { class: "line" }, h("span", { class: "whole" }, math(p.formula))),
      p.lines.map(line),
      p.because && h("p", { class: "because" }, p.because),
      this.terms,
      this.list("Made from", p.made_from),
      this.list("Leads to", p.leads_to),
      this.questions(p),
      p.notes.length > 0 &&
        h(
          "details",
          { class: "quiet", open },
          h("summary", {}, "Conventions"),
          p.notes.map((/** @type {string} */ n) => h("p", {}, n)),
        ),
    );
    this.fit();
    if (this.moveFocus) {
      this.content.querySelector("h3")?.focus({ preventScroll: true });
      this.element.scrollTop = 0;
      this.comeIntoView();
    }
    this.moveFocus = false;
    this.opened?.(p);
  }

  /**
   * The parts that stay while the same number is worked out anew: the page of its terms, what was asked about it.
   * @param {any} p
   */
  turn(p) {
    if (p.cell !== this.cell || this.moveFocus) {
      this.first = null;
      fill(this.answer);
    }
    this.cell = p.cell;
    if (this.first === null) fill(this.terms, terms(p.table, this.hands));
    else this.model.send({ kind: "terms", cell: p.cell, start: this.first });
  }

  /** Where the panel stands below the rest of a page, a number that was opened is brought before the eyes. */
  comeIntoView() {
    const { top } = this.element.getBoundingClientRect();
    if (top < 0 || top > innerHeight - 120) this.element.scrollIntoView({ block: "start" });
  }

  crumbs() {
    if (this.trail.length < 2) return null;
    const steps = this.trail.slice(0, -1).map((cell) => h("li", {}, this.button(cell, cell, `back to ${cell}`)));
    return h(
      "nav",
      { ariaLabel: "trail" },
      h("ol", { class: "trail" }, steps, h("li", { ariaCurrent: "true" }, this.trail.at(-1))),
    );
  }

  /**
   * A number to begin with.
   * @param {string} cell
   */
  begin(cell) {
    return h("button", { type: "button", class: "number", on: { click: () => this.start(cell) } }, cell);
  }

  /**
   * @param {string} cell
   * @param {import("./dom.js").Child} text
   * @param {string} [label]
   */
  button(cell, text, label) {
    return h(
      "button",
      { type: "button", class: "number", ariaLabel: label, data: { cell }, on: { click: () => this.open(cell) } },
      text,
    );
  }

  /**
   * @param {string} title
   * @param {{ array: string, count: number, first: Cell[] }[]} each
   */
  list(title, each) {
    if (!each.length) return null;
    const items = each.map(({ first, count }) =>
      h(
        "li",
        {},
        first.map((c) =>
          this.button(c.cell, h("span", {}, math(c.symbol), ` = ${c.value}`), `${c.words}: ${c.value}`),
        ),
        count > first.length ? ` and ${count - first.length} more` : "",
        h("span", { class: "quiet" }, first.length === 1 ? ` ${first[0].words}` : ""),
      ),
    );
    return h("section", {}, h("h4", {}, title), h("ul", { class: "plain" }, items));
  }

  /** @param {any} p */
  setting(p) {
    const value = h("input", { type: "number", step: "any", value: p.full, ariaLabel: `new value of ${p.cell}` });
    const set = () => (value.blur(), value.value && this.set?.(p.cell, Number(value.value)));
    value.addEventListener("keydown", (e) => e.key === "Enter" && set());
    return h("p", { class: "together" }, button("Set it to", set), value);
  }

  /** @param {any} p */
  questions(p) {
    const size = h("input", {
      type: "number",
      value: this.size,
      step: "any",
      ariaLabel: "size of the nudge",
      on: { input: () => (this.size = size.value) },
    });
    const given = NUDGED.test(p.array);
    const ask = (/** @type {string} */ kind, /** @type {object} */ more = {}) =>
      this.model.send({ kind, cell: p.cell, ...more });
    const nudged = () => ask("nudge", { size: Number(size.value) || 0.01 });
    if (p.array === "J" || !this.asks) return null;
    return h(
      "section",
      {},
      this.set && /^(W|b)\d+$/.test(p.array) && this.setting(p),
      h(
        "p",
        { class: "row" },
        given && p.array !== "X" && this.button(`d${p.cell}`, "Its gradient"),
        button("Paths to the loss", () => ask("paths")),
        given && h("span", { class: "together" }, button("Nudge it by", nudged), size),
      ),
      this.answer,
    );
  }
}
