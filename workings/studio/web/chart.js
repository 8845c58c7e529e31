// Charts: lines named above with their last values, a grid, and a crosshair by pointer or arrow keys.

import { fill, h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 420; // until it is known how wide it stands; its text keeps its size
const HIGH = 200;
const EDGE = { left: 48, right: 12, top: 10, bottom: 26 };

/**
 * Round steps from low to high, about so many.
 * @param {number} low
 * @param {number} high
 * @param {number} [about]
 * @returns {number[]}
 */
export function ticks(low, high, about = 4) {
  if (!(high > low)) return [low];
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((n) => n * power >= raw) ?? 10);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high * (1 + 1e-9); k++)
    found.push(Number((k * step).toPrecision(12)));
  return found;
}

/**
 * @typedef {{
 *   name: string, color: "plus" | "minus", dashed?: boolean, points: [number, number][], last?: string | null
 * }} Line
 */

export class Chart {
  /**
   * @param {string} title what the chart shows, for those who do not see it
   * @param {{ across?: string, from?: number | null, to?: number | null }} [options] the axis below; ends of the axis
   */
  constructor(title, options = {}) {
    const { across = "epoch", from = 0, to = null } = options;
    this.title = title;
    this.across = across;
    this.ends = { from, to };
    /** @type {Line[]} */
    this.lines = [];
    /** @type {number | null} */
    this.at = null;
    this.svg = document.createElementNS(SVG, "svg");
    this.wide = WIDE;
    this.svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    new ResizeObserver(([{ contentRect }]) => this.stretch(Math.round(contentRect.width))).observe(this.svg);
    this.svg.setAttribute("role", "img");
    this.svg.setAttribute("aria-label", title);
    this.svg.setAttribute("tabindex", "0");
    this.svg.addEventListener("pointermove", (e) => this.point(e));
    this.svg.addEventListener("pointerleave", () => this.look(null));
    this.svg.addEventListener("keydown", (e) => this.key(e));
    this.says = h("p", { class: "quiet chart-says", ariaLive: "polite" });
    this.heading = h("b", {}, title);
    this.keys = h("span", { class: "keys" });
    this.element = h("figure", { class: "chart" }, h("figcaption", {}, this.heading, this.keys), this.svg, this.says);
    this.draw();
  }

  /** @param {Line[]} lines */
  show(lines) {
    this.lines = lines;
    if (this.heading.textContent !== this.title) fill(this.heading, this.title);
    if (this.keys.childElementCount !== lines.length) fill(this.keys, lines.map(key));
    lines.forEach((line, i) => fill(/** @type {Element} */ (this.keys.children[i].lastChild), line.last ?? "–"));
    this.draw();
  }

  /** @param {number} wide pixels */
  stretch(wide) {
    if (!wide || wide === this.wide) return;
    this.wide = wide;
    this.svg.setAttribute("viewBox", `0 0 ${wide} ${HIGH}`);
    this.draw();
  }

  bounds() {
    const points = this.lines.flatMap((line) => line.points).filter(([, y]) => Number.isFinite(y));
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    if (!ys.length) return { x: [0, 1], y: [0, 1] };
    const least = Math.min(...ys, this.ends.from ?? Infinity);
    const most = this.ends.to ?? Math.max(...ys, least + 1e-9);
    return { x: [Math.min(...xs, 0), Math.max(...xs, 1)], y: [least, most > least ? most : least + 1] };
  }

  draw() {
    const b = this.bounds();
    const empty = !this.lines.some((line) => line.points.some(([, v]) => Number.isFinite(v)));
    const width = this.wide - EDGE.left - EDGE.right;
    const height = HIGH - EDGE.top - EDGE.bottom;
    const x = (/** @type {number} */ v) => EDGE.left + ((v - b.x[0]) / (b.x[1] - b.x[0])) * width;
    const y = (/** @type {number} */ v) => EDGE.top + height - ((v - b.y[0]) / (b.y[1] - b.y[0])) * height;
    const parts = [];
    for (const v of empty ? [0] : ticks(b.y[0], b.y[1])) {
      parts.push(part("line", { class: "grid", x1: EDGE.left, x2: EDGE.left + width, y1: y(v), y2: y(v) }));
      if (!empty) parts.push(text(EDGE.left - 6, y(v) + 4, "end", short(v)));
    }
    if (empty) parts.push(text(EDGE.left + width / 2, EDGE.top + height / 2, "middle", `no ${this.across} yet`));
    else {
      parts.push(text(EDGE.left - 10, HIGH - 8, "end", this.across));
      for (const v of ticks(b.x[0], b.x[1], Math.min(4, Math.max(2, width / 60))))
        parts.push(text(x(v), HIGH - 8, "middle", short(v)));
    }
    for (const line of this.lines) {
      const known = line.points.filter(([, v]) => Number.isFinite(v));
      const points = known.map(([a, v]) => `${x(a).toFixed(1)},${y(v).toFixed(1)}`);
      const kind = `line ${line.color}${line.dashed ? " dashed" : ""}`;
      if (points.length) parts.push(part("polyline", { class: kind, points: points.join(" ") }));
    }
    const at = this.at === null ? NaN : x(this.at);
    if (at === at) parts.push(part("line", { class: "cross", x1: at, x2: at, y1: EDGE.top, y2: EDGE.top + height }));
    renew(this.svg, parts);
    const told = this.lines.map((l) => `${l.name} ${l.last ?? short(l.points.at(-1)?.[1] ?? NaN)}`);
    this.svg.setAttribute("aria-label", `${this.title}: ${told.join(", ")}`);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.svg.getBoundingClientRect();
    const b = this.bounds();
    const across = ((event.clientX - box.left) / box.width) * this.wide;
    this.look(b.x[0] + ((across - EDGE.left) / (this.wide - EDGE.left - EDGE.right)) * (b.x[1] - b.x[0]));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const points = this.lines[0]?.points ?? [];
    if (!step || !points.length) return;
    event.preventDefault();
    const now = this.at === null ? points.length - 1 : nearest(points, this.at);
    this.look(points[Math.min(points.length - 1, Math.max(0, now + step))][0]);
  }

  /** @param {number | null} at */
  look(at) {
    const points = this.lines[0]?.points ?? [];
    this.at = at === null || !points.length ? null : points[nearest(points, at)][0];
    const there = this.at ?? NaN;
    const told = this.lines.map((l) => `${l.name} ${short(l.points[nearest(l.points, there)]?.[1] ?? NaN)}`);
    fill(this.says, this.at === null ? "" : `${this.across} ${this.at}: ${told.join(", ")}`);
    this.draw();
  }
}

/**
 * What a line is: its stroke, its name, and a place for its last value.
 * @param {Line} line
 */
function key({ name, color, dashed }) {
  const stroke = h("span", { class: `swatch ${color}${dashed ? " dashed" : ""}`, ariaHidden: "true" });
  return h("span", { class: "key" }, stroke, ` ${name} `, h("span", { class: "number" }));
}

/**
 * @param {[number, number][]} points
 * @param {number} at
 */
function nearest(points, at) {
  let best = 0;
  for (let i = 1; i < points.length; i++) if (Math.abs(points[i][0] - at) < Math.abs(points[best][0] - at)) best = i;
  return best;
}

/**
 * Make the children of an element like these; what is there already stays, so that little is laid out anew.
 * @param {Element} element
 * @param {Element[]} parts
 */
function renew(element, parts) {
  for (const [i, part] of parts.entries()) {
    const there = element.children[i];
    if (!there) element.append(part);
    else if (there.tagName !== part.tagName) there.replaceWith(part);
    else {
      for (const { name, value } of part.attributes)
        if (there.getAttribute(name) !== value) there.setAttribute(name, value);
      if (there.textContent !== part.textContent) there.textContent = part.textContent;
    }
  }
  while (element.childElementCount > parts.length) element.lastElementChild?.remove();
}

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 */
function part(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} anchor
 * @param {string} words
 * @param {string} [kind]
 */
function text(x, y, anchor, words, kind = "tick") {
  const made = part("text", { x, y, "text-anchor": anchor, class: kind });
  made.textContent = words;
  return made;
}

/**
 * A number on an axis.
 * @param {number} value
 */
export function short(value) {
  if (!Number.isFinite(value)) return "–";
  const told =
    Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential(1)
      : String(Number(value.toPrecision(4)));
  return told.replace("-", "−");
}
