// Images: the weights of many units, each as a picture; a pixel opens as the weight it is.

import { picture, signed, widest } from "./colors.js";
import { fill, h } from "./dom.js";

export class Images {
  /** @param {(unit: number, feature: number) => void} [choose] */
  constructor(choose) {
    this.choose = choose;
    this.element = h("div", { class: "images" });
    this.side = 0;
    /** @type {HTMLCanvasElement[]} */
    this.canvases = [];
  }

  /**
   * @param {Float32Array} W all units one after the other
   * @param {number} units
   * @param {[number, number]} shape of one picture
   */
  show(W, units, [rows, columns]) {
    if (this.canvases.length !== units || this.side !== columns) this.build(units, rows, columns);
    const most = widest(W), size = rows * columns;
    this.canvases.forEach((canvas, u) =>
      picture(canvas, { shape: [rows, columns], data: W.subarray(u * size, (u + 1) * size) }, (v) => signed(v, most)),
    );
  }

  /**
   * @param {number} units
   * @param {number} rows
   * @param {number} columns
   */
  build(units, rows, columns) {
    this.side = columns;
    this.canvases = Array.from({ length: units }, (_, u) => this.one(u, rows, columns));
    fill(this.element, this.canvases.map((canvas, u) => h("figure", {}, canvas, h("figcaption", { class: "quiet" }, `unit ${u + 1}`))));
  }

  /**
   * One picture: with the pointer any pixel, with the keyboard by arrows and Enter.
   * @param {number} u
   * @param {number} rows
   * @param {number} columns
   */
  one(u, rows, columns) {
    let at = 0;
    const canvas = h("canvas", { role: "img", ariaLabel: `weights into unit ${u + 1}` });
    if (!this.choose) return canvas;
    canvas.tabIndex = 0;
    canvas.setAttribute("aria-label", `weights into unit ${u + 1}; arrow keys and Enter choose one`);
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const row = Math.floor(((event.clientY - box.top) / box.height) * rows), column = Math.floor(((event.clientX - box.left) / box.width) * columns);
      this.choose?.(u, Math.min(rows - 1, row) * columns + Math.min(columns - 1, column));
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -columns, ArrowDown: columns, ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) at = Math.min(rows * columns - 1, Math.max(0, at + step));
      else if (event.key !== "Enter") return;
      event.preventDefault();
      this.choose?.(u, at);
    });
    return canvas;
  }
}
