// Draw: a pad, every activation of the network that reads it, and the panel that opens each number.

import { ByHand } from "../by_hand.js";
import { ink, picture, signed, widest } from "../colors.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Edges } from "../edges.js";
import { Pad } from "../pad.js";

const REST = 90; // ms after the last stroke until the open number is worked out anew

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  const byHand = new ByHand(model, {
    invitation: "Draw a digit, then choose any number to see how it was worked out.",
    opened: (panel) => mark(panel),
  });
  /** @type {any} */
  let told = null;
  /** @type {{ array: string, unit: number } | null} */
  let chosen = null;
  let refreshing = 0;

  const pad = new Pad((pixels) => model.send({ kind: "ink", pixels }));
  const guess = h("p", { class: "guess", role: "status" }, "…");
  const loss = h("button", { type: "button", class: "number", hidden: true, data: { cell: "J" }, on: { click: () => byHand.start("J") } });
  const should = h("select", { id: "should", on: { change: () => model.send({ kind: "target", label: should.value }) } });
  const centered = h("input", { type: "checkbox", checked: true, id: "centered", on: { change: () => model.send({ kind: "center", wanted: centered.checked }) } });
  const brush = h("input", { type: "range", min: "1", max: "4", step: "0.5", value: "2", id: "brush", on: { input: () => (pad.brush = Number(brush.value)) } });
  const networks = h("select", { id: "network", on: { change: () => choose(networks.value) } });
  const says = h("p", { class: "quiet", role: "status" });
  const read = h("canvas", { role: "img", ariaLabel: "the picture as the network reads it" });
  const between = h("canvas", { role: "img", ariaLabel: "the drawing, brought to the place and size of the digits it learned from" });
  const betweenSays = h("figcaption", { class: "quiet" });
  const readSays = h("figcaption", { class: "quiet" });
  const layers = h("div", { class: "layers" });
  const edges = new Edges(layers);
  const unit = h("div", { class: "unit", ariaLive: "polite" });

  fill(
    el,
    h(
      "div",
      { class: "three" },
      h(
        "section",
        { ariaLabelledby: "draw-heading" },
        h("h1", { id: "draw-heading" }, "Draw a digit"),
        h("p", { class: "lead" }, "A small network says which digit it is. Every number here opens how it was worked out."),
        pad.element,
        h(
          "p",
          { class: "row" },
          h("button", { type: "button", on: { click: () => pad.clear() } }, "Clear"),
          h("button", { type: "button", on: { click: () => pad.undo() } }, "Undo"),
          h("button", { type: "button", on: { click: () => model.send({ kind: "sample" }) } }, "Take a sample"),
        ),
        guess,
        h("p", { class: "row" }, loss),
        h("p", { class: "row" }, h("label", { for: "should" }, "It should be "), should),
        h("p", { class: "row" }, h("label", { for: "brush" }, "Brush "), brush),
        h("p", { class: "row check" }, centered, h("label", { for: "centered" }, " centered, as the digits it learned from")),
        h("div", { class: "row reads" }, h("figure", { class: "read" }, between, betweenSays), h("span", { ariaHidden: "true" }, "→"), h("figure", { class: "read" }, read, readSays)),
        h("p", { class: "row" }, h("label", { for: "network" }, "Network "), networks),
        says,
      ),
      h("section", { ariaLabelledby: "every-heading" }, h("h2", { id: "every-heading" }, "Every activation"), layers, legend(), unit),
      byHand.element,
    ),
  );

  /** @param {string} network */
  function choose(network) {
    model.set("network", network);
    model.save_changes();
    told = chosen = null;
    fill(layers);
    fill(unit);
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
    if (kind === "unit") showUnit(data, arrays);
    if (kind === "failed") fill(says, data);
  }

  /** @param {any} data */
  function listNetworks({ chosen: name, each }) {
    fill(networks, each.map((/** @type {any} */ e) => h("option", { value: e.name, selected: e.name === name }, e.title)));
    const own = each.find((/** @type {any} */ e) => e.name === name);
    fill(says, own.says);
    if (!own.ready && own.size === null && !layers.childElementCount) setTimeout(() => model.send({ kind: "start", network: name }), 250);
  }

  /** @param {any} data */
  function ready({ labels, says: words }) {
    fill(says, words);
    fill(should, h("option", { value: "" }, "not said"), labels.map((/** @type {string} */ l) => h("option", { value: l }, l)));
    pad.send();
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function showGuess(data, arrays) {
    pad.answered();
    fill(guess, data.blank ? "nothing drawn yet" : `${data.label}, ${data.share}`);
    should.value = data.target ?? "";
    loss.hidden = data.loss === null;
    fill(loss, `loss ${data.loss}`);
    picture(between, arrays.between, ink);
    picture(read, arrays.read, ink);
    fill(betweenSays, `${centered.checked ? "centered" : "as drawn"}, ${arrays.between.shape.join(" × ")}`);
    fill(readSays, `read, ${arrays.read.shape.join(" × ")}`);
    if (!told || told.layers.length !== data.layers.length) makeLayers(data);
    told = data;
    data.layers.forEach((/** @type {any} */ layer, /** @type {number} */ l) =>
      layer.texts.forEach((/** @type {string} */ text, /** @type {number} */ i) => {
        const button = /** @type {HTMLElement} */ (layers.children[l].children[1].children[i].firstChild);
        const value = arrays[layer.array].data[i];
        button.style.backgroundColor = `rgb(${ink(value)})`;
        button.style.color = value > 0.5 ? "var(--paper)" : "var(--ink)";
        fill(button, l === data.layers.length - 1 ? h("b", {}, networkLabel(i)) : "", text);
        button.setAttribute("aria-label", `${layer.array}, unit ${i + 1}: ${text}`);
      }),
    );
    clearTimeout(refreshing);
    refreshing = setTimeout(() => {
      byHand.refresh();
      if (chosen) model.send({ kind: "unit", ...chosen });
    }, REST);
  }

  /** @param {number} i */
  const networkLabel = (i) => `${/** @type {HTMLOptionElement} */ (should.options[i + 1])?.text ?? i} `;

  /** @param {any} data */
  function makeLayers(data) {
    fill(
      layers,
      data.layers.map((/** @type {any} */ layer, /** @type {number} */ l) =>
        h(
          "div",
          { class: "layer", role: "group", ariaLabel: `layer ${l + 1}` },
          h("h3", {}, l === data.layers.length - 1 ? "Output" : `Hidden ${l + 1}`),
          h("ul", { class: "plain" }, layer.texts.map((/** @type {string} */ _, /** @type {number} */ i) => h("li", {}, neuron(layer.array, i)))),
        ),
      ),
    );
  }

  /**
   * @param {string} array
   * @param {number} i
   */
  function neuron(array, i) {
    const choose = () => {
      chosen = { array, unit: i };
      model.send({ kind: "unit", ...chosen });
    };
    return h("button", {
      type: "button",
      class: "neuron number",
      tabIndex: i === 0 ? 0 : -1,
      data: { cell: `${array}[${i + 1},1]`, key: `${array}.${i}` },
      on: {
        click: () => (choose(), byHand.start(`${array}[${i + 1},1]`)),
        pointerenter: choose,
        keydown: (/** @type {KeyboardEvent} */ e) => walk(e),
      },
    });
  }

  /**
   * Arrow keys go from neuron to neuron; a layer is one stop of the tab key.
   * @param {KeyboardEvent} event
   */
  function walk(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    const at = /** @type {HTMLElement} */ (event.currentTarget);
    if (!step || !at) return;
    event.preventDefault();
    const columns = [...layers.children].map((layer) => /** @type {HTMLElement[]} */ ([...layer.querySelectorAll("button")]));
    const column = columns.findIndex((buttons) => buttons.includes(at));
    const next = columns[column + step[0]] ?? columns[column];
    const row = columns[column].indexOf(at) + step[1];
    const to = next[Math.max(0, Math.min(next.length - 1, row))];
    for (const button of next) button.tabIndex = button === to ? 0 : -1;
    to.focus();
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function showUnit(data, arrays) {
    const l = told?.layers.findIndex((/** @type {any} */ layer) => layer.array === data.array) ?? -1;
    edges.draw(l, data.unit, data.first ? null : arrays.products.data);
    const side = Math.sqrt(arrays.weights.data.length);
    fill(
      unit,
      h("h3", {}, `Into unit ${data.unit + 1} of ${data.array}`),
      h("p", { class: "quiet" }, `bias ${data.bias}, weights between ±${data.range}`),
      data.first && Number.isInteger(side) && [["ink", "met"], ["weights", "weights"], ["ink × weight", "products"]].map(([title, name]) => {
        const canvas = h("canvas", { role: "img", ariaLabel: `${title} of this unit` });
        const shape = [side, side], numbers = arrays[name].data, most = widest(numbers);
        picture(canvas, { shape, data: numbers }, name === "met" ? ink : (v) => signed(v, most));
        return h("figure", {}, canvas, h("figcaption", { class: "quiet" }, title));
      }),
    );
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
    byHand.close();
    edges.close();
    clearTimeout(refreshing);
  };
}

function legend() {
  return h(
    "p",
    { class: "quiet legend" },
    h("span", { class: "swatch plus", ariaHidden: "true" }),
    " + raises ",
    h("span", { class: "swatch minus", ariaHidden: "true" }),
    " − lowers (dashed)",
  );
}

export default { render };
