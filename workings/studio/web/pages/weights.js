// Weights: every layer of a network as pictures and numbers.

import { ByHand } from "../by_hand.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Images } from "../images.js";
import { save } from "../save.js";

const SVG = "http://www.w3.org/2000/svg";

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
  const histogram = h("figure", { class: "chart" });
  const images = new Images((unit, feature) =>
    byHand.start(
      shown.shape.length === 1 ? `${shown.array}[${unit + 1}]` : `${shown.array}[${unit + 1},${feature + 1}]`,
    ),
  );
  const range = h("p", { class: "quiet" });

  fill(
    el,
    h("h1", {}, "Weights"),
    h(
      "p",
      { class: "lead" },
      "What a network has learned, as pictures: where a weight is blue its input raises the unit, where it is orange it lowers it. Choose a pixel to open the weight it is.",
    ),
    h(
      "p",
      { class: "row" },
      h("label", { for: "network" }, "Network"),
      networks,
      h("label", { for: "array" }, "Array"),
      arrays,
      h(
        "button",
        { type: "button", on: { click: () => model.send({ kind: "table", array: arrays.value }) } },
        "Save as CSV",
      ),
    ),
    says,
    h("div", { class: "two" }, h("div", {}, images.element, range, figures, histogram), byHand.element),
  );

  /** @param {string} network */
  function start(network) {
    model.set("network", network);
    model.save_changes();
    model.send({ kind: "start", network, array: model.get("array") ?? "W1" });
  }

  /** @param {string} array */
  function choose(array) {
    model.set("array", array);
    model.save_changes();
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
    fill(
      arrays,
      data.arrays.map((/** @type {string} */ a) => h("option", { selected: a === data.array }, a)),
    );
    const [units, wide] = W.shape;
    images.show(/** @type {Float32Array} */ (W.data), units, data.side ? [data.side, data.side] : [1, wide]);
    images.element.classList.toggle("rows", !data.side);
    fill(
      range,
      `${data.array}, ${data.shape.join(" × ")}: colors go from −${data.widest} to +${data.widest}` +
        (data.shown < data.shape[0] ? `; the first ${data.shown} of ${data.shape[0]} units` : ""),
    );
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
    drawHistogram(data);
  }

  /** @param {any} data */
  function drawHistogram({ counts, edges }) {
    const svg = document.createElementNS(SVG, "svg");
    const most = Math.max(...counts);
    svg.setAttribute("viewBox", "0 0 400 120");
    svg.setAttribute("role", "img");
    svg.setAttribute(
      "aria-label",
      `histogram of ${counts.length} bars from ${edges[0]} to ${edges[1]}, the highest ${most}`,
    );
    const wide = 400 / counts.length;
    counts.forEach((/** @type {number} */ n, /** @type {number} */ i) => {
      const bar = document.createElementNS(SVG, "rect");
      const put = (/** @type {string} */ name, /** @type {number | string} */ v) => bar.setAttribute(name, String(v));
      put("x", i * wide + 0.5);
      put("width", wide - 1);
      put("y", 110 - (105 * n) / most);
      put("height", (105 * n) / most);
      put("class", "histogram");
      svg.append(bar);
    });
    fill(histogram, h("figcaption", {}, `How many of each size, from ${edges[0]} to ${edges[1]}`), svg);
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  start(model.get("network") ?? "digits");
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
  };
}

export default { render };
