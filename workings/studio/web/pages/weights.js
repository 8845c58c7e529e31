// Weights: every layer of a network as pictures and numbers.

import { ByHand } from "../by_hand.js";
import { button } from "../controls.js";
import { fill, h } from "../dom.js";
import { histogram } from "../histogram.js";
import { keep } from "../keep.js";
import { Images } from "../images.js";
import { save } from "../save.js";
import { Scale } from "../scale.js";
import { meanings } from "../words.js";

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let shown = null;
  const byHand = new ByHand(model, {
    invitation: "Choose a pixel to see the weight it is, what it meets and what it leads to.",
  });
  const networks = h("select", { id: "network", on: { change: () => start(networks.value) } });
  const arrays = h("select", { id: "array", on: { change: () => choose(arrays.value) } });
  const says = h("p", { class: "quiet", role: "status" });
  const figures = h("div");
  const spread = h("figure", { class: "chart" });
  const images = new Images((unit, feature) =>
    byHand.start(
      shown.shape.length === 1 ? `${shown.array}[${unit + 1}]` : `${shown.array}[${unit + 1},${feature + 1}]`,
    ),
  );
  const title = h("h2");
  const scale = new Scale();

  fill(
    el,
    h("h1", {}, "Weights"),
    h(
      "p",
      { class: "lead" },
      "What a trained network has learned, as pictures: a blue weight lets its input raise the unit, an orange one ",
      "lets it lower the unit. Click a pixel to open that weight.",
    ),
    h(
      "p",
      { class: "row" },
      h("label", { for: "network" }, "Network"),
      networks,
      h("label", { for: "array" }, "Array"),
      arrays,
    ),
    says,
    meanings([
      "W1[3,2]", "unit", "weight, bias", "loss", "gradient", "Z1[3,1]",
    ]),
    h(
      "div",
      { class: "two" },
      h("div", {}, title, scale.element, images.element, section("In numbers", figures, spread)),
      byHand.element,
    ),
  );

  /** @param {string} network */
  function start(network) {
    model.send({ kind: "start", network, array: model.get("array") ?? "W1" });
  }

  /** @param {string} array */
  function choose(array) {
    model.send({ kind: "array", array });
  }

  /** @param {any} message */
  function hear({ kind, data, arrays: numbers }) {
    if (kind === "networks")
      fill(
        networks,
        data.each.map((/** @type {any} */ e) =>
          h("option", { value: e.name, selected: e.name === data.chosen }, e.title),
        ),
      );
    if (kind === "waiting") {
      fill(says, data || "the network is being made ready");
      setTimeout(
        () => model.send({ kind: "start", network: networks.value, array: model.get("array") ?? "W1" }),
        300,
      );
    }
    if (kind === "failed") fill(says, data);
    if (kind === "array") show(data, numbers.W);
    if (kind === "table") save(data.name, data.text, "text/csv");
  }

  /**
   * @param {any} data
   * @param {import("../frames.js").Numbers} W
   */
  function show(data, W) {
    shown = data;
    model.set("network", networks.value);
    model.set("array", data.array);
    model.save_changes();
    fill(
      arrays,
      data.arrays.map((/** @type {string} */ a) => h("option", { selected: a === data.array }, a)),
    );
    const [units, wide] = W.shape;
    images.show(/** @type {Float32Array} */ (W.data), units, data.side ? [data.side, data.side] : [1, wide]);
    images.element.classList.toggle("rows", !data.side);
    const some = data.shown < data.shape[0] ? `, the first ${data.shown} units` : "";
    fill(title, `${data.array}, ${data.shape.join(" × ")}${some}`);
    scale.show(data.widest);
    fill(
      figures,
      h(
        "table",
        {},
        h(
          "tbody",
          {},
          data.figures.map((/** @type {[string, string]} */ [what, value]) =>
            h("tr", {}, h("th", { scope: "row" }, what), h("td", {}, value)),
          ),
        ),
      ),
    );
    fill(says);
    fill(spread, ...histogram(data));
  }

  el.append(
    keep(
      model,
      ["png", "svg", "py"],
      button("This array (CSV)", () => model.send({ kind: "table", array: arrays.value })),
    ),
  );
  model.on("msg:custom", hear);
  start(model.get("network") ?? "digits");
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
  };
}

/**
 * @param {string} title
 * @param {...Node} children
 */
function section(title, ...children) {
  return h("section", {}, h("h2", {}, title), ...children);
}

export default { render };
