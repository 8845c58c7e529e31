// Bars: how large a few things are beside each other, with their numbers.

import { h } from "./dom.js";

/**
 * @param {string} title
 * @param {{ name: string, size: number, text: string }[]} each
 */
export function bars(title, each) {
  const most = Math.max(1e-300, ...each.map((x) => x.size));
  return h(
    "table",
    { class: "bars" },
    h("caption", {}, title),
    h(
      "tbody",
      {},
      each.map(({ name, size, text }) => {
        const bar = h("span", { class: "bar" });
        bar.style.width = `${Math.max(0.5, (100 * size) / most)}%`;
        return h("tr", {}, h("th", { scope: "row" }, name), h("td", { class: "wide" }, bar), h("td", {}, text));
      }),
    ),
  );
}
