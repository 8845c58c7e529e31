// Worksheet: matrices as they stand on paper, blanks to type into, a word under every answer, hints rung by rung.

import { fill, h } from "../dom.js";
import { keep } from "../keep.js";

const SLOTS = ["left_gradient", "left", "middle", "beside", "right"];
const FILES = { pdf: "PDF", key: "Key (PDF)", xlsx: "Spreadsheet", html: "Page" };

/** @param {{ model: import("../model.js").Model, el: HTMLElement }} given */
function render({ model, el }) {
  /** @type {any} */
  let chosen = null;
  /** @type {Record<string, any>} */
  let marks = {};
  let at = "";
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
  const steps = h("ol");
  const sheet = h("div", { class: "sheet", tabIndex: 0, role: "group", ariaLabel: "the sheet" });
  const score = h("p", { class: "guess", role: "status" });
  const practice = h("p");
  const news = h("p", { role: "status" });
  const told = h("div", { ariaLive: "polite" });
  const conventions = h("div");

  fill(
    el,
    h("h1", {}, "Worksheet"),
    h(
      "p",
      { class: "lead" },
      "Work a small network out by hand: fill the empty cells, each is marked as you go, and a hint shows the next line of the working.",
    ),
    h("p", { class: "row" }, h("label", { for: "kind" }, "Exercise"), kinds, drawn),
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
          { class: "row" },
          Object.entries(FILES).map(([form, title]) =>
            h("button", { type: "button", on: { click: () => model.send({ kind: "write", form }) } }, title),
          ),
          h("button", { type: "button", on: { click: () => model.send({ kind: "clear" }) } }, "Clear the sheet"),
        ),
      ),
      h(
        "section",
        { class: "by-hand", ariaLabelledby: "marks-heading" },
        h("h2", { id: "marks-heading" }, "How it stands"),
        score,
        practice,
        told,
        h("h3", {}, "What to do"),
        steps,
        conventions,
      ),
    ),
  );

  /** @param {Record<string, any>} changed */
  function choose(changed) {
    chosen = { ...chosen, ...changed };
    for (const key of ["kind", "seed", "level"]) model.set(key, chosen[key]);
    model.save_changes();
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
        group("Your own", [{ kind: "network", title: "The network of the playground" }]),
      );
    if (kind === "sheet") show(data);
    if (kind === "marks") mark(data);
    if (kind === "hint") hint(data);
    if (kind === "failed") fill(news, h("span", { class: "bad" }, data));
  }

  /** @param {any} data */
  function show(data) {
    chosen = data.chosen;
    marks = {};
    at = "";
    kinds.value = chosen.kind;
    seed.value = String(chosen.seed);
    level.value = String(chosen.level);
    drawn.hidden = /^\d+$/.test(chosen.kind) || chosen.kind === "network";
    fill(heading, data.title);
    fill(lead, data.lead);
    fill(
      steps,
      data.steps.map((/** @type {any} */ s) => h("li", { value: s.number }, h("b", {}, s.title), ` ${s.what}`)),
    );
    fill(
      conventions,
      h(
        "details",
        { class: "quiet" },
        h("summary", {}, "Conventions"),
        data.conventions.map((/** @type {string} */ c) => h("p", {}, c)),
      ),
    );
    fill(sheet, data.bands.map(band), apart(data.apart));
    fill(
      told,
      h("p", { class: "quiet" }, "Type a number into an empty cell: 12, −0.5, 2/3. Enter goes on; ? gives a hint."),
    );
    for (const [cell, text] of Object.entries(data.answers)) {
      const input = inputOf(cell);
      if (input) input.value = /** @type {string} */ (text);
    }
  }

  /** @param {any} data */
  function band({ loose, slots }) {
    const names = Object.keys(slots);
    const known = loose ? names : SLOTS.filter((slot) => slot in slots);
    return h(
      "div",
      { class: loose ? "band loose" : "band" },
      known.map((slot) => block(slots[slot], slot)),
    );
  }

  /**
   * @param {any} b
   * @param {string} slot
   */
  function block(b, slot) {
    const heads = b.tops.length
      ? h(
          "tr",
          {},
          b.sides.length > 0 && h("td"),
          b.tops.map((/** @type {string} */ t) => h("th", { scope: "col" }, t)),
        )
      : null;
    const rows = b.cells.map((/** @type {any[]} */ row, /** @type {number} */ i) =>
      h(
        "tr",
        { class: b.turned && b.split === i && i ? "below" : "" },
        b.sides.length > 0 && h("th", { scope: "row" }, b.sides[i] ?? ""),
        row.map((c, j) =>
          h(
            "td",
            { class: [!b.turned && b.split && b.split === j ? "right-of" : "", c.met ? "met" : ""].join(" ") },
            cell(c),
          ),
        ),
      ),
    );
    return h(
      "figure",
      { class: `matrix ${slot}` },
      h("figcaption", {}, h("b", {}, b.title), b.formula && h("span", { class: "quiet" }, ` ${b.formula}`)),
      h("table", { title: b.reading }, heads && h("thead", {}, heads), h("tbody", {}, rows)),
    );
  }

  /** @param {any} c */
  function cell(c) {
    return c.blank ? blank(c.name) : c.text;
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
        change: () => model.send({ kind: "answer", cell: name, text: input.value.slice(0, 60) }),
        keydown: (/** @type {KeyboardEvent} */ e) => {
          if (e.key === "?") {
            e.preventDefault();
            model.send({ kind: "hint", cell: name });
          }
          if (e.key === "Enter") {
            const all = /** @type {HTMLInputElement[]} */ ([...sheet.querySelectorAll("input.blank")]);
            (all[all.indexOf(input) + 1] ?? input).focus();
          }
        },
      },
    });
    return input;
  }

  /** @param {string[]} cells */
  function apart(cells) {
    return (
      cells.length > 0 &&
      h(
        "div",
        { class: "band loose" },
        cells.map((name) => h("p", { class: "control" }, h("span", {}, name), blank(name))),
      )
    );
  }

  /** @param {string} cell */
  const inputOf = (cell) =>
    /** @type {HTMLInputElement | null} */ (
      [...sheet.querySelectorAll("input.blank")].find((i) => /** @type {HTMLElement} */ (i).dataset.cell === cell) ??
        null
    );

  /** @param {any} data */
  function mark(data) {
    marks = Object.fromEntries(data.marks.map((/** @type {any} */ m) => [m.cell, m]));
    fill(score, `${data.points} of ${data.total}`);
    fill(practice, data.practice);
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (sheet.querySelectorAll("input.blank"))) {
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
  const kind = model.get("kind");
  model.send({
    kind: "start",
    chosen: kind
      ? { kind: String(kind), seed: Number(model.get("seed") ?? 0) || 0, level: Number(model.get("level") ?? 1) || 1 }
      : null,
  });
  return () => model.off("msg:custom", hear);
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
