// Units: every unit of a network in its layer, as dark as it is active, with the lines into the chosen one.

import { ink, painting, picture, signed, textOn, widest } from "./colors.js";
import { fill, h } from "./dom.js";
import { Edges } from "./edges.js";

/** @typedef {{ array: string, texts: string[] }} Layer */

export class Units {
  /** @param {{ choose: (array: string, unit: number) => void, open: (cell: string) => void }} hands */
  constructor(hands) {
    this.hands = hands;
    /** @type {Layer[]} */
    this.layers = [];
    this.columns = h("div", { class: "layers" });
    this.edges = new Edges(this.columns);
    this.unit = h("div", { class: "unit", ariaLive: "polite" });
    this.element = h("div", {}, this.columns, legend(), this.unit);
  }

  close() {
    this.edges.close();
  }

  clear() {
    this.layers = [];
    fill(this.columns);
    fill(this.unit);
  }

  /**
   * @param {Layer[]} layers
   * @param {Record<string, import("./frames.js").Numbers>} arrays how active each unit is
   * @param {string[]} classes what each unit of the last layer stands for
   */
  show(layers, arrays, classes) {
    if (layers.length !== this.layers.length || layers.some((x, l) => !alike(x, this.layers[l])))
      fill(
        this.columns,
        layers.map((layer, l) => this.column(layer, l === layers.length - 1 ? "Output" : `Hidden ${l + 1}`)),
      );
    this.layers = layers;
    layers.forEach(({ array, texts }, l) => {
      const buttons = this.columns.children[l].querySelectorAll("button");
      texts.forEach((text, i) => {
        const name = l === layers.length - 1 ? h("b", {}, `${classes[i] ?? i} `) : "";
        painting(buttons[i], () => {
          const color = ink(arrays[array].data[i]);
          buttons[i].style.backgroundColor = `rgb(${color})`;
          buttons[i].style.color = textOn(color);
        });
        fill(buttons[i], name, text);
        buttons[i].setAttribute("aria-label", `${array}, unit ${i + 1}: ${text}`);
      });
    });
  }

  /**
   * @param {Layer} layer
   * @param {string} title
   */
  column({ array, texts }, title) {
    const units = texts.map((_, i) => h("li", {}, this.button(array, i)));
    return h(
      "div",
      { class: "layer", role: "group", ariaLabel: title },
      h("h3", {}, title),
      h("ul", { class: "plain" }, units),
    );
  }

  /**
   * @param {string} array
   * @param {number} i
   */
  button(array, i) {
    const cell = `${array}[${i + 1},1]`;
    const choose = () => this.hands.choose(array, i);
    return h("button", {
      type: "button",
      class: "neuron number",
      tabIndex: i === 0 ? 0 : -1,
      data: { cell, key: `${array}.${i}` },
      on: {
        click: () => (choose(), this.hands.open(cell)),
        pointerenter: choose,
        keydown: (/** @type {KeyboardEvent} */ e) => this.walk(e),
      },
    });
  }

  /**
   * Arrow keys go from unit to unit; a layer is one stop of the tab key.
   * @param {KeyboardEvent} event
   */
  walk(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    const at = /** @type {HTMLElement} */ (event.currentTarget);
    if (!step || !at) return;
    event.preventDefault();
    const columns = [...this.columns.children].map((layer) => [...layer.querySelectorAll("button")]);
    const column = columns.findIndex((buttons) => buttons.some((button) => button === at));
    const next = columns[column + step[0]] ?? columns[column];
    const row = columns[column].findIndex((button) => button === at) + step[1];
    const to = next[Math.max(0, Math.min(next.length - 1, row))];
    for (const button of next) button.tabIndex = button === to ? 0 : -1;
    to.focus();
  }

  /**
   * What goes into a unit: lines from the layer before, or, in the first layer, pictures.
   * @param {any} data
   * @param {any} arrays
   */
  into(data, arrays) {
    const l = this.layers.findIndex((layer) => layer.array === data.array);
    this.edges.draw(l, data.unit, data.first ? null : arrays.products.data);
    fill(
      this.unit,
      h("h3", {}, `Into unit ${data.unit + 1} of ${data.array}`),
      h("p", { class: "quiet" }, `bias ${data.bias}, weights between ±${data.range}`),
      data.first && pictures(arrays),
    );
  }
}

/**
 * @param {Layer} one
 * @param {Layer} other
 */
function alike(one, other) {
  return one.array === other.array && one.texts.length === other.texts.length;
}

/**
 * Ink, weights, and their products, which add up to the unit's sum.
 * @param {Record<"met" | "weights" | "products", import("./frames.js").Numbers>} arrays
 */
function pictures({ met, weights, products }) {
  const side = Math.sqrt(weights.data.length);
  if (!Number.isInteger(side)) return null;
  const one = (/** @type {string} */ title, /** @type {ArrayLike<number>} */ data, plain = false) => {
    const canvas = h("canvas", { role: "img", ariaLabel: `${title} of this unit` });
    const most = widest(data);
    picture(canvas, { shape: [side, side], data: /** @type {any} */ (data) }, plain ? ink : (v) => signed(v, most));
    return h("figure", {}, canvas, h("figcaption", { class: "quiet" }, title));
  };
  return [one("ink", met.data, true), one("weights", weights.data), one("ink × weight", products.data)];
}

function legend() {
  return h(
    "ul",
    { class: "plain legend quiet" },
    h("li", {}, h("span", { class: "swatch plus", ariaHidden: "true" }), " raises the chosen unit"),
    h("li", {}, h("span", { class: "swatch minus dashed", ariaHidden: "true" }), " lowers it"),
  );
}
