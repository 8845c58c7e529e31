// Keep: a page as a file: its picture, its numbers on paper or in a spreadsheet, its Python.

import { button } from "./controls.js";
import { fill, h } from "./dom.js";
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
  const says = h("span", { class: "bad", role: "status" });
  let asked = false; // what fails next is a file, and is said here, where it was asked for
  model.on("msg:custom", (/** @type {any} */ { kind, data, arrays }) => {
    if (kind === "file") save(data.name, arrays.bytes.data, "application/octet-stream");
    if (asked && (kind === "file" || kind === "failed")) fill(says, kind === "failed" && data);
    if (kind === "file" || kind === "failed") asked = false;
  });
  const ask = (/** @type {string} */ form) => ((asked = true), model.send({ kind: "keep", form }));
  const buttons = forms.map((form) => button(TITLES[form], () => ask(form)));
  return h("p", { class: "row small keep" }, h("span", { class: "quiet" }, "Download"), more, buttons, says);
}
