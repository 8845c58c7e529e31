// The pad: 28 × 28 pixels of ink, drawn here at once and sent while one answer at a time is on its way.

import { ink, picture, signed } from "./colors.js";
import { h } from "./dom.js";

const SIDE = 28;
const STEPS = 50; // strokes that can be undone

export class Pad {
  /** @param {(pixels: number[]) => void} send */
  constructor(send) {
    this.tell = send;
    this.brush = 2;
    this.pixels = new Float32Array(SIDE * SIDE);
    /** @type {Float32Array[]} */
    this.before = [];
    this.waiting = 0; // a clock: an answer that never comes does not stop the pen
    this.changed = false;
    /** @type {[number, number] | null} */
    this.last = null;
    this.at = [14, 14];
    this.element = h("canvas", {
      class: "pad",
      tabIndex: 0,
      role: "img",
      ariaLabel:
        "pad of 28 by 28 pixels: draw with the pointer, or with the arrow keys and space; " +
        "shift and an arrow draw a line",
      on: {
        pointerdown: (/** @type {PointerEvent} */ e) => this.down(e),
        pointermove: (/** @type {PointerEvent} */ e) => this.move(e),
        pointerup: () => (this.last = null),
        pointercancel: () => (this.last = null),
        keydown: (/** @type {KeyboardEvent} */ e) => this.key(e),
      },
    });
    this.hint = h("span", { class: "pad-hint quiet", ariaHidden: "true" }, "draw a digit here");
    this.place = h("div", { class: "pad-place" }, this.element, this.hint);
    this.paint();
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.remember();
    this.last = this.point(event);
    this.dab(...this.last);
    this.done();
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.last) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) this.line(this.point(one));
    this.done();
  }

  /**
   * @param {PointerEvent} event
   * @returns {[number, number]}
   */
  point(event) {
    const box = this.element.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  /** @param {[number, number]} to */
  line(to) {
    const [x, y] = this.last ?? to;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - x, to[1] - y)));
    for (let i = 1; i <= steps; i++) this.dab(x + ((to[0] - x) * i) / steps, y + ((to[1] - y) * i) / steps);
    this.last = to;
  }

  /**
   * A soft round dab of the brush.
   * @param {number} x
   * @param {number} y
   */
  dab(x, y) {
    const reach = Math.ceil(this.brush) + 1;
    for (let row = Math.floor(y) - reach; row <= y + reach; row++)
      for (let column = Math.floor(x) - reach; column <= x + reach; column++) {
        if (row < 0 || column < 0 || row >= SIDE || column >= SIDE) continue;
        const far = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const value = Math.min(1, Math.max(0, this.brush / 2 + 0.5 - far + 0.5));
        const i = row * SIDE + column;
        this.pixels[i] = Math.max(this.pixels[i], value);
      }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (step) {
      event.preventDefault();
      if (event.shiftKey) this.remember();
      this.at = this.at.map((x, i) => Math.min(SIDE - 1, Math.max(0, x + step[i])));
      if (event.shiftKey) this.dab(this.at[0] + 0.5, this.at[1] + 0.5);
    } else if (event.key === " ") {
      event.preventDefault();
      this.remember();
      this.dab(this.at[0] + 0.5, this.at[1] + 0.5);
    } else return;
    this.done(true);
  }

  remember() {
    this.before = [...this.before, this.pixels.slice()].slice(-STEPS);
  }

  undo() {
    const before = this.before.pop();
    if (!before) return;
    this.pixels = before;
    this.done();
  }

  clear() {
    this.remember();
    this.pixels = new Float32Array(SIDE * SIDE);
    this.done();
  }

  /**
   * A sample, 0 to 255; it is shown, not sent: the server has it.
   * @param {Uint8Array} bytes
   */
  set(bytes) {
    this.remember();
    this.show(Float32Array.from(bytes, (x) => x / 255));
  }

  /** @param {Float32Array} pixels */
  show(pixels) {
    this.pixels = pixels;
    this.paint();
  }

  /** @param {boolean} [cursor] */
  done(cursor = false) {
    this.paint(cursor);
    this.send();
  }

  /** Send what is there now, unless an answer is still on its way: then once it has come. */
  send() {
    this.changed = this.waiting > 0;
    this.element.dataset.asking = "";
    if (this.waiting) return;
    this.tell(Array.from(this.pixels, (x) => Math.round(255 * x)));
    this.waiting = setTimeout(() => this.answered(), 1000);
  }

  /** The answer is there, and is painted in this turn. */
  answered() {
    clearTimeout(this.waiting);
    this.waiting = 0;
    delete this.element.dataset.asking;
    if (this.changed) this.send();
  }

  /** @param {boolean} [cursor] */
  paint(cursor = false) {
    picture(this.element, { shape: [SIDE, SIDE], data: this.pixels }, ink);
    this.hint.hidden = this.pixels.some((x) => x > 0);
    const context = this.element.getContext("2d");
    if (!cursor || !context) return;
    context.strokeStyle = `rgb(${signed(1, 1)})`;
    context.lineWidth = 0.4;
    context.strokeRect(this.at[0], this.at[1], 1, 1);
  }
}
