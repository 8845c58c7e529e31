// Elements, made one by one: what is text stays text.

import { keepingPlace } from "./place.js";

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element with its properties and children.  `on` names listeners, `data` and `aria` attributes of that kind.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [given]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [kind, f] of Object.entries(value)) made.addEventListener(kind, f);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "class") made.className = value;
    else if (name === "value" && tag === "input")
      made.setAttribute(name, String(value)); // so it knows what it was at first
    else if (name.startsWith("aria") || name === "role" || name === "for" || name === "colspan" || name === "scope")
      made.setAttribute(name.replace(/^aria(?=[A-Z])/, "aria-").toLowerCase(), String(value));
    else /** @type {any} */ (made)[name] = value;
  }
  made.append(...kept(children));
  return made;
}

/**
 * The children there are.
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function kept(children) {
  return children
    .flat()
    .flatMap((c) => (c === null || c === undefined || c === false ? [] : [c instanceof Node ? c : String(c)]));
}

/**
 * Put other children into an element; whoever reads or types in it stays where they were.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  const now = kept(children);
  const words = now.every((c) => typeof c === "string") && !element.childElementCount;
  if (words && element.textContent === now.join("")) return; // nothing is laid out anew for nothing
  keepingPlace(element, () => element.replaceChildren(...now));
}
