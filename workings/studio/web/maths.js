// Formulas: trees of lists, made in Python, as elements of MathML.

const NAMESPACE = "http://www.w3.org/1998/Math/MathML";
const TAGS = new Set(
  "math mrow mi mn mo mtext mspace mfrac msqrt msup msub msubsup mover munder munderover mtable mtr mtd mstyle".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(["class", "form", "mathvariant", "width", "displaystyle", "stretchy", "accent"]);

/** @typedef {[string, Record<string, string>, ...any]} Tree */

/**
 * A `<math>` element.
 * @param {Tree} tree
 * @returns {Element}
 */
export function math(tree) {
  const made = document.createElementNS(NAMESPACE, "math");
  made.append(element(tree));
  return made;
}

/**
 * @param {Tree} tree
 * @returns {Element}
 */
function element([tag, attributes, ...below]) {
  const made = document.createElementNS(NAMESPACE, TAGS.has(tag) ? tag : "mtext");
  for (const [name, value] of Object.entries(attributes)) if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  made.append(...below.map((x) => (typeof x === "string" ? x : element(x))));
  return made;
}
