// Colors: signed numbers in orange and blue, ink in one hue; a dark page has its own.

/** @typedef {[number, number, number]} Rgb */

const LIGHT = {
  minus: rgb("#b34e00"),
  zero: rgb("#f7f7f7"),
  plus: rgb("#005ab5"),
  paper: rgb("#ffffff"),
  ink: rgb("#1b1f24"),
};
const DARK = {
  minus: rgb("#ff9d57"),
  zero: rgb("#1e2126"),
  plus: rgb("#6cb4ff"),
  paper: rgb("#14171b"),
  ink: rgb("#eceff3"),
};

export const darkness = matchMedia("screen and (prefers-color-scheme: dark)"); // paper is white

/** @type {WeakMap<Element, () => void>} how elements were painted */
const painted = new WeakMap();
darkness.addEventListener?.("change", () => document.querySelectorAll("*").forEach((e) => painted.get(e)?.()));

/**
 * Paint an element, and paint it again when the page turns dark or light.
 * @param {Element} element
 * @param {() => void} paint
 */
export function painting(element, paint) {
  painted.set(element, paint);
  paint();
}

/** The colors of the page as it is now. */
export function colors() {
  return darkness.matches ? DARK : LIGHT;
}

/**
 * @param {string} hex
 * @returns {Rgb}
 */
export function rgb(hex) {
  return /** @type {Rgb} */ ([1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
}

/**
 * @param {Rgb} from
 * @param {Rgb} to
 * @param {number} t 0 to 1
 * @returns {Rgb}
 */
export function between(from, to, t) {
  return /** @type {Rgb} */ (from.map((x, i) => Math.round(x + (to[i] - x) * t)));
}

/**
 * A signed number: orange below 0, blue above, `widest` at full strength.
 * @param {number} value
 * @param {number} widest
 * @returns {Rgb}
 */
export function signed(value, widest) {
  const c = colors();
  const t = widest > 0 ? Math.min(1, Math.abs(value) / widest) : 0;
  return between(c.zero, value < 0 ? c.minus : c.plus, t);
}

/**
 * Ink from 0 to 1.
 * @param {number} value
 * @returns {Rgb}
 */
export function ink(value) {
  const c = colors();
  return between(c.paper, c.ink, Math.min(1, Math.max(0, value)));
}

/**
 * Black or white, whichever is read better on a color: one of them always has a contrast of 4.5.
 * @param {Rgb} color
 */
export function textOn(color) {
  const [r, g, b] = color.map((x) => (x <= 10 ? x / 3295 : ((x / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

/** @type {Map<ReturnType<typeof colors>, Uint32Array>} */
const palettes = new Map();

/**
 * Signed numbers as bytes, 128 for 0: a playground has 17,000 of them in every picture, so each color is made once.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./frames.js").Numbers} numbers
 */
export function bytes(canvas, numbers) {
  draw(canvas, numbers.shape, (pixels) => {
    const c = colors();
    const palette = palettes.get(c) ?? Uint32Array.from({ length: 256 }, (_, i) => word(signed(i - 128, 127)));
    palettes.set(c, palette);
    const words = new Uint32Array(pixels.buffer);
    for (let i = 0; i < words.length; i++) words[i] = palette[numbers.data[i]];
  });
}

/**
 * A color as the four bytes of a pixel.
 * @param {Rgb} color
 */
function word(color) {
  return new Uint32Array(Uint8Array.of(...color, 255).buffer)[0];
}

/**
 * Draw an array as pixels, each cell as many pixels wide as fit.
 * @param {HTMLCanvasElement} canvas
 * @param {import("./frames.js").Numbers} numbers
 * @param {(value: number) => Rgb} color
 */
export function picture(canvas, { shape, data }, color) {
  draw(canvas, shape, (pixels) => {
    for (let i = 0; i < data.length; i++) pixels.set([...color(data[i]), 255], 4 * i);
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} shape
 * @param {(pixels: Uint8ClampedArray) => void} paint
 */
function draw(canvas, [rows, columns], paint) {
  if (canvas.width !== columns || canvas.height !== rows) [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  if (!context) return;
  painting(canvas, () => {
    const image = context.createImageData(columns, rows);
    paint(image.data);
    context.putImageData(image, 0, 0);
  });
}

/**
 * The largest size of the numbers.
 * @param {ArrayLike<number>} data
 */
export function widest(data) {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i]));
  return most;
}
