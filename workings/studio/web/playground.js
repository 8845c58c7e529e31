// The playground's settings: as a form, and as the link carries them.

import { choice, group, slider } from "./controls.js";
import { h } from "./dom.js";

const ACTIVATIONS = ["tanh", "relu", "sigmoid", "leaky-relu", "softplus", "identity"];
const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3];
const STRENGTHS = [0, 0.0001, 0.001, 0.01, 0.1, 1];
const SPEEDS = ["full", "60", "10", "2"];

/**
 * @typedef {{
 *   change: (changed: Record<string, any>) => void,
 *   rate: (rate: number) => void,
 *   speed: (per_second: number) => void,
 * }} Hands
 */

/**
 * @param {any} data the settings there are, and what they can be
 * @param {Hands} hands what happens when one is changed
 */
export function settingsForm(data, { change, rate, speed }) {
  const s = data.settings;
  const pick = (/** @type {string} */ label, /** @type {string} */ name, /** @type {any[]} */ values) =>
    choice(label, name, values, s[name], (value) => change({ [name]: value }));
  const slide = (
    /** @type {string} */ label,
    /** @type {string} */ name,
    /** @type {[number, number, number]} */ scale,
  ) => slider(label, name, scale, s[name], (value) => change({ [name]: value }));
  const pace = (/** @type {string} */ v) => speed(v === "full" ? 0 : Number(v));
  const perSecond = data.per_second ? String(data.per_second) : "full";
  return [
    group(
      "Data",
      pick("Points", "data", data.data),
      slide("Noise", "noise", [0, 1, 0.05]),
      slide("Share learned from", "split", [0.1, 0.9, 0.1]),
      h("p", { class: "control" }, h("span", {}, "Seed"), h("output", { class: "number" }, s.seed)),
    ),
    group("Network", features(data, change), pick("Activation", "activation", ACTIVATIONS)),
    group(
      "Training",
      pick("Optimizer", "optimizer", data.optimizers),
      choice("Learning rate", "rate", RATES, data.rate, rate),
      slide("Batch size", "batch", [1, 100, 1]),
      pick("L2 penalty", "l2", STRENGTHS),
      pick("L1 penalty", "l1", STRENGTHS),
      choice("Epochs a second", "speed", SPEEDS, perSecond, pace),
    ),
  ];
}

/**
 * What of a point the network is given.
 * @param {any} data
 * @param {Hands["change"]} change
 */
function features({ settings, features: all }, change) {
  const one = (/** @type {string} */ name) => {
    const wanted = () =>
      all.filter((/** @type {string} */ f) => (f === name ? box.checked : settings.features.includes(f)));
    const on = { change: () => change({ features: wanted() }) };
    const box = h("input", { type: "checkbox", checked: settings.features.includes(name), on });
    return h("label", {}, box, name);
  };
  return h("fieldset", { class: "features" }, h("legend", {}, "Features"), all.map(one));
}

/**
 * The settings that the link carries; null where it carries none.
 * @param {import("./model.js").Model} model
 */
export function settingsOfLink(model) {
  if (model.get("data") === undefined) return null;
  const there = (/** @type {string[]} */ names, /** @type {(value: any) => any} */ read) =>
    Object.fromEntries(names.flatMap((n) => (model.get(n) === undefined ? [] : [[n, read(model.get(n))]])));
  const hidden = String(model.get("hidden") ?? "4~2")
    .split("~")
    .filter(Boolean)
    .map(Number);
  const features = String(model.get("features") ?? "x1~x2").split("~");
  return {
    ...there(["data", "activation", "optimizer"], String),
    ...there(["noise", "split", "batch", "l1", "l2", "seed"], Number),
    hidden,
    features,
  };
}
