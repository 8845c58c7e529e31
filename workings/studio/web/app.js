// The shell: pages by the fragment of the address, the connection in words, the state of a page kept in its link.

import { fill, h } from "./dom.js";
import { model } from "./model.js";
import { Socket } from "./socket.js";

const PAGES = [
  ["draw", "Draw"],
  ["play", "Playground"],
  ["train", "Train"],
  ["weights", "Weights"],
  ["sweep", "Sweep"],
  ["sheet", "Worksheet"],
  ["calculus", "Calculus"],
];
const AGAIN = 1000; // ms
const SAYS = {
  connecting: "connecting …",
  connected: "connected",
  away: "the studio does not answer; trying again",
  refused: "this page has no valid token; open the link that the studio printed",
};

/** The token comes in the fragment, which is never sent; it leaves the address bar at once. */
function token() {
  const given = new URLSearchParams(location.hash.slice(1)).get("t");
  if (given) {
    sessionStorage.setItem("workings-token", given);
    history.replaceState(null, "", `${location.pathname}#draw`);
  }
  return sessionStorage.getItem("workings-token") ?? "";
}

/** @returns {[string, Record<string, string>]} the page that the address names, and its state */
function address() {
  const [page, ...rest] = location.hash.slice(1).split("?");
  return [
    PAGES.some(([name]) => name === page) ? page : "draw",
    Object.fromEntries(new URLSearchParams(rest.join("?"))),
  ];
}

const socket = new Socket(token());
const status = h("p", { class: "status", role: "status" });
const links = PAGES.map(([name, title]) => h("a", { href: `#${name}`, data: { page: name } }, title));
const main = h("main", { id: "main", tabIndex: -1 });
document.body.append(
  h(
    "a",
    { class: "skip", href: "#main", on: { click: (/** @type {Event} */ e) => (e.preventDefault(), main.focus()) } },
    "To the page",
  ),
  h(
    "header",
    {},
    h("a", { class: "wordmark", href: "#draw" }, "workings"),
    h("nav", { ariaLabel: "pages" }, links),
    status,
  ),
  main,
);

/** @type {{ name: string, close: () => void } | null} */
let shown = null;
let opening = 0;

async function show() {
  const [name, state] = address();
  const mine = ++opening; // whoever was on the way is not awaited any more
  if (socket.state !== "connected") return;
  const found = await import(`./pages/${name}.js`).catch(() => null);
  if (mine !== opening) return;
  if (!found) {
    fill(status, "this page did not come; trying again");
    setTimeout(() => location.reload(), AGAIN); // nothing less: a browser remembers what it could not import
    return;
  }
  shown?.close();
  if (location.hash.slice(1).split("?")[0] !== name) history.replaceState(null, "", `#${name}`);
  for (const link of links) link.removeAttribute("aria-current");
  const here = links[PAGES.findIndex(([n]) => n === name)];
  here.setAttribute("aria-current", "page");
  here.href = location.hash; // whoever comes back finds the page as it was
  document.title = `${PAGES.find(([n]) => n === name)?.[1]} · Workings`;
  const mediator = model(socket, name, state, (kept) => {
    const told = new URLSearchParams(Object.entries(kept).map(([k, v]) => [k, String(v)])).toString();
    here.href = `#${name}${told ? `?${told}` : ""}`;
    if (address()[0] === name) history.replaceState(null, "", here.href); // else somebody has just left
  });
  fill(main);
  const end = await found.default.render({ model: mediator, el: main });
  shown = { name, close: () => (end?.(), mediator.close()) };
}

socket.watchers.add((state, welcome) => {
  fill(status, h("span", { class: `dot ${state}`, ariaHidden: "true" }, "●"), ` ${SAYS[state]}`);
  if (state !== "connected") return;
  if (shown && !welcome.known) {
    shown.close(); // another server, or one that has forgotten us: the page begins anew, with the state of its link
    shown = null;
  }
  if (shown?.name !== address()[0]) show();
});
addEventListener("hashchange", show);
for (const kind of /** @type {const} */ (["dragover", "drop"]))
  addEventListener(kind, (e) => e.dataTransfer?.types.includes("Files") && e.preventDefault()); // the page stays
socket.tell(socket.state, null);
