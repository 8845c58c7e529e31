// Draw: a pad, every activation of the network that reads it, and the panel that opens each number.

import { ByHand } from "../by_hand.js";
import { ink, picture, signed } from "../colors.js";
import { button } from "../controls.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Pad } from "../pad.js";
import { Units } from "../units.js";
import { meanings } from "../words.js";

const REST = 90; // ms after the last stroke until the open number is worked out anew
const AGAIN = 250; // ms between two looks at a network that is still being trained
/** @type {Float32Array | null} what is on the pad, for whoever comes back from another page */
let drawn = null;

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  const byHand = new ByHand(model, {
    invitation: "Draw a digit, then click any number: here stands how it is worked out, down to the pixels.",
    opened: (panel) => mark(panel),
  });
  /** @type {{ array: string, unit: number } | null} */
  let chosen = null;
  let refreshing = 0;

  const pad = new Pad((pixels) => model.send({ kind: "ink", pixels }));
  if (drawn) pad.show(drawn);
  const units = new Units({
    choose: (array, unit) => model.send({ kind: "unit", ...(chosen = { array, unit }) }),
    open: (cell) => byHand.start(cell),
  });
  const guess = h("p", { class: "guess", role: "status" }, "…");
  const loss = button("", () => byHand.start("J"), { class: "number", hidden: true, data: { cell: "J" } });
  const target = () => model.send({ kind: "target", label: should.value });
  const should = h("select", { id: "should", on: { change: target } });
  const center = () => model.send({ kind: "center", wanted: centered.checked });
  const centered = h("input", { type: "checkbox", checked: true, id: "centered", on: { change: center } });
  const thick = () => (pad.brush = Number(brush.value));
  const scale = { type: "range", min: "1", max: "4", step: "0.5", value: "2" };
  const brush = h("input", { ...scale, id: "brush", on: { input: thick } });
  const networks = h("select", { id: "network", on: { change: () => choose(networks.value) } });
  const says = h("p", { class: "quiet", role: "status" });
  const read = h("canvas", { role: "img", ariaLabel: "the picture as the network reads it" });
  const between = h("canvas", {
    role: "img",
    ariaLabel: "the drawing, brought to the place and size of the digits it learned from",
  });
  const betweenSays = h("figcaption", { class: "quiet" });
  const readSays = h("figcaption", { class: "quiet" });

  fill(
    el,
    h(
      "div",
      { class: "three" },
      h(
        "section",
        { ariaLabelledby: "draw-heading" },
        h("h1", { id: "draw-heading" }, "Draw a digit"),
        h(
          "p",
          { class: "lead" },
          "A small neural network says which digit it is. Draw, then click any number to see where it comes from.",
        ),
        pad.place,
        h(
          "p",
          { class: "row" },
          button("Clear", () => pad.clear()),
          button("Undo", () => pad.undo()),
          button("Take a sample", () => model.send({ kind: "sample" })),
        ),
        h("p", { class: "row" }, h("label", { for: "brush" }, "Brush"), brush),
        guess,
        h("p", { class: "row small" }, h("label", { for: "should" }, "It should be"), should, loss),
        h("h2", { class: "small" }, "What the network is shown"),
        h(
          "p",
          { class: "row check" },
          centered,
          h("label", { for: "centered" }, "centered, as the digits it learned from"),
        ),
        h(
          "div",
          { class: "row reads" },
          h("figure", { class: "read" }, between, betweenSays),
          h("span", { ariaHidden: "true" }, "→"),
          h("figure", { class: "read" }, read, readSays),
        ),
      ),
      h(
        "section",
        { ariaLabelledby: "every-heading" },
        h("h2", { id: "every-heading" }, "Every activation"),
        h(
          "p",
          { class: "quiet" },
          "One box is one unit, from 0 (pale) to 1 (dark). The darkest output is the answer.",
        ),
        h("p", { class: "row" }, h("label", { for: "network" }, "Network"), networks),
        says,
        meanings([
          "unit", "weight, bias", "activation", "output", "loss", "gradient", "Z1[3,1]", "E3[3,1]",
        ]),
        units.element,
      ),
      byHand.element,
    ),
  );

  /** @param {string} network */
  function choose(network) {
    model.set("network", network);
    model.save_changes();
    chosen = null;
    units.clear();
    model.send({ kind: "start", network });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays }) {
    if (kind === "networks") listNetworks(data);
    if (kind === "ready") ready(data);
    if (kind === "guess") showGuess(data, arrays);
    if (kind === "sample") {
      pad.set(arrays.drawn.data);
      should.value = data.label;
    }
    if (kind === "unit") units.into(data, arrays);
    if (kind === "failed") fill(says, data);
  }

  /** @param {any} data */
  function listNetworks({ chosen: name, each }) {
    const option = (/** @type {any} */ e) => h("option", { value: e.name, selected: e.name === name }, e.title);
    fill(networks, each.map(option));
    const own = each.find((/** @type {any} */ e) => e.name === name);
    fill(says, own.says);
    if (!own.ready && own.size === null && !units.layers.length)
      setTimeout(() => model.send({ kind: "start", network: name }), AGAIN);
  }

  /** @param {any} data */
  function ready({ labels, says: words }) {
    fill(says, words);
    const option = (/** @type {string} */ label) => h("option", { value: label }, label);
    fill(should, h("option", { value: "" }, "not said"), labels.map(option));
    pad.send();
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function showGuess(data, arrays) {
    pad.answered();
    const answer = [h("b", {}, data.label), h("span", { class: "share" }, `, ${data.share}`)];
    const open = { type: "button", data: { cell: data.cell }, on: { click: () => byHand.start(data.cell) } };
    fill(guess, data.blank ? "nothing drawn yet" : h("button", open, answer));
    guess.classList.toggle("blank", data.blank);
    should.value = data.target ?? "";
    loss.hidden = data.loss === null;
    fill(loss, `loss ${data.loss}`);
    picture(between, arrays.between, ink);
    picture(read, arrays.read, ink);
    fill(betweenSays, `${centered.checked ? "centered" : "as drawn"}, ${arrays.between.shape.join("\u00a0×\u00a0")}`);
    fill(readSays, `read, ${arrays.read.shape.join("\u00a0×\u00a0")}`);
    units.show(
      data.layers,
      arrays,
      [...should.options].slice(1).map((option) => option.text),
    );
    clearTimeout(refreshing);
    refreshing = setTimeout(() => {
      byHand.refresh();
      if (chosen) model.send({ kind: "unit", ...chosen });
    }, REST);
  }

  /**
   * A pixel that is open is shown on the picture that was read.
   * @param {any} panel
   */
  function mark(panel) {
    const side = read.width;
    const context = read.getContext("2d");
    if (panel.array !== "X" || !context) return;
    const [row, column] = [Math.floor(panel.index[0] / side), panel.index[0] % side];
    context.strokeStyle = `rgb(${signed(-1, 1)})`;
    context.lineWidth = 0.5;
    context.strokeRect(column + 0.25, row + 0.25, 0.5, 0.5);
    fill(readSays, `pixel in row ${row + 1}, column ${column + 1}`);
  }

  el.append(keep(model, ["png", "svg", "xlsx", "html", "py"]));
  model.on("msg:custom", hear);
  model.send({ kind: "start", network: model.get("network") ?? "digits" });
  return () => {
    model.off("msg:custom", hear);
    drawn = pad.pixels;
    byHand.close();
    units.close();
    clearTimeout(refreshing);
  };
}

export default { render };
