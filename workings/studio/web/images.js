// Images: the weights of many units, each as a picture; a pixel opens as the weight it is.

import { colors, picture, signed, widest } from "./colors.js";
import { fill, h } from "./dom.js";

export class Images {
  /** @param {(unit: number, feature: number) => void} [choose] */
  constructor(choose) {
    this.choose = choose;
    this.element = h("div", { class: "images" });
    this.side = 0;
    /** @type {[Float32Array, number, [number, number]] | null} what is shown */
    this.last = null;
    /** @type {HTMLCanvasElement[]} */
    this.canvases = [];
  }

  /**
   * @param {Float32Array} W all units one after the other
   * @param {number} units
   * @param {[number, number]} shape of one picture
   */
  show(W, units, [rows, columns]) {
    this.last = [W, units, [rows, columns]];
    if (this.canvases.length !== units || this.side !== columns) this.build(units, rows, columns);
    const most = widest(W);
    const size = rows * columns;
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
    fill(
      this.element,
      this.canvases.map((canvas, u) => h("figure", {}, canvas, h("figcaption", { class: "quiet" }, `unit ${u + 1}`))),
    );
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
      const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
      const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
      this.choose?.(u, Math.min(rows - 1, row) * columns + Math.min(columns - 1, column));
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -columns, ArrowDown: columns, ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step && event.key !== "Enter") return;
      event.preventDefault();
      if (!step) return this.choose?.(u, at);
      at = Math.min(rows * columns - 1, Math.max(0, at + step));
      this.mark(canvas, Math.floor(at / columns), at % columns);
      canvas.setAttribute(
        "aria-label",
        `weights into unit ${u + 1}: row ${Math.floor(at / columns) + 1}, column ${(at % columns) + 1}`,
      );
    });
    return canvas;
  }

  /**
   * Where the arrow keys have come to.
   * @param {HTMLCanvasElement} canvas
   * @param {number} row
   * @param {number} column
   */
  mark(canvas, row, column) {
    const context = canvas.getContext("2d");
    if (this.last) this.show(...this.last);
    if (!context) return;
    context.fillStyle = `rgb(${colors().ink})`;
    context.fillRect(column, row, 1, 1);
  }
}
