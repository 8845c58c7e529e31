// The model that a page is given: the part of anywidget's that our pages use, over the socket.
// In a notebook the same pages get anywidget's own.

/**
 * What a page can do: send a message to its counterpart in Python, and hear from it.
 * @typedef {{
 *   send: (message: Record<string, any>) => void,
 *   on: (event: "msg:custom", listener: (message: any, buffers?: any) => void) => void,
 *   off: (event: "msg:custom", listener: (message: any, buffers?: any) => void) => void,
 *   get: (name: string) => any,
 *   set: (name: string, value: any) => void,
 *   save_changes: () => void,
 * }} Model
 */

/**
 * The model of one page of the studio.  What is `set` is the state of the page that stands in the address.
 * @param {import("./socket.js").Socket} socket
 * @param {string} page
 * @param {Record<string, any>} state
 * @param {(state: Record<string, any>) => void} keep
 * @returns {Model & { close: () => void }}
 */
export function model(socket, page, state, keep) {
  /** @type {Set<(message: any) => void>} */
  const listeners = new Set();
  const hear = (/** @type {import("./frames.js").Frame} */ frame) => listeners.forEach((listener) => listener(frame));
  if (!socket.pages.has(page)) socket.pages.set(page, new Set());
  socket.pages.get(page)?.add(hear);
  return {
    send: (message) => socket.send(page, message),
    on: (_, listener) => void listeners.add(listener),
    off: (_, listener) => void listeners.delete(listener),
    get: (name) => state[name],
    set: (name, value) => void (value === undefined ? delete state[name] : (state[name] = value)),
    save_changes: () => keep(state),
    close: () => void socket.pages.get(page)?.delete(hear),
  };
}
