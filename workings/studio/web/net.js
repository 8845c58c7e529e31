// Net: the units of a small network with what each of them sees, their weights as lines, their biases as numbers.

import { picture, signed } from "./colors.js";
import { fill, h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {{ array: string, units: number }} Row
 * @typedef {{ open: (cell: string) => void }} Hands
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
    this.element = h("div", { class: "net", tabIndex: 0, role: "group", ariaLabel: "the network" }, this.svg, this.layers);
    this.watcher = new ResizeObserver(() => this.place());
    this.watcher.observe(this.layers);
    /** @type {Record<string, import("./frames.js").Numbers>} */
    this.held = {};
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
    const input = h(
      "div",
      { class: "net-layer" },
      h("h3", {}, "Features"),
      features.map((name, i) => h("div", { class: "net-unit" }, this.unit(`X[${i + 1},1]`, `feature ${name}`), h("span", {}, name))),
    );
    const layers = rows.map(({ array, units }, l) =>
      h(
        "div",
        { class: "net-layer" },
        h("h3", {}, l === rows.length - 1 ? "Output" : `Layer ${l + 1}`),
        Array.from({ length: units }, (_, i) =>
          h(
            "div",
            { class: "net-unit" },
            this.unit(`${array}[${i + 1},1]`, `unit ${i + 1} of layer ${l + 1}`),
            h("button", { type: "button", class: "bias number", data: { bias: `b${array.slice(1)}`, unit: i }, on: { click: () => this.hands.open(`b${array.slice(1)}[${i + 1},1]`) } }),
          ),
        ),
      ),
    );
    fill(this.layers, input, layers);
    this.svg.replaceChildren();
  }

  /**
   * @param {string} cell
   * @param {string} label
   */
  unit(cell, label) {
    return h("button", { type: "button", class: "net-picture", ariaLabel: `${label}: open ${cell}`, data: { cell }, on: { click: () => this.hands.open(cell) } }, h("canvas"));
  }

  /**
   * What every unit sees now, and every weight.
   * @param {Record<string, import("./frames.js").Numbers>} arrays
   * @param {Record<string, string[][]>} texts
   */
  show(arrays, texts) {
    ["X", ...this.rows.map((row) => row.array)].forEach((array, l) => {
      const { shape, data } = arrays[array], size = shape[1] * shape[2];
      const canvases = this.layers.children[l]?.querySelectorAll("canvas") ?? [];
      canvases.forEach((canvas, i) =>
        picture(canvas, { shape: shape.slice(1), data: data.subarray(i * size, (i + 1) * size) }, (v) => signed(v - 128, 127)),
      );
    });
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (this.layers.querySelectorAll(".bias"))) {
      const text = texts[button.dataset.bias ?? ""]?.[Number(button.dataset.unit)]?.[0] ?? "";
      if (button.dataset.text === text) continue;
      button.dataset.text = text;
      fill(button, `b ${text}`);
      button.setAttribute("aria-label", `bias of layer ${button.dataset.bias?.slice(1)}, unit ${Number(button.dataset.unit) + 1}: ${text}`);
    }
    this.held = Object.fromEntries(Object.entries(arrays).filter(([name]) => name.startsWith("held W")));
    this.texts = texts;
    this.place();
  }

  /** The lines, from where the units stand now. */
  place() {
    const box = this.element.getBoundingClientRect();
    const left = this.element.scrollLeft - box.left, top = -box.top;
    const units = [...this.layers.children].map((layer) => [...layer.querySelectorAll(".net-picture")].map((b) => b.getBoundingClientRect()));
    this.svg.style.width = `${this.layers.scrollWidth}px`;
    /** @type {SVGLineElement[]} */
    const lines = [];
    this.rows.forEach(({ array }, l) => {
      const W = this.held[`held W${array.slice(1)}`];
      if (!W) return;
      const [rows, columns] = W.shape;
      const most = Math.max(1e-9, ...Array.from(W.data, Math.abs));
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const from = units[l]?.[j], to = units[l + 1]?.[i], value = W.data[i * columns + j];
          if (!from || !to) continue;
          const line = document.createElementNS(SVG, "line");
          const put = (/** @type {string} */ name, /** @type {string | number} */ v) => line.setAttribute(name, String(v));
          put("x1", from.right + left);
          put("y1", from.top + from.height / 2 + top);
          put("x2", to.left + left);
          put("y2", to.top + to.height / 2 + top);
          put("stroke", `rgb(${signed(value < 0 ? -1 : 1, 1)})`);
          put("stroke-width", Math.max(0.75, (5 * Math.abs(value)) / most));
          if (value < 0) put("stroke-dasharray", "4 3");
          const title = document.createElementNS(SVG, "title");
          title.textContent = `W${array.slice(1)}[${i + 1},${j + 1}] = ${this.texts?.[`W${array.slice(1)}`]?.[i]?.[j]}`;
          line.append(title);
          line.addEventListener("click", () => this.hands.open(`W${array.slice(1)}[${i + 1},${j + 1}]`));
          lines.push(line);
        }
    });
    this.svg.replaceChildren(...lines);
  }
}
