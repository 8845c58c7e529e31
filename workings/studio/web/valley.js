// Valley: a curve or a surface with the steps of a descent on it.

import { between, colors } from "./colors.js";
import { h } from "./dom.js";

const REACH = 4;

export class Valley {
  /** @param {(at: number[]) => void} start a place was chosen to start from */
  constructor(start) {
    this.canvas = h("canvas", {
      width: 480,
      height: 360,
      role: "img",
      tabIndex: 0,
      on: {
        click: (/** @type {MouseEvent} */ e) => this.click(e),
      },
    });
    this.start = start;
    this.two = false;
    this.element = h("div", { class: "valley" }, this.canvas);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * REACH - REACH;
    const y = REACH - ((event.clientY - box.top) / box.height) * 2 * REACH;
    this.start(this.two ? [x, y] : [x]);
  }

  /**
   * @param {string[]} names
   * @param {import("./frames.js").Numbers} field
   * @param {import("./frames.js").Numbers} path
   * @param {string} says
   */
  show(names, field, path, says) {
    this.two = names.length === 2;
    this.canvas.height = this.two ? 480 : 360;
    this.canvas.setAttribute("aria-label", says);
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.two) this.surface(context, field, path);
    else this.curve(context, field, path);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./frames.js").Numbers} field
   * @param {import("./frames.js").Numbers} path
   */
  curve(context, field, path) {
    const c = colors();
    const n = field.shape[0];
    const ys = Array.from({ length: n }, (_, i) => field.data[2 * i + 1]).filter(Number.isFinite);
    const low = Math.min(...ys);
    const high = Math.min(Math.max(...ys), low + 40);
    const x = (/** @type {number} */ v) => ((v + REACH) / (2 * REACH)) * 480;
    const y = (/** @type {number} */ v) => 340 - ((v - low) / (high - low || 1)) * 320;
    context.strokeStyle = `rgb(${c.ink})`;
    context.lineWidth = 2;
    context.beginPath();
    let down = false;
    for (let i = 0; i < n; i++) {
      const v = field.data[2 * i + 1];
      if (!Number.isFinite(v)) down = false;
      else
        down
          ? context.lineTo(x(field.data[2 * i]), y(v))
          : (context.moveTo(x(field.data[2 * i]), y(v)), (down = true));
    }
    context.stroke();
    this.steps(
      context,
      Array.from({ length: path.shape[0] }, (_, i) => [x(path.data[2 * i]), y(path.data[2 * i + 1])]),
    );
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import("./frames.js").Numbers} field
   * @param {import("./frames.js").Numbers} path
   */
  surface(context, field, path) {
    const c = colors();
    const side = field.shape[0];
    const known = Array.from(field.data).filter(Number.isFinite);
    const low = Math.min(...known);
    const height = (/** @type {number} */ v) => Math.sqrt(Math.max(0, v - low));
    const most = Math.max(...known.map(height)) || 1;
    const cell = 480 / side;
    for (let i = 0; i < side; i++)
      for (let j = 0; j < side; j++) {
        const level = Math.floor((height(field.data[i * side + j]) / most) * 14) / 14; // steps, as the lines of a map
        context.fillStyle = `rgb(${between(c.paper, c.ink, 0.05 + 0.6 * level)})`;
        context.fillRect(Math.floor(j * cell), Math.floor(i * cell), Math.ceil(cell), Math.ceil(cell));
      }
    const at = (/** @type {number} */ v) => ((v + REACH) / (2 * REACH)) * 480;
    this.steps(
      context,
      Array.from({ length: path.shape[0] }, (_, i) => [at(path.data[3 * i]), 480 - at(path.data[3 * i + 1])]),
    );
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number[][]} points
   */
  steps(context, points) {
    const c = colors();
    context.strokeStyle = context.fillStyle = `rgb(${c.minus})`;
    context.lineWidth = 2;
    context.beginPath();
    points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
    points.forEach(([x, y], i) => {
      context.beginPath();
      context.arc(x, y, i ? 4 : 7, 0, 7);
      context.fill();
    });
  }
}
