// Net: the units of a small network with what each of them sees, their weights as lines, their biases as numbers.

import { bytes, painting, signed, widest } from "./colors.js";
import { button } from "./controls.js";
import { fill, h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = { units: 8, layers: 6 };

/**
 * @typedef {{ array: string, units: number }} Row
 * @typedef {{
 *   open: (cell: string) => void, shape: (hidden: number[]) => void, peek: (cell: string, name: string) => void
 * }} Hands what happens when a number is opened, when the layers change, when a unit is pointed at, or none any more
 */

export class Net {
  /** @param {Hands} hands */
  constructor(hands) {
    this.hands = hands;
    /** @type {Row[]} */
    this.rows = [];
    this.layers = h("div", { class: "net-layers" });
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "edges");
    this.svg.setAttribute("aria-hidden", "true");
    this.picture = h(
      "div",
      { class: "net", tabIndex: 0, role: "group", ariaLabel: "the network" },
      this.svg,
      this.layers,
    );
    this.more = button("Add a layer", () => this.hands.shape([...this.hidden(), 2]));
    this.fewer = button("Remove a layer", () => this.hands.shape(this.hidden().slice(0, -1)));
    this.element = h("div", {}, this.picture, h("p", { class: "row small" }, this.more, this.fewer));
    this.watcher = new ResizeObserver(() => this.place());
    this.watcher.observe(this.layers);
    /** @type {Record<string, import("./frames.js").Numbers>} */
    this.held = {};
    /** @type {Record<string, string[][]>} */
    this.texts = {};
    painting(this.svg, () => this.color());
  }

  close() {
    this.watcher.disconnect();
  }

  /**
   * Another network.
   * @param {Row[]} rows
   * @param {string[]} features
   */
  build(rows, features) {
    this.rows = rows;
    this.hands.peek("", "");
    const input = h(
      "div",
      { class: "net-layer" },
      h("h3", {}, "Features"),
      features.map((name, i) =>
        h("div", { class: "net-unit" }, this.unit(`X[${i + 1},1]`, `feature ${name}`), h("span", {}, name)),
      ),
    );
    const layers = rows.map(({ array, units }, l) =>
      h(
        "div",
        { class: "net-layer" },
        l === rows.length - 1 ? h("h3", {}, "Output") : this.heading(l),
        Array.from({ length: units }, (_, i) =>
          h(
            "div",
            { class: "net-unit" },
            this.unit(`${array}[${i + 1},1]`, `unit ${i + 1} of layer ${l + 1}`),
            h("button", {
              type: "button",
              class: "bias number",
              data: { bias: `b${array.slice(1)}`, unit: i },
              on: { click: () => this.hands.open(`b${array.slice(1)}[${i + 1},1]`) },
            }),
          ),
        ),
      ),
    );
    fill(this.layers, input, layers);
    this.more.disabled = rows.length > MOST.layers;
    this.fewer.disabled = rows.length === 1;
    this.svg.replaceChildren();
  }

  /** How many units each hidden layer has. */
  hidden() {
    return this.rows.slice(0, -1).map((row) => row.units);
  }

  /**
   * A hidden layer's name, with a unit less and a unit more.
   * @param {number} l
   */
  heading(l) {
    const units = this.rows[l].units;
    const change = (/** @type {number} */ by) => () =>
      this.hands.shape(this.hidden().map((n, i) => (i === l ? n + by : n)));
    const key = (/** @type {string} */ what) => ({ class: "tiny", data: { key: `${what} ${l}` } });
    return [
      h("h3", {}, `Layer ${l + 1}`),
      h(
        "p",
        { class: "stepper" },
        button("−", change(-1), {
          ...key("less"),
          disabled: units === 1,
          ariaLabel: `one unit less in layer ${l + 1}, which has ${units}`,
        }),
        button("+", change(1), {
          ...key("more"),
          disabled: units === MOST.units,
          ariaLabel: `one unit more in layer ${l + 1}, which has ${units}`,
        }),
      ),
    ];
  }

  /**
   * @param {string} cell
   * @param {string} label
   */
  unit(cell, label) {
    const peek = () => this.hands.peek(cell, label);
    const leave = () => this.hands.peek("", "");
    return h(
      "button",
      {
        type: "button",
        class: "net-picture",
        ariaLabel: `${label}: open ${cell}`,
        data: { cell },
        on: { click: () => this.hands.open(cell), pointerenter: peek, focus: peek, pointerleave: leave, blur: leave },
      },
      h("canvas"),
    );
  }

  /**
   * What every unit sees now, and every weight.
   * @param {Record<string, import("./frames.js").Numbers>} arrays
   */
  show(arrays) {
    ["X", ...this.rows.map((row) => row.array)].forEach((array, l) => {
      const { shape, data } = arrays[array];
      const size = shape[1] * shape[2];
      const canvases = this.layers.children[l]?.querySelectorAll("canvas") ?? [];
      canvases.forEach((canvas, i) =>
        bytes(canvas, { shape: shape.slice(1), data: data.subarray(i * size, (i + 1) * size) }),
      );
    });
    this.held = Object.fromEntries(Object.entries(arrays).filter(([name]) => name.startsWith("held W")));
    if (this.svg.childElementCount) this.color();
    else this.place();
  }

  /**
   * The numbers of all weights and biases; those of the biases are written.
   * @param {Record<string, string[][]>} texts
   */
  write(texts) {
    this.texts = texts;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.layers.querySelectorAll(".bias"))) {
      const { bias = "", unit } = button.dataset;
      const text = texts[bias]?.[Number(unit)]?.[0] ?? "";
      if (button.dataset.text === text) continue;
      button.dataset.text = text;
      fill(button, text);
      button.setAttribute("aria-label", `bias of layer ${bias.slice(1)}, unit ${Number(unit) + 1}: ${text}`);
    }
  }

  /** The lines, from where the units stand now; each lies on a wide one that is not seen, but easy to hit. */
  place() {
    const box = this.picture.getBoundingClientRect();
    const left = this.picture.scrollLeft - box.left;
    const top = this.picture.scrollTop - box.top;
    const units = [...this.layers.children].map((layer) =>
      [...layer.querySelectorAll(".net-picture")].map((b) => b.getBoundingClientRect()),
    );
    this.svg.style.width = `${this.layers.scrollWidth}px`;
    /** @type {SVGLineElement[]} */
    const lines = [];
    const wide = [];
    for (const { name, row, column, layer } of this.weights()) {
      const from = units[layer]?.[column];
      const to = units[layer + 1]?.[row];
      if (!from || !to) return;
      const line = document.createElementNS(SVG, "line");
      put(line, {
        x1: from.right + left,
        y1: from.top + from.height / 2 + top,
        x2: to.left + left,
        y2: to.top + to.height / 2 + top,
      });
      const near = /** @type {SVGLineElement} */ (line.cloneNode());
      near.setAttribute("class", "near");
      const title = near.appendChild(document.createElementNS(SVG, "title"));
      const cell = `${name}[${row + 1},${column + 1}]`;
      near.addEventListener(
        "pointerenter", // its number now; nobody reads those of all lines at once
        () => (title.textContent = `${cell} = ${this.texts[name]?.[row]?.[column] ?? "…"}`),
      );
      near.addEventListener("click", () => this.hands.open(cell));
      lines.push(line);
      wide.push(near);
    }
    this.svg.replaceChildren(...wide, ...lines);
    this.color();
  }

  /** How wide each line is, and its color: all that changes while the network learns. */
  color() {
    const colors = [signed(-1, 1), signed(1, 1)].map((c) => `rgb(${c})`);
    let i = this.svg.childElementCount / 2;
    for (const { value, most } of this.weights()) {
      const line = this.svg.children[i++];
      if (!line) return;
      put(line, {
        stroke: colors[value < 0 ? 0 : 1],
        "stroke-width": Math.max(0.75, (5 * Math.abs(value)) / most).toFixed(1),
        "stroke-dasharray": value < 0 ? "4 3" : "none",
      });
    }
  }

  /** Every weight, in the order of the lines. */
  *weights() {
    for (const [layer, { array }] of this.rows.entries()) {
      const name = `W${array.slice(1)}`;
      const W = this.held[`held ${name}`];
      if (!W) return;
      const most = Math.max(1e-9, widest(W.data));
      const columns = W.shape[1];
      for (let i = 0; i < W.data.length; i++)
        yield { layer, name, row: Math.floor(i / columns), column: i % columns, value: W.data[i], most };
    }
  }
}

/**
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 */
function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}
