// Keep: a page as a file: its picture, its numbers on paper or in a spreadsheet, its Python.

import { button } from "./controls.js";
import { h } from "./dom.js";
import { save } from "./save.js";

const TITLES = {
  png: "Picture (PNG)",
  svg: "Picture (SVG)",
  pdf: "Sheet (PDF)",
  xlsx: "Spreadsheet",
  html: "Sheet (page)",
  py: "Python",
};

/**
 * Buttons for the forms in which a page can be kept; the files come as messages.
 * @param {import("./model.js").Model} model
 * @param {(keyof typeof TITLES)[]} forms
 * @param {...HTMLElement} more buttons of the page's own
 */
export function keep(model, forms, ...more) {
  model.on("msg:custom", (/** @type {any} */ { kind, data, arrays }) => {
    if (kind === "file") save(data.name, arrays.bytes.data, "application/octet-stream");
  });
  const buttons = forms.map((form) => button(TITLES[form], () => model.send({ kind: "keep", form })));
  return h("p", { class: "row small keep" }, h("span", { class: "quiet" }, "Download"), more, buttons);
}
