// Nudge: what the gradient says that a small change does to the loss, and what it does.

import { h } from "./dom.js";

/** @param {any} n */
export function nudge(n) {
  const rows = [
    ["the gradient", n.gradient],
    [`so a nudge of ${n.size} should change the loss by`, n.predicted],
    ["and changes it by", n.actual],
    ["the loss before", n.before],
    ["and after", n.after],
  ];
  return h(
    "table",
    {},
    h(
      "tbody",
      {},
      rows.map(([what, value]) => h("tr", {}, h("th", { scope: "row" }, what), h("td", {}, value))),
    ),
  );
}
