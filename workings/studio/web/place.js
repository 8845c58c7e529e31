// Place: when a part of a page is made anew, who reads or types in it stays where they were.

const HEADINGS = "h1, h2, h3, h4";

/**
 * Make a part anew.  The keyboard stays on what is the same as before (else on the part's heading), with what was
 * being written there; nothing scrolls.
 * @param {Element} part
 * @param {() => void} change
 */
export function keepingPlace(part, change) {
  const at = focused(part);
  if (!at || at === part) return change();
  const before = alike(part, at).indexOf(at);
  const scrolled = [part.scrollLeft, part.scrollTop];
  const heading = part.closest("section:has(h1, h2, h3, h4), main, .wk")?.querySelector(HEADINGS);
  change();
  if (part.contains(at)) return at.focus({ preventScroll: true });
  const same = alike(part, at).filter((e) => !e.matches(":disabled"));
  const to = same[Math.min(before, same.length - 1)];
  if (to) resume(at, to);
  else rest(part.querySelector(HEADINGS) ?? heading);
  [part.scrollLeft, part.scrollTop] = scrolled;
}

/**
 * Do something that makes a part anew as soon as nobody is pressing anything in it: the press would go nowhere.
 * @param {Element} part
 * @param {() => void} change
 */
export function unpressed(part, change) {
  if (part.querySelector(":active")) requestAnimationFrame(() => unpressed(part, change));
  else change();
}

/**
 * What has the keyboard within a part.
 * @param {Element} part
 * @returns {HTMLElement | null}
 */
export function focused(part) {
  const root = /** @type {Document | ShadowRoot} */ (part.getRootNode());
  const at = root.activeElement;
  return at instanceof HTMLElement && part.contains(at) ? at : null;
}

/**
 * The elements of a part that are the same to its reader: the same number, the same button.
 * @param {Element} part
 * @param {HTMLElement} at
 */
function alike(part, at) {
  const name = named(at);
  return /** @type {HTMLElement[]} */ ([...part.querySelectorAll(at.localName)]).filter((e) => named(e) === name);
}

/**
 * What an element is to its reader; the text of a number changes, and so it is known by its cell.
 * @param {HTMLElement} e
 */
function named(e) {
  const known = e.dataset.key ?? e.dataset.cell ?? (e.id || e.getAttribute("href"));
  return known ?? e.getAttribute("aria-label") ?? (e.localName === "button" ? e.textContent : e.className);
}

/**
 * Go on at the new element; in a field, with what was selected and written, which is told when the field is left.
 * @param {HTMLElement} at
 * @param {HTMLElement} to
 */
function resume(at, to) {
  to.focus({ preventScroll: true });
  if (!(at instanceof HTMLInputElement && to instanceof HTMLInputElement) || at.type !== "text") return;
  const written = at.value !== at.defaultValue && at.value !== to.value; // else the answer has it already
  if (written) to.value = at.value;
  to.setSelectionRange(at.selectionStart, at.selectionEnd);
  if (!written) return;
  let told = false;
  to.addEventListener("change", () => (told = true), { once: true });
  to.addEventListener("blur", () => told || to.dispatchEvent(new Event("change")), { once: true });
}

/** @param {Element | null | undefined} heading */
function rest(heading) {
  if (!(heading instanceof HTMLElement)) return;
  if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
