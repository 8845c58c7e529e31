// Playground: points, a small network, training live; every weight, bias and picture opens its working.

import { ByHand } from "../by_hand.js";
import { Chart } from "../chart.js";
import { button, figures, form } from "../controls.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { Net } from "../net.js";
import { Own } from "../own.js";
import { Plane } from "../plane.js";
import { meanings } from "../words.js";
import { settingsForm, settingsOfLink } from "../playground.js";

const TASKS = {
  true: "A small neural network learns to tell the points ● from the points ■.",
  false: "A small neural network learns the number that belongs to a point: blue above 0, orange below.",
};
const LATER = 300; // ms between two looks at the open number while training runs

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let settings = null;
  let running = false;
  let refreshed = 0;
  let peeked = ""; // the unit that is pointed at: the big picture is its own for so long
  /** @type {any} what every unit sees now, and the place that is open */
  let seen = null;
  const away = !location.hash.startsWith("#play"); // in a notebook there is no page to go to
  const sheet = h("a", { hidden: away }, "Work this network out by hand, on a sheet");
  const byHand = new ByHand(model, {
    invitation: "Click a square, a line, a bias or a place in the big picture to see how its number is worked out.",
    set: (cell, value) => model.send({ kind: "set", cell, value }),
  });
  const net = new Net({
    open: (cell) => byHand.start(cell),
    shape: (hidden) => change({ hidden }),
    peek: (cell, name) => {
      peeked = cell;
      fill(title, `What ${name || "the network"} answers`);
      look();
    },
  });
  const plane = new Plane({
    look: (x, y) => model.send({ kind: "look", x, y }),
    put: (x, y, label) => model.send({ kind: "point", x, y, label }),
  });
  const own = new Own(model, plane, { drop: el, refuse: (why) => hear({ kind: "failed", data: why }) });
  const chart = new Chart("Loss");
  const title = h("h2", { id: "plane-heading" }, "What the network answers");
  const task = h("span", {}, TASKS.true);
  const controls = form();
  const train = button("Train", () => model.send({ kind: "train", wanted: !running }), { class: "primary" });
  const says = h("p", { class: "says", role: "status" });
  const checkup = h("section", {
    class: "checkup",
    ariaLive: "polite",
    ariaLabel: "check-up",
    on: { keydown: (/** @type {KeyboardEvent} */ e) => e.key === "Escape" && fill(checkup) },
  });
  const epoch = h("span", { class: "number figures" }, "epoch 0");
  const phase = h("div", { class: "phase", ariaLive: "polite" });

  el.inert = true; // until it is known what there is to press
  fill(
    el,
    h("h1", {}, "Playground"),
    h(
      "p",
      { class: "lead" },
      task,
      " Press Train and watch the picture ",
      "change; then click a line, a square or a bias to see where its number comes from.",
    ),
    controls,
    meanings([
      "points", "noise", "share learned from", "seed", "features", "activation", "optimizer", "learning rate",
      "batch size", "L2 penalty", "L1 penalty", "epoch", "unit", "weight, bias", "loss", "gradient", "Z1[3,1]",
    ]),
    h(
      "p",
      { class: "row toolbar" },
      train,
      button("Step", () => model.send({ kind: "step" }), {
        title: "one phase of one step: forward, loss, backward, update",
      }),
      button("Rewind", () => model.send({ kind: "rewind" }), { title: "begin again with the same first weights" }),
      button("New seed", () => change({ seed: Math.floor(Math.random() * 1e6) }), {
        title: "other points, other first weights",
      }),
      button("Check up", () => model.send({ kind: "checkup" }), {
        title: "why it does not learn, or that nothing is wrong",
      }),
      epoch,
    ),
    says,
    checkup,
    h(
      "div",
      { class: "play" },
      h(
        "section",
        { ariaLabelledby: "net-heading" },
        h("h2", { id: "net-heading" }, "What every unit sees"),
        h(
          "p",
          { class: "quiet" },
          "Each square: what one unit answers all over the plane; below it, its bias. Each line: a weight.",
        ),
        net.element,
        phase,
      ),
      h(
        "section",
        { ariaLabelledby: "plane-heading" },
        title,
        plane.element,
        legend(),
        chart.element,
        own.element,
      ),
      byHand.element,
    ),
  );

  /** @param {Record<string, any>} changed */
  function change(changed) {
    settings = { ...settings, ...changed };
    remember(settings);
    fill(phase);
    fill(says);
    model.send({ kind: "settings", settings });
  }

  /** @param {Record<string, any>} all */
  function remember(all) {
    for (const [name, value] of Object.entries(all)) model.set(name, Array.isArray(value) ? value.join("~") : value);
    model.save_changes();
  }

  /** @param {{ kind: string, data: any, arrays?: any }} message */
  function hear({ kind, data, arrays }) {
    if (kind === "all") begin(data, arrays);
    if (kind === "moment" && settings) moment(data, arrays);
    if (kind === "words" && settings) words(data, arrays.curve);
    if (kind === "phase") showPhase(data);
    if (kind === "checkup") showCheckup(data);
    if (kind === "failed") fill(says, h("span", { class: "bad" }, data));
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function begin(data, arrays) {
    el.inert = false;
    if (settings) fill(says); // what was wrong is so no longer
    settings = data.settings;
    fill(task, data.classes ? TASKS.true : TASKS.false);
    remember({ ...settings, rate: data.rate, speed: data.per_second });
    fill(
      controls,
      settingsForm(data, {
        change,
        rate: (rate) => (remember({ rate }), model.send({ kind: "rate", rate })),
        speed: (per_second) => (remember({ speed: per_second }), model.send({ kind: "speed", per_second })),
      }),
    );
    net.build(data.rows, settings.features);
    plane.give(/** @type {any} */ (arrays));
    own.chosen(settings.data === "own", arrays.labels.data.length);
    fill(phase);
    fill(checkup);
    byHand.refresh();
  }

  /**
   * What the check-up found, in words.
   * @param {{ when: string, found: Record<"kind" | "said" | "reason" | "here" | "cure", string>[] }} data
   */
  function showCheckup({ when, found }) {
    const told = found.map((f) =>
      h(
        "li",
        {},
        h("p", {}, h("b", {}, f.kind), `: ${f.said}`),
        h("p", {}, f.reason),
        f.here && h("p", {}, h("b", {}, "Try: "), f.here),
        f.cure && h("p", { class: "quiet" }, "In Python: ", h("code", {}, f.cure)),
      ),
    );
    fill(
      checkup,
      h("h2", {}, when),
      told.length > 0 ? h("ul", {}, told) : h("p", {}, "Nothing was found that would keep it from learning."),
      h(
        "p",
        {},
        button("Close", () => fill(checkup)),
      ),
    );
  }

  /**
   * @param {any} data
   * @param {any} arrays
   */
  function moment(data, arrays) {
    running = data.running;
    net.show(arrays);
    seen = { ...arrays, at: data.at };
    look();
    const now = performance.now();
    if (!running || now - refreshed > LATER) {
      refreshed = now;
      byHand.refresh();
    }
  }

  /** The big picture: what the network answers, or the unit that is pointed at. */
  function look() {
    const [array, unit] = peeked.split(/[[,]/);
    const all = seen?.[array];
    const size = all?.shape[1] * all?.shape[2];
    const one = all && { shape: all.shape.slice(1), data: all.data.subarray((Number(unit) - 1) * size) };
    if (seen) plane.show(one ?? seen.whole, seen.at);
  }

  /**
   * What is read, not looked at; it comes more seldom.
   * @param {any} data
   * @param {import("../frames.js").Numbers} curve
   */
  function words(data, curve) {
    running = data.running;
    net.write(data.texts);
    const network = JSON.stringify({ ...settings, weights: data.tenths });
    sheet.href = `#sheet?${new URLSearchParams({ kind: "network", network })}`;
    fill(train, running ? "Pause" : "Train");
    figures(epoch, [
      ["epoch", data.epoch.toLocaleString("en")],
      ["loss", data.loss],
      ["held out", data.test],
    ]);
    const rows = curve.shape[0];
    const at = curve.data;
    const points = (/** @type {number} */ column) =>
      Array.from({ length: rows }, (_, i) => /** @type {[number, number]} */ ([at[3 * i], at[3 * i + column]]));
    chart.show([
      { name: "learned from", color: "plus", points: points(1), last: data.loss },
      { name: "held out", color: "minus", dashed: true, points: points(2), last: data.test },
    ]);
  }

  /** @param {any} data */
  function showPhase({ phase: name, says: words, cells }) {
    const open = (/** @type {string} */ cell) => button(cell, () => byHand.start(cell), { class: "number" });
    fill(phase, h("h3", {}, `Step: ${name}`), h("p", {}, words), h("p", { class: "row cells" }, cells.map(open)));
    byHand.refresh();
  }

  el.append(keep(model, ["png", "svg", "pdf", "xlsx", "py"]), h("p", {}, sheet));
  model.on("msg:custom", hear);
  const [rate, speed] = [Number(model.get("rate") ?? 0.1), model.get("speed")];
  if (model.get("rate") !== undefined) model.send({ kind: "rate", rate }); // of a network that goes on, too
  if (speed !== undefined) model.send({ kind: "speed", per_second: Number(speed) });
  model.send({ kind: "start", settings: settingsOfLink(model), rate: rate || 0.1 });
  return () => {
    model.off("msg:custom", hear);
    byHand.close();
    net.close();
  };
}

function legend() {
  const sign = (/** @type {string} */ kind) => h("span", { class: `swatch ${kind}`, ariaHidden: "true" });
  return h(
    "ul",
    { class: "plain legend quiet" },
    h("li", {}, sign("plus"), " ● above 0"),
    h("li", {}, sign("minus dashed"), " ■ below 0; a weight below 0 is dashed"),
    h("li", {}, "hollow points are held out: never learned from"),
  );
}

export default { render };
