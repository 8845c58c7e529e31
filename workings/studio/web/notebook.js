// Notebook: one page inside Jupyter or marimo: anywidget's model is turned into the one that our pages know.

import { afterPaint } from "./socket.js";

const KINDS = { uint8: Uint8Array, float32: Float32Array, int32: Int32Array };

/** @param {{ model: any, el: HTMLElement }} given */
async function render({ model, el }) {
  const { default: page } = await import(String("PAGE")); // put here by notebook.py
  /** @type {Map<any, any>} */
  const heard = new Map();
  /** @type {Record<string, any>} */
  const state = {};
  const mediator = {
    send: (/** @type {any} */ message) => model.send(message),
    on: (/** @type {"msg:custom"} */ event, /** @type {any} */ listener) => {
      const turned = (/** @type {any} */ message, /** @type {any} */ buffers) => listener(unpacked(message, buffers));
      heard.set(listener, turned);
      model.on(event, turned);
    },
    off: (/** @type {"msg:custom"} */ event, /** @type {any} */ listener) => model.off(event, heard.get(listener)),
    get: (/** @type {string} */ name) => state[name],
    set: (/** @type {string} */ name, /** @type {any} */ value) => void (state[name] = value),
    save_changes: () => {},
  };
  const painted = (/** @type {any} */ message) =>
    message.paint && afterPaint(() => model.send({ kind: "painted", what: message.kind }));
  model.on("msg:custom", painted);
  const inside = document.createElement("div");
  inside.className = "wk in-notebook";
  el.append(inside);
  const end = await page.render({ model: mediator, el: inside });
  return () => {
    model.off("msg:custom", painted);
    end?.();
  };
}

/**
 * @param {any} message
 * @param {DataView[]} buffers
 */
function unpacked(message, buffers) {
  const arrays = Object.fromEntries(
    message.arrays.map(
      (/** @type {[string, keyof typeof KINDS, number[]]} */ [name, dtype, shape], /** @type {number} */ i) => {
        const view = buffers[i];
        const copy = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
        return [name, { shape, data: new KINDS[dtype](copy) }];
      },
    ),
  );
  return { ...message, arrays };
}

export default { render };
