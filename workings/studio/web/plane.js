// Plane: the picture of what the network answers everywhere, with the points on it.

import { bytes, painting } from "./colors.js";
import { h } from "./dom.js";

const REACH = 6;

export class Plane {
  /** @param {{ look: (x: number, y: number) => void, put: (x: number, y: number, label: number) => void }} hands */
  constructor(hands) {
    this.hands = hands;
    this.putting = -1;
    /** @type {{ points: any, labels: any, learned: any } | null} */
    this.given = null;
    /** @type {[number, number] | null} */
    this.at = null;
    this.cursor = [0, 0];
    this.below = h("canvas", { ariaHidden: "true" });
    this.above = h("canvas", {
      width: 600,
      height: 600,
      tabIndex: 0,
      role: "img",
      ariaLabel: "the plane of the data, before it is drawn",
      on: {
        click: (/** @type {MouseEvent} */ e) => this.click(e),
        keydown: (/** @type {KeyboardEvent} */ e) => this.key(e),
      },
    });
    this.element = h("div", { class: "plane" }, this.below, this.above);
    painting(this.above, () => this.draw());
  }

  /** @param {{ points: any, labels: any, learned: any }} arrays */
  give(arrays) {
    this.given = arrays;
    this.draw();
  }

  /**
   * @param {import("./frames.js").Numbers} whole
   * @param {[number, number] | null} at
   */
  show(whole, at) {
    bytes(this.below, whole);
    if (at?.join() !== this.at?.join()) {
      this.at = at;
      this.draw();
    }
  }

  /** @param {MouseEvent} event */
  click(event) {
    const box = this.above.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 2 * REACH - REACH;
    const y = REACH - ((event.clientY - box.top) / box.height) * 2 * REACH;
    this.use(x, y);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  use(x, y) {
    if (this.putting >= 0) this.hands.put(x, y, this.putting);
    else this.hands.look(x, y);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowUp: [0, 0.25], ArrowDown: [0, -0.25], ArrowLeft: [-0.25, 0], ArrowRight: [0.25, 0] }[
      event.key
    ];
    if (step) this.cursor = this.cursor.map((v, i) => Math.max(-REACH, Math.min(REACH, v + step[i])));
    else if (event.key === "Enter" || event.key === " ") this.use(this.cursor[0], this.cursor[1]);
    else return;
    event.preventDefault();
    this.draw(true);
  }

  /** @param {boolean} [cursor] */
  draw(cursor = false) {
    const context = this.above.getContext("2d");
    if (!context || !this.given) return;
    const { points, labels, learned } = this.given;
    const n = labels.data.length;
    const style = getComputedStyle(this.element);
    const paper = style.getPropertyValue("--paper");
    const colors = [style.getPropertyValue("--minus"), style.getPropertyValue("--plus")];
    context.clearRect(0, 0, 600, 600);
    const size = Math.max(6, 1800 / (this.above.clientWidth || 600)); // half of a point; 3 pixels where that is more
    const place = (/** @type {number} */ x, /** @type {number} */ y) => [
      ((x + REACH) / (2 * REACH)) * 600,
      ((REACH - y) / (2 * REACH)) * 600,
    ];
    for (let i = 0; i < n; i++) {
      const [x, y] = place(points.data[2 * i], points.data[2 * i + 1]);
      const plus = labels.data[i] > 0;
      context.beginPath();
      if (plus) context.arc(x, y, size, 0, 7);
      else context.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
      context.fillStyle = learned.data[i] ? colors[plus ? 1 : 0] : paper;
      context.strokeStyle = learned.data[i] ? paper : colors[plus ? 1 : 0];
      context.lineWidth = size / 3;
      context.fill();
      context.stroke();
    }
    const rings = [...(this.at ? [this.at] : []), ...(cursor ? [this.cursor] : [])];
    for (const [a, b] of rings) {
      const [x, y] = place(a, b);
      context.beginPath();
      context.arc(x, y, size + 8, 0, 7);
      context.strokeStyle = style.getPropertyValue("--ink");
      context.lineWidth = 3;
      context.stroke();
    }
    this.above.setAttribute(
      "aria-label",
      `${n} points on what the network answers; arrow keys and Enter choose a place`,
    );
  }
}
