// The socket: one for the whole page.  It comes back by itself, and says which state it is in.

import { unpack } from "./frames.js";

const PROTOCOL = "workings";
const SOONEST = 250; // ms until the first try to come back; then twice as long each time
const LATEST = 1000;
const MOST = 50; // messages that wait for the connection

/** @typedef {"connecting" | "connected" | "away" | "refused"} State */

export class Socket {
  /** @param {string} token */
  constructor(token) {
    this.token = token;
    this.load = crypto.randomUUID();
    this.visitor = sessionStorage.getItem("workings-visitor") || crypto.randomUUID();
    /** @type {Map<string, Set<(frame: import("./frames.js").Frame) => void>>} */
    this.pages = new Map();
    /** @type {Set<(state: State, welcome: any) => void>} */
    this.watchers = new Set();
    /** @type {State} */
    this.state = "connecting";
    this.wait = SOONEST;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {[string, Record<string, any>][]} what was said while the connection was away */
    this.unsent = [];
    if (token) this.connect();
    else this.state = "refused";
    addEventListener("visibilitychange", () => {
      if (!document.hidden) this.send("studio", { kind: "refresh" });
    });
  }

  connect() {
    const socket = (this.socket = new WebSocket(`ws://${location.host}/socket`, [PROTOCOL, this.token]));
    socket.binaryType = "arraybuffer";
    let opened = false;
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify({ visitor: this.visitor, load: this.load }));
    };
    socket.onmessage = (event) => this.receive(unpack(event.data));
    socket.onclose = async () => {
      if (this.socket !== socket) return;
      this.tell(opened || !(await serverIsThere()) ? "away" : "refused", null);
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(2 * this.wait, LATEST);
    };
  }

  /** @param {import("./frames.js").Frame} frame */
  receive(frame) {
    if (frame.page === "studio" && frame.kind === "welcome") {
      this.visitor = frame.data.visitor;
      sessionStorage.setItem("workings-visitor", this.visitor);
      this.wait = SOONEST;
      const { unsent } = this;
      this.unsent = [];
      this.tell("connected", frame.data);
      if (frame.data.known) for (const [page, message] of unsent) this.send(page, message);
      return;
    }
    for (const listener of this.pages.get(frame.page) ?? []) listener(frame);
    if (frame.paint) afterPaint(() => this.send("studio", { kind: "painted", of: frame.page, what: frame.kind }));
  }

  /**
   * @param {State} state
   * @param {any} welcome
   */
  tell(state, welcome) {
    this.state = state;
    for (const watcher of this.watchers) watcher(state, welcome);
  }

  /**
   * Send a message to a page of the server; while the connection is away, the last ones wait for it.
   * @param {string} page
   * @param {Record<string, any>} message
   */
  send(page, message) {
    if (this.state === "connected" && this.socket?.readyState === WebSocket.OPEN)
      this.socket.send(JSON.stringify({ page, ...message }));
    else if (page !== "studio") this.unsent = [...this.unsent.slice(1 - MOST), [page, message]];
  }
}

/**
 * Once what was drawn in this turn is on the screen.
 * @param {() => void} f
 */
export function afterPaint(f) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = f;
    channel.port2.postMessage(null);
  });
}

/** Whether the server answers at all: then it was the token that was refused. */
async function serverIsThere() {
  try {
    return (await fetch("/icon.svg", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
