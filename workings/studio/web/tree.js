// Tree: a formula as a graph, from what is given on the left to the result on the right.

import { fill, h } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{ name: string, depth: number, reads: string[], value: string, slope: string }} Node */

export class Tree {
  /** @param {(cell: string) => void} open */
  constructor(open) {
    this.open = open;
    this.columns = h("div", { class: "tree-columns" });
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", "edges");
    this.svg.setAttribute("aria-hidden", "true");
    this.element = h(
      "div",
      { class: "tree", tabIndex: 0, role: "group", ariaLabel: "the graph: values above, derivatives below" },
      this.svg,
      this.columns,
    );
    /** @type {Node[]} */
    this.nodes = [];
    this.watcher = new ResizeObserver(() => this.place());
    this.watcher.observe(this.columns);
  }

  close() {
    this.watcher.disconnect();
  }

  /**
   * @param {{ nodes: Node[], result: string, givens: string[] }} given
   */
  show({ nodes, result, givens }) {
    this.nodes = nodes;
    const deepest = Math.max(...nodes.map((n) => n.depth));
    const column = (/** @type {number} */ d) =>
      nodes.filter((n) => n.depth === d).map((n) => this.node(n, result, givens.includes(n.name)));
    fill(
      this.columns,
      Array.from({ length: deepest + 1 }, (_, d) => h("div", { class: "tree-column" }, column(d))),
    );
    this.place();
  }

  /**
   * @param {Node} node
   * @param {string} result
   * @param {boolean} given
   */
  node({ name, value, slope }, result, given) {
    const derivative = `d${result}/d${name}`;
    return h(
      "div",
      { class: `tree-node${given ? " given" : ""}`, data: { node: name } },
      h(
        "button",
        { type: "button", class: "number", data: { cell: name }, on: { click: () => this.open(name) } },
        h("i", {}, name),
        ` = ${value}`,
      ),
      h(
        "button",
        {
          type: "button",
          class: "number back",
          data: { cell: derivative },
          ariaLabel: `${derivative} = ${slope}`,
          on: { click: () => this.open(derivative) },
        },
        `d${result}/d${name} = ${slope}`,
      ),
    );
  }

  /** The lines, from where the nodes stand now. */
  place() {
    const box = this.element.getBoundingClientRect();
    const left = this.element.scrollLeft - box.left;
    const top = -box.top;
    const at = new Map(
      [.../** @type {NodeListOf<HTMLElement>} */ (this.columns.querySelectorAll("[data-node]"))].map((n) => [
        n.dataset.node,
        n.getBoundingClientRect(),
      ]),
    );
    this.svg.style.width = `${this.columns.scrollWidth}px`;
    const lines = this.nodes.flatMap((node) =>
      node.reads.flatMap((read) => {
        const from = at.get(read);
        const to = at.get(node.name);
        if (!from || !to) return [];
        const line = document.createElementNS(SVG, "line");
        const put = (/** @type {string} */ name, /** @type {number} */ v) => line.setAttribute(name, String(v));
        put("x1", from.right + left);
        put("y1", from.top + from.height / 2 + top);
        put("x2", to.left + left);
        put("y2", to.top + to.height / 2 + top);
        return [line];
      }),
    );
    this.svg.replaceChildren(...lines);
  }
}
