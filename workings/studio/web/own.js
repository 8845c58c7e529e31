// Own: points of one's own, by clicking or from a table.

import { button } from "./controls.js";
import { fill, h } from "./dom.js";

const LARGEST = 200_000; // characters of a table
const CLICKS = [
  ["-1", "opens that place"],
  ["1", "puts a ● there"],
  ["0", "puts a ■ there"],
];

export class Own {
  /**
   * @param {import("./model.js").Model} model
   * @param {import("./plane.js").Plane} plane
   * @param {{ drop: HTMLElement, refuse: (why: string) => void }} page where a file may fall, who says what is wrong
   */
  constructor(model, plane, { drop, refuse }) {
    this.model = model;
    this.plane = plane;
    this.refuse = refuse;
    this.file = h("input", {
      type: "file",
      accept: ".csv,text/csv,text/plain",
      id: "csv",
      on: { change: () => this.read(this.file.files?.[0]) },
    });
    const options = CLICKS.map(([value, words]) => h("option", { value }, words));
    this.what = h(
      "select",
      { id: "putting", on: { change: () => (plane.putting = Number(this.what.value)) } },
      options,
    );
    this.says = h("p", { class: "quiet", role: "status" });
    drop.ondragover = (e) => e.preventDefault();
    drop.ondrop = (e) => (e.preventDefault(), this.read(e.dataTransfer?.files[0]));
    this.element = h(
      "details",
      { class: "own" },
      h("summary", {}, "Points of your own"),
      h("p", { class: "row" }, h("label", { for: "putting" }, "A click on the picture"), this.what),
      this.says,
      h("p", { class: "row" }, h("label", { for: "csv" }, "Or a CSV file with the columns x, y, label:"), this.file),
      button("Forget my points", () => model.send({ kind: "forget" })),
    );
  }

  /** @param {File} [file] */
  async read(file) {
    if (!file) return;
    this.file.value = ""; // the same file can be chosen again once it is mended
    if (file.size > LARGEST) this.refuse(`${file.name} is too large: a table of points has 500 lines or fewer`);
    else this.model.send({ kind: "table", text: await file.text() });
  }

  /**
   * Whether the points are one's own, and how many there are: at the first one a click puts a point.
   * @param {boolean} own
   * @param {number} count
   */
  chosen(own, count) {
    if (own && !count && this.plane.putting < 0) {
      this.what.value = "1";
      this.plane.putting = 1;
    }
    if (own) this.element.open = true;
    const first = "Click on the picture to put some ●; then choose ■ and put some of those.";
    fill(this.says, own && count === 0 && first);
  }
}
