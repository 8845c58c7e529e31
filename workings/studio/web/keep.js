// Keep: a page as a file: its picture, its numbers on paper or in a spreadsheet, its Python.

import { h } from "./dom.js";
import { save } from "./save.js";

const TITLES = { png: "Picture (PNG)", svg: "Picture (SVG)", pdf: "Sheet (PDF)", xlsx: "Spreadsheet", html: "Sheet (page)", py: "Python" };

/**
 * Buttons for the forms in which a page can be kept; the files come as messages.
 * @param {import("./model.js").Model} model
 * @param {(keyof typeof TITLES)[]} forms
 */
export function keep(model, forms) {
  const says = h("span", { role: "status", class: "bad" });
  const hear = (/** @type {any} */ { kind, data, arrays }) => {
    if (kind === "file") save(data.name, arrays.bytes.data, "application/octet-stream");
  };
  model.on("msg:custom", hear);
  const buttons = forms.map((form) => h("button", { type: "button", on: { click: () => model.send({ kind: "keep", form }) } }, TITLES[form]));
  return h("p", { class: "row keep" }, h("span", { class: "quiet" }, "Keep it as"), buttons, says);
}
