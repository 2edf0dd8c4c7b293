// Theme, strictness and the key, in a modal dialog of the browser (Escape closes it, focus returns to its button).
import { loadApiKey, saveApiKey, saveSettings, type Settings } from "../store/settings.ts";
import { byId } from "./dom.ts";

export class SettingsDialog {
  private readonly dialog = byId<HTMLDialogElement>("settings");
  private readonly key = byId<HTMLInputElement>("api-key");

  constructor(private readonly settings: Settings) {
    byId("open-settings").addEventListener("click", () => this.open());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close(); // beside it
    });
    this.key.value = loadApiKey();
    this.key.addEventListener("change", () => saveApiKey(this.key.value.trim()));
    this.dialog.addEventListener("close", () => saveApiKey(this.key.value.trim()));
    this.radios("theme", settings.theme, (value) => {
      settings.theme = value === "light" || value === "dark" ? value : "auto";
      document.documentElement.dataset["theme"] = settings.theme;
    });
    this.radios("strictness", String(settings.strictness), (value) => {
      settings.strictness = value === "1" ? 1 : value === "-1" ? -1 : 0;
    });
  }

  open(): void {
    this.dialog.showModal();
  }

  openAtKey(): void {
    this.dialog.showModal();
    this.key.focus();
  }

  get api_key(): string {
    return this.key.value.trim();
  }

  private radios(name: string, current: string, on_change: (value: string) => void): void {
    for (const radio of this.dialog.querySelectorAll<HTMLInputElement>(`input[name=${name}]`)) {
      radio.checked = radio.value === current;
      radio.addEventListener("change", () => {
        on_change(radio.value);
        saveSettings(this.settings);
      });
    }
  }
}
