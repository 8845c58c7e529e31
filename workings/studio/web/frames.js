// Frames: a message from the server: a header in JSON, and arrays behind it (frames.py packs them).

/** @typedef {{ shape: number[], data: Uint8Array | Float32Array | Int32Array }} Numbers */
/** `paint`: a picture of the moment at which it was begun, in seconds since 1970; the server waits for it. */
/** @typedef {{ page: string, kind: string, data: any, paint?: number, arrays: Record<string, Numbers> }} Frame */

const KINDS = { uint8: Uint8Array, float32: Float32Array, int32: Int32Array };

/**
 * The header and the arrays of a frame; the arrays look at the frame's own bytes.
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {Record<string, Numbers>} */
  const arrays = {};
  let at = 4 + length;
  for (const [name, dtype, shape] of header.arrays) {
    const count = shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
    const data = new KINDS[/** @type {keyof typeof KINDS} */ (dtype)](buffer, at, count);
    arrays[name] = { shape, data };
    at += Math.ceil(data.byteLength / 4) * 4;
  }
  return { ...header, arrays };
}
