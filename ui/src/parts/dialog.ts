// Asking once: a modal box with a clear verb on its button. Esc and Cancel leave everything as it was.
import { h } from "../dom";
import { t, words, type Words } from "../lang";

const NAME = "vigie.name";
/** The station takes names of so many bytes (docs/api.md). */
const NAME_BYTES = 47;

/** A name cut to what the station takes, never inside a letter. */
function fit(name: string): string {
  let out = "";
  for (const letter of name.trim()) {
    if (new TextEncoder().encode(out + letter).length > NAME_BYTES) break;
    out += letter;
  }
  return out;
}

function open(title: Words, parts: Node[], actions: HTMLElement[], cls = ""): HTMLDialogElement {
  const box = h("dialog", { class: `dialog ${cls}`, label: title });
  const row = h("div", { class: "dialog-actions" });
  row.append(...actions);
  box.append(h("h2", {}, title), ...parts, row);
  box.addEventListener("close", () => box.remove());
  box.addEventListener("click", (e) => {
    if (e.target === box) box.close();
  });
  document.body.append(box);
  box.showModal();
  return box;
}

export function ask(title: Words, more: Words, yes: Words, danger = false, parts: Node[] = []): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = false;
    const cancel = h("button", { class: "btn", onclick: () => box.close() }, t("cancel"));
    const go = h("button", { class: danger ? "btn danger" : "btn primary", onclick: () => { answer = true; box.close(); } }, yes);
    const box = open(title, [h("p", {}, more), ...parts], [cancel, go]);
    box.addEventListener("close", () => resolve(answer));
    cancel.focus();
  });
}

/** The name written with acts: asked once on this screen. */
export function who(): Promise<string | null> {
  const known = localStorage.getItem(NAME);
  if (known) return Promise.resolve(known);
  return new Promise((resolve) => {
    let name: string | null = null;
    const field = h("input", { class: "field", type: "text", label: t("name_field"), attrs: { maxlength: "47", autocomplete: "name", required: "", name: "name" } });
    const save = h("button", { class: "btn primary", type: "submit" }, t("name_save"));
    const cancel = h("button", { class: "btn", onclick: () => box.close() }, t("cancel"));
    const form = h("form", { id: "name-form" }, h("p", {}, t("name_more")), field);
    save.setAttribute("form", "name-form");
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      name = fit(field.value) || null;
      if (!name) return;
      localStorage.setItem(NAME, name);
      box.close();
    });
    const box = open(t("name_ask"), [form], [cancel, save]);
    box.addEventListener("close", () => resolve(name));
    field.focus();
  });
}

export function show(title: Words, parts: Node[], cls: string): void {
  const close = h("button", { class: "btn primary", onclick: () => box.close() }, t("close_panel"));
  const box = open(title, parts, [close], cls);
  close.focus();
}

let shelf: HTMLElement | null = null;

/** A word at the bottom of the screen, read out by screen readers, gone after a while. */
export function say(text: Words, bad = false): void {
  if (!shelf) {
    shelf = h("div", { class: "toasts", role: "status", attrs: { "aria-live": "polite" } });
    document.body.append(shelf);
  }
  const el = h("div", { class: bad ? "toast bad" : "toast" }, text);
  shelf.append(el);
  window.setTimeout(() => el.remove(), bad ? 9000 : 4500);
}

/** Run an act; say what was done, or why it was not. */
export async function doAct(run: () => Promise<unknown>, done: Words): Promise<boolean> {
  try {
    await run();
    say(done);
    return true;
  } catch (e) {
    say(t("act_failed", { why: words((e as Error).message) }), true);
    return false;
  }
}
