// Valley: a curve or a surface with the steps of a descent on it.

import { between, colors, painting } from "./colors.js";
import { short, ticks } from "./chart.js";
import { h } from "./dom.js";

const REACH = 4; // both axes go from -4 to 4
const SIDE = 480;
const FINE = 240; // points to a side of the surface's picture
const LEVELS = 14;
const STRIDE = 0.25; // of an arrow key

/** @typedef {import("./frames.js").Numbers} Numbers */

export class Valley {
  /** @param {(at: number[]) => void} start a place was chosen to start from */
  constructor(start) {
    this.canvas = h("canvas", {
      width: SIDE,
      height: 360,
      role: "img",
      ariaLabel: "what is descended, before it is drawn",
      tabIndex: 0,
      on: {
        click: (/** @type {MouseEvent} */ e) => this.click(e),
        keydown: (/** @type {KeyboardEvent} */ e) => this.key(e),
      },
    });
    this.start = start;
    this.from = [3]; // where the descent begins
    this.element = h("div", { class: "valley" }, this.canvas);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const box = this.canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * REACH - REACH;
    const y = REACH - ((event.clientY - box.top) / box.height) * 2 * REACH;
    this.start([x, y].slice(0, this.from.length));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step || (this.from.length === 1 && !step[0])) return;
    event.preventDefault();
    this.from = this.from.map((v, i) => Math.max(-REACH, Math.min(REACH, v + STRIDE * step[i])));
    this.start(this.from);
  }

  /**
   * @param {string[]} names
   * @param {Numbers} field
   * @param {Numbers} path
   * @param {string} says
   */
  show(names, field, path, says) {
    const two = names.length === 2;
    this.from = Array.from(path.data.subarray(0, names.length));
    this.canvas.height = two ? SIDE : 360;
    this.canvas.setAttribute("aria-label", `${says} Arrow keys move the place it starts from.`);
    const context = this.canvas.getContext("2d");
    if (!context) return;
    painting(this.canvas, () => {
      context.clearRect(0, 0, SIDE, this.canvas.height);
      const scale = SIDE / (this.canvas.clientWidth || SIDE); // text keeps its size where the picture is small
      context.font = `${12 * scale}px system-ui, sans-serif`;
      if (two) surface(context, field, path);
      else curve(context, field, path);
      axis(context, names, this.canvas.height, scale);
    });
  }
}

/**
 * From a number on the axis to a place across the picture.
 * @param {number} v
 */
function across(v) {
  return ((v + REACH) / (2 * REACH)) * SIDE;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Numbers} field
 * @param {Numbers} path
 */
function curve(context, field, path) {
  const c = colors();
  const at = (/** @type {Numbers} */ { shape, data }) =>
    Array.from({ length: shape[0] }, (_, i) => [data[2 * i], data[2 * i + 1]]);
  const ys = at(field)
    .map(([, v]) => v)
    .filter(Number.isFinite);
  const low = Math.min(...ys);
  const first = Number.isFinite(path.data[1]) ? path.data[1] : 0;
  const seen = Math.max(low + 40, 1.1 * first); // the place it starts from is in the picture
  const high = Math.min(Math.max(...ys), seen);
  const y = (/** @type {number} */ v) => 320 - ((v - low) / (high - low || 1)) * 300;
  for (const v of ticks(low, high)) {
    context.fillStyle = `rgb(${between(c.paper, c.ink, 0.12)})`;
    context.fillRect(0, Math.round(y(v)), SIDE, 1);
    context.fillStyle = `rgb(${between(c.paper, c.ink, 0.7)})`;
    context.fillText(short(v), 4, y(v) - 4);
  }
  context.strokeStyle = `rgb(${c.ink})`;
  context.lineWidth = 2;
  context.beginPath();
  let down = false; // whether the pen is
  for (const [x, v] of at(field)) {
    if (!Number.isFinite(v)) down = false;
    else if (down) context.lineTo(across(x), y(v));
    else context.moveTo(across(x), y(v));
    down = Number.isFinite(v);
  }
  context.stroke();
  steps(
    context,
    at(path).map(([x, v]) => [across(x), y(v)]),
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Numbers} field
 * @param {Numbers} path
 */
function surface(context, { shape: [side], data }, path) {
  const c = colors();
  const known = Array.from(data).filter(Number.isFinite);
  const low = Math.min(...known);
  const height = (/** @type {number} */ v) => Math.sqrt(Math.max(0, v - low));
  const most = Math.max(...known.map(height)) || 1;
  const picture = h("canvas", { width: FINE, height: FINE });
  const fine = picture.getContext("2d");
  if (!fine) return;
  const image = fine.createImageData(FINE, FINE);
  for (let i = 0; i < FINE * FINE; i++) {
    const v = amid(
      data,
      side,
      (Math.floor(i / FINE) / (FINE - 1)) * (side - 1),
      ((i % FINE) / (FINE - 1)) * (side - 1),
    );
    const level = Math.floor((height(v) / most) * LEVELS) / LEVELS; // steps, as the lines of a map
    image.data.set([...between(c.paper, c.ink, 0.03 + 0.35 * level), 255], 4 * i);
  }
  fine.putImageData(image, 0, 0);
  context.drawImage(picture, 0, 0, SIDE, SIDE);
  const at = Array.from({ length: path.shape[0] }, (_, i) => [path.data[3 * i], path.data[3 * i + 1]]);
  steps(
    context,
    at.map(([x, y]) => [across(x), SIDE - across(y)]),
  );
}

/**
 * A value between four that are known.
 * @param {ArrayLike<number>} data
 * @param {number} side
 * @param {number} row
 * @param {number} column
 */
function amid(data, side, row, column) {
  const i = Math.min(side - 2, Math.floor(row));
  const j = Math.min(side - 2, Math.floor(column));
  const [down, right] = [row - i, column - j];
  const at = (/** @type {number} */ a, /** @type {number} */ b) => data[(i + a) * side + j + b];
  return (
    (1 - down) * ((1 - right) * at(0, 0) + right * at(0, 1)) + down * ((1 - right) * at(1, 0) + right * at(1, 1))
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} points
 */
function steps(context, points) {
  context.strokeStyle = context.fillStyle = `rgb(${colors().minus})`;
  context.lineWidth = 1.5;
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  points.forEach(([x, y], i) => {
    context.beginPath();
    context.arc(x, y, i ? 4 : 7, 0, 7);
    context.fill();
  });
}

/**
 * The numbers along the edges.
 * @param {CanvasRenderingContext2D} context
 * @param {string[]} names
 * @param {number} high
 * @param {number} scale
 */
function axis(context, names, high, scale) {
  context.fillStyle = `rgb(${colors().ink})`;
  context.textAlign = "center";
  const marks = scale > 2 ? [-2, 0, 2] : [-3, -2, -1, 0, 1, 2, 3];
  for (const v of marks) context.fillText(short(v), across(v), high - 6 * scale);
  context.fillText(names[0], SIDE - 12 * scale, high - 6 * scale);
  context.textAlign = "start";
  if (names.length < 2) return;
  for (const v of marks) context.fillText(short(v), 4 * scale, SIDE - across(v) + 4 * scale);
  context.fillText(names[1], 6 * scale, 16 * scale);
}
