// Scale: what the colors of signed numbers mean, from the least to the largest.

import { picture, signed } from "./colors.js";
import { fill, h } from "./dom.js";

const STEPS = 41;

export class Scale {
  constructor() {
    this.canvas = h("canvas", { ariaHidden: "true" });
    this.ends = [h("span", { class: "number" }), h("span", { class: "number" })];
    this.element = h("p", { class: "scale quiet" }, this.ends[0], this.canvas, this.ends[1]);
  }

  /** @param {string} widest the largest size there is, as text */
  show(widest) {
    const data = Float32Array.from({ length: STEPS }, (_, i) => (2 * i) / (STEPS - 1) - 1);
    picture(this.canvas, { shape: [1, STEPS], data }, (v) => signed(v, 1));
    fill(this.ends[0], `−${widest}`);
    fill(this.ends[1], `+${widest}`);
  }
}
