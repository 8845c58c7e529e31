// Confusion: who was taken for whom, as a table whose cells are as dark as they are full.

import { between, colors, painting, textOn } from "./colors.js";
import { h } from "./dom.js";

/**
 * @param {string[]} classes
 * @param {Int32Array} counts row by row: what it was; columns: what it was taken for
 */
export function confusion(classes, counts) {
  const k = classes.length;
  const cell = (/** @type {number} */ i, /** @type {number} */ j) => {
    const n = counts[i * k + j];
    const total = counts.subarray(i * k, (i + 1) * k).reduce((a, b) => a + b, 0);
    const made = h("td", { title: `${n} of ${total} ${classes[i]} taken for ${classes[j]}` }, n || "");
    const share = total ? n / total : 0;
    painting(made, () => {
      const c = colors();
      const color = between(c.zero, i === j ? c.plus : c.minus, Math.sqrt(share));
      made.style.backgroundColor = `rgb(${color})`;
      made.style.color = textOn(color);
    });
    return made;
  };
  return h(
    "table",
    { class: "confusion" },
    h("caption", {}, "Held out: what it was (rows), what it was taken for (columns)"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td"),
        classes.map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      classes.map((name, i) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          classes.map((_, j) => cell(i, j)),
        ),
      ),
    ),
  );
}
