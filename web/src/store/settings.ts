// What the user chose. The key goes with the tab (sessionStorage); the rest stays in this browser.
import type { PhoneNotation } from "../phones.ts";

export type Theme = "auto" | "light" | "dark";

export interface Settings {
  theme: Theme;
  notation: PhoneNotation;
  strictness: -1 | 0 | 1;
}

const KEY = "higgins.settings";
const API_KEY = "higgins.key";

/** Reads what an older or newer page may have written: unknown values become the default. */
export function parseSettings(stored: string | null): Settings {
  let raw: Partial<Record<keyof Settings, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(stored ?? "{}");
    if (typeof parsed === "object" && parsed !== null) raw = parsed;
  } catch {
    // Not ours; the defaults.
  }
  return {
    theme: raw.theme === "light" || raw.theme === "dark" ? raw.theme : "auto",
    notation: raw.notation === "arpabet" ? "arpabet" : "ipa",
    strictness: raw.strictness === 1 || raw.strictness === -1 ? raw.strictness : 0,
  };
}

function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null; // storage is forbidden
  }
}

function write(storage: () => Storage, key: string, value: string): void {
  try {
    if (value) storage().setItem(key, value);
    else storage().removeItem(key);
  } catch {
    // Then it holds until the page is left.
  }
}

export function loadSettings(): Settings {
  return parseSettings(read(() => localStorage, KEY));
}

export function saveSettings(settings: Settings): void {
  write(() => localStorage, KEY, JSON.stringify(settings));
}

export function loadApiKey(): string {
  return read(() => sessionStorage, API_KEY) ?? "";
}

export function saveApiKey(key: string): void {
  write(() => sessionStorage, API_KEY, key);
}
