// The few helpers the page needs to make and update elements. The only file that writes text into the document,
// and it takes Words only: a literal in the code outside the language tables does not type-check.
import type { Words } from "./lang";

export interface Props {
  class?: string;
  id?: string;
  title?: Words;
  label?: Words;
  role?: string;
  type?: string;
  data?: Record<string, string>;
  attrs?: Record<string, string>;
  onclick?: (e: MouseEvent) => void;
}

type Child = Node | Words | null | undefined | false;

/** Make an element. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  if (props.class) el.className = props.class;
  if (props.id) el.id = props.id;
  if (props.title) el.title = props.title;
  if (props.label) el.setAttribute("aria-label", props.label);
  if (props.role) el.setAttribute("role", props.role);
  if (tag === "button") el.setAttribute("type", props.type ?? "button");
  else if (props.type) el.setAttribute("type", props.type);
  for (const [k, v] of Object.entries(props.data ?? {})) el.dataset[k] = v;
  for (const [k, v] of Object.entries(props.attrs ?? {})) el.setAttribute(k, v);
  if (props.onclick) el.addEventListener("click", props.onclick as EventListener);
  for (const c of children) if (c) el.append(c);
  return el;
}

/** Set text only where it changes, so that nothing is laid out again for nothing. */
export function put(el: Element, text: Words): void {
  if (el.textContent !== text) el.textContent = text;
}

export function toggle(el: Element, name: string, on: boolean): void {
  if (el.classList.contains(name) !== on) el.classList.toggle(name, on);
}

export function attr(el: Element, name: string, value: string | null): void {
  if (value === null) {
    if (el.hasAttribute(name)) el.removeAttribute(name);
  } else if (el.getAttribute(name) !== value) el.setAttribute(name, value);
}

export function setTitle(el: HTMLElement, text: Words): void {
  attr(el, "title", text);
  attr(el, "aria-label", text);
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function svg(tag: string, attrs: Record<string, string | number>, ...children: Child[]): SVGElement {
  const el = document.createElementNS(SVG, tag);
  for (const [k, v] of Object.entries(attrs)) el.setAttribute(k, String(v));
  for (const c of children) if (c) el.append(c);
  return el;
}

/** A line icon from path data on a 24 x 24 grid. */
export function icon(d: string, cls = "icon"): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", cls);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

export interface Row<T> {
  el: HTMLElement;
  update(item: T): void;
}

/** A list kept in step with data: rows are made once per key, updated in place, moved only when the order changes. */
export class KeyedList<T> {
  private rows = new Map<string, Row<T>>();
  constructor(readonly el: HTMLElement, private key: (item: T) => string, private make: (item: T) => Row<T>) {}

  set(items: T[]): void {
    const seen = new Set<string>();
    const focused = this.el.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    let at: ChildNode | null = this.el.firstChild;
    for (const item of items) {
      const k = this.key(item);
      seen.add(k);
      let row = this.rows.get(k);
      if (!row) this.rows.set(k, (row = this.make(item)));
      row.update(item);
      if (row.el === at) at = at.nextSibling;
      else this.el.insertBefore(row.el, at);
    }
    for (const [k, row] of this.rows) {
      if (seen.has(k)) continue;
      row.el.remove();
      this.rows.delete(k);
    }
    // A row that moves loses the keyboard's focus; give it back.
    if (focused && focused !== document.activeElement && this.el.contains(focused)) focused.focus();
  }

  clear(): void {
    this.set([]);
  }
}
