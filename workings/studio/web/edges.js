// Edges: lines from the units of one layer to a chosen unit of the next, as wide as what they carry.

import { painting, signed } from "./colors.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 6; // pixels

export class Edges {
  /** @param {HTMLElement} layers one child per layer, its units in a list */
  constructor(layers) {
    this.layers = layers;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "edges");
    this.svg.setAttribute("aria-hidden", "true");
    /** @type {[number, number, ArrayLike<number>] | null} */
    this.drawn = null;
    const again = () => void (this.drawn && this.draw(...this.drawn));
    painting(this.svg, again);
    this.watcher = new ResizeObserver(again);
    this.watcher.observe(layers);
  }

  close() {
    this.watcher.disconnect();
  }

  /**
   * @param {number} layer
   * @param {number} unit
   * @param {ArrayLike<number> | null} carried by each unit of the layer before; null: none are drawn
   */
  draw(layer, unit, carried) {
    this.svg.replaceChildren();
    this.drawn = carried && [layer, unit, carried];
    if (!carried || layer < 1) return;
    this.layers.append(this.svg);
    const box = this.layers.getBoundingClientRect();
    const boxes = (/** @type {number} */ l) =>
      [...this.layers.children[l].querySelectorAll("button")].map((b) => b.getBoundingClientRect());
    const from = boxes(layer - 1);
    const to = boxes(layer)[unit];
    const most = Math.max(...Array.from(carried, Math.abs));
    for (let i = 0; i < carried.length; i++) {
      const size = most ? Math.abs(carried[i]) / most : 0;
      if (size < 0.02 || !from[i]) continue;
      const line = document.createElementNS(SVG, "line");
      const put = (/** @type {string} */ name, /** @type {number | string} */ value) =>
        line.setAttribute(name, String(value));
      put("x1", from[i].right - box.left);
      put("y1", from[i].top + from[i].height / 2 - box.top);
      put("x2", to.left - box.left);
      put("y2", to.top + to.height / 2 - box.top);
      put("stroke", `rgb(${signed(carried[i] < 0 ? -1 : 1, 1)})`);
      put("stroke-width", Math.max(0.5, size * WIDEST));
      if (carried[i] < 0) put("stroke-dasharray", "4 3");
      this.svg.append(line);
    }
  }
}
