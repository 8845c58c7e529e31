// Worksheet: matrices as they stand on paper, blanks to type into, a word under every answer, hints rung by rung.

import { button } from "../controls.js";
import { fill, h } from "../dom.js";
import { keep } from "../keep.js";
import { apart, band } from "../matrices.js";
import { meanings } from "../words.js";

const KEPT = "workings-sheet"; // what was written, for a server that has forgotten it
const FILES = { pdf: "PDF", key: "Key (PDF)", xlsx: "Spreadsheet", html: "Page" };

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let chosen = null;
  /** @type {Record<string, any>} */
  let marks = {};
  let at = "";
  /** @type {string[]} the cells in the order of the work */
  let asked = [];
  const kinds = h("select", { id: "kind", on: { change: () => choose({ kind: kinds.value }) } });
  const seed = h("input", {
    type: "number",
    id: "sheet-seed",
    min: "0",
    step: "1",
    on: { change: () => choose({ seed: Math.max(0, Math.round(Number(seed.value))) }) },
  });
  const level = h(
    "select",
    { id: "level", on: { change: () => choose({ level: Number(level.value) }) } },
    [1, 2, 3].map((n) => h("option", {}, n)),
  );
  const drawn = h(
    "span",
    { class: "row" },
    h("label", { for: "sheet-seed" }, "Seed"),
    seed,
    h("label", { for: "level" }, "Level"),
    level,
    h(
      "button",
      { type: "button", on: { click: () => choose({ seed: Math.floor(Math.random() * 1e6) }) } },
      "Another one",
    ),
  );
  const heading = h("h2");
  const lead = h("p");
  const steps = h("ol", { class: "steps" });
  const sheet = h("div", { class: "sheet", tabIndex: 0, role: "group", ariaLabel: "the sheet" });
  const score = h("p", { class: "guess", role: "status" });
  const practice = h("p");
  const news = h("p", { role: "status" });
  const told = h("div", { class: "told", ariaLive: "polite" });
  const conventions = h("div");

  const write = Object.entries(FILES).map(([form, name]) => button(name, () => model.send({ kind: "write", form })));

  el.inert = true; // until it is known which sheet it is
  fill(
    el,
    h("h1", {}, "Worksheet"),
    h(
      "p",
      { class: "lead" },
      "Work a small network out by hand, as on paper. Type a number into an empty cell: it is marked at once, ",
      "and a hint shows the next line of its working. The sheet can be printed, with or without its key.",
    ),
    h("p", { class: "row" }, h("label", { for: "kind" }, "Exercise"), kinds, drawn),
    h("p", { class: "row small" }, h("span", { class: "quiet" }, "The sheet as"), write),
    news,
    h(
      "div",
      { class: "two wide-left" },
      h(
        "section",
        { ariaLabel: "sheet" },
        heading,
        lead,
        sheet,
        h(
          "p",
          { class: "row small" },
          button("Clear the sheet", () => (keepAnswers({}), model.send({ kind: "clear" }))),
        ),
      ),
      h(
        "section",
        { class: "by-hand beside-sheet", ariaLabelledby: "marks-heading" },
        h("div", { class: "marks" }, h("h2", { id: "marks-heading" }, "Your answers"), score),
        told,
        practice,
        h("h3", {}, "What to do"),
        steps,
        conventions,
      ),
    ),
  );

  /** @param {Record<string, any>} changed */
  function choose(changed) {
    chosen = { ...chosen, ...changed };
    fill(news);
    model.send({ kind: "choose", chosen });
  }

  /** @param {any} message */
  function hear({ kind, data }) {
    if (kind === "kinds")
      fill(
        kinds,
        group("The seven exercises", data.seven),
        group("Drawn from a seed", data.drawn),
        group("Your own", data.own),
      );
    if (kind === "sheet") show(data);
    if (kind === "marks") mark(data);
    if (kind === "hint") hint(data);
    if (kind === "failed") fill(news, h("span", { class: "bad" }, data));
  }

  /** @param {any} data */
  function show(data) {
    el.inert = false;
    chosen = data.chosen;
    for (const key of ["kind", "seed", "level"]) model.set(key, chosen[key]);
    model.set("network", chosen.kind === "network" ? JSON.stringify(chosen.network) : undefined);
    model.save_changes();
    asked = data.asked;
    marks = {};
    at = "";
    kinds.value = chosen.kind;
    seed.value = String(chosen.seed);
    level.value = String(chosen.level);
    drawn.hidden = /^\d+$/.test(chosen.kind);
    level.disabled = chosen.kind === "network" || chosen.kind.startsWith("model:");
    fill(heading, data.title);
    fill(lead, data.lead);
    fill(
      steps,
      data.steps.map((/** @type {any} */ s) => h("li", { value: s.number }, h("b", {}, `${s.title}.`), ` ${s.what}`)),
    );
    fill(
      conventions,
      meanings(["unit", "weight, bias", "activation", "Z1[3,1]", "W1[3,2]", "loss", "gradient", "learning rate"]),
      h(
        "details",
        { class: "quiet" },
        h("summary", {}, "Conventions"),
        data.conventions.map((/** @type {string} */ c) => h("p", {}, c)),
      ),
    );
    fill(
      sheet,
      data.bands.map((/** @type {any} */ b) => band(b, blank)),
      apart(data.apart, blank),
    );
    fill(
      told,
      h("p", { class: "quiet" }, "Type a number into an empty cell: 12, −0.5, 2/3. Enter goes on; ? gives a hint."),
    );
    for (const [cell, text] of Object.entries({ ...keptAnswers(), ...data.answers })) {
      const input = blankOf(cell);
      if (input) input.value = /** @type {string} */ (text);
      if (input && !(cell in data.answers)) answer(cell, input.value);
    }
  }

  const answer = (/** @type {string} */ cell, /** @type {string} */ text) =>
    model.send({ kind: "answer", cell, text: text.slice(0, 60) });

  /** @param {Record<string, string>} answers of the sheet that is shown */
  function keepAnswers(answers) {
    sessionStorage.setItem(KEPT, JSON.stringify({ sheet: JSON.stringify(chosen), answers }));
  }

  /** @returns {Record<string, string>} */
  function keptAnswers() {
    const { sheet, answers } = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
    return sheet === JSON.stringify(chosen) ? answers : {};
  }

  /** @param {string} name */
  function blank(name) {
    const input = h("input", {
      type: "text",
      class: "blank",
      size: 6,
      autocomplete: "off",
      ariaLabel: name,
      data: { cell: name },
      on: {
        focus: () => look(name),
        input: () => keepAnswers({ ...keptAnswers(), [name]: input.value }),
        change: () => answer(name, input.value),
        keydown: (/** @type {KeyboardEvent} */ e) => {
          if (e.key === "?") {
            e.preventDefault();
            model.send({ kind: "hint", cell: name });
          }
          if (e.key === "Enter") (blankOf(asked[asked.indexOf(name) + 1]) ?? input).focus();
        },
      },
    });
    return input;
  }

  function blanks() {
    return /** @type {HTMLInputElement[]} */ ([...sheet.querySelectorAll("input.blank")]);
  }

  /** @param {string} cell */
  function blankOf(cell) {
    return blanks().find((input) => input.dataset.cell === cell);
  }

  /** @param {any} data */
  function mark(data) {
    marks = Object.fromEntries(data.marks.map((/** @type {any} */ m) => [m.cell, m]));
    fill(score, h("b", {}, data.points), h("span", { class: "share" }, ` of ${data.total} right`));
    fill(practice, data.practice);
    for (const input of blanks()) {
      const m = marks[input.dataset.cell ?? ""];
      input.classList.toggle("good", Boolean(m?.good));
      input.classList.toggle("wrong", Boolean(m && !m.good));
      m && !m.good ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
    }
    const latest = at && marks[at] ? at : data.marks.at(-1)?.cell;
    if (latest) look(latest);
  }

  /**
   * What is said of a cell.
   * @param {string} name
   */
  function look(name) {
    at = name;
    const m = marks[name];
    fill(
      told,
      h("h3", {}, name),
      m
        ? h("p", { class: m.good ? "good" : "bad" }, `${m.good ? "✓" : "✗"} ${m.said}`)
        : h("p", { class: "quiet" }, "still empty"),
      m?.yours.length > 0 && h("p", { class: "quiet" }, `you seem to have worked: ${m.yours[0]}`),
      h("button", { type: "button", on: { click: () => model.send({ kind: "hint", cell: name }) } }, "Hint"),
    );
  }

  /** @param {any} data */
  function hint({ cell, rungs, more }) {
    look(cell);
    told.append(
      h(
        "ol",
        { class: "rungs" },
        rungs.map((/** @type {string} */ r) => h("li", {}, r)),
      ),
    );
    if (!more) told.lastElementChild?.after(h("p", { class: "quiet" }, "That was the last hint."));
  }

  el.append(keep(model, ["png", "svg", "py"]));
  model.on("msg:custom", hear);
  model.send({ kind: "start", chosen: ofLink(model) });
  return () => model.off("msg:custom", hear);
}

/**
 * The sheet that the link names; null where it names none.
 * @param {import("../model.js").Model} model
 */
function ofLink(model) {
  const kind = model.get("kind");
  if (!kind) return null;
  const number = (/** @type {string} */ name, /** @type {number} */ none) => Number(model.get(name) ?? none) || none;
  const chosen = { kind: String(kind), seed: number("seed", 0), level: number("level", 1) };
  try {
    return kind === "network" ? { ...chosen, network: JSON.parse(model.get("network")) } : chosen;
  } catch {
    return chosen;
  }
}

/**
 * @param {string} label
 * @param {{ kind: string, title: string }[]} each
 */
function group(label, each) {
  const made = document.createElement("optgroup");
  made.label = label;
  made.append(...each.map(({ kind, title }) => h("option", { value: kind }, title)));
  return made;
}

export default { render };
