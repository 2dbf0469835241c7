// The language of the page: one table per language, chosen at run time, every word a key.
import { en } from "./en";
import { fr } from "./fr";

export type Key = keyof typeof en;
export type Lang = Record<Key, string>;
export type LangId = "en" | "fr";

/** Text that may be shown: made only by t(), by fmt.ts, or by words() from data. A bare literal is not Words. */
export type Words = string & { readonly __words: unique symbol };

export const tables: Record<LangId, Lang> = { en, fr };

let current: LangId = "en";

export function setLang(id: LangId): void {
  current = id;
  document.documentElement.lang = id;
}

export function lang(): LangId {
  return current;
}

/** Mark a string that comes from data (a name, an id) as showable. */
export function words(s: string): Words {
  // Not a bare `return s`: esbuild 0.28 inlines an identity function without the brackets that `a ?? (b || c)` needs.
  return String(s) as Words;
}

/** The words of `key` with {name} places filled in. */
export function t(key: Key, values?: Record<string, string | number>): Words {
  const text = tables[current][key];
  if (!values) return text as Words;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) as Words;
}

/** The words of a key built from data (`st_` + state); the fallback is shown when the table has no such key. */
export function tMaybe(key: string, fallback: string, values?: Record<string, string | number>): Words {
  return key in tables[current] ? t(key as Key, values) : words(fallback);
}
