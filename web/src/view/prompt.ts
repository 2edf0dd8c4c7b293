// The text that will be read: chosen from the list or written.
import { TEXT_GROUPS } from "../texts.ts";
import { byId, h } from "./dom.ts";

const OWN = "own";

export class Prompt {
  private readonly choice = byId<HTMLSelectElement>("choice");
  private readonly area = byId<HTMLTextAreaElement>("text");
  private readonly texts = TEXT_GROUPS.flatMap((group) => group.texts.map(({ text }) => text));

  constructor(private readonly on_change: () => void) {
    let index = 0;
    for (const group of TEXT_GROUPS) {
      const options = group.texts.map(({ aim, text }) =>
        h("option", { value: index++ }, `${aim}: ${shortened(text)}`),
      );
      this.choice.append(h("optgroup", { label: group.name }, ...options));
    }
    this.choice.append(h("option", { value: OWN }, "Your own text"));
    this.choice.addEventListener("change", () => this.onChoice());
    this.area.addEventListener("input", () => this.onInput());
    this.set(this.texts[0] ?? "");
    // Its width decides its height.
    new ResizeObserver(() => this.grow()).observe(this.area);
  }

  get text(): string {
    return this.area.value.trim().replace(/\s+/g, " ");
  }

  set(text: string): void {
    this.area.value = text;
    const known = this.texts.indexOf(text);
    this.choice.value = known >= 0 ? String(known) : OWN;
    this.grow();
  }

  focus(): void {
    this.area.focus();
    this.area.select();
  }

  private onChoice(): void {
    if (this.choice.value === OWN) {
      this.area.value = "";
      this.grow();
      this.area.focus();
    } else {
      this.set(this.texts[Number(this.choice.value)] ?? "");
    }
    this.on_change();
  }

  private onInput(): void {
    const known = this.texts.indexOf(this.area.value.trim());
    this.choice.value = known >= 0 ? String(known) : OWN;
    this.grow();
    this.on_change();
  }

  private grow(): void {
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight}px`;
  }
}

function shortened(text: string): string {
  return text.length > 48 ? `${text.slice(0, 45).trimEnd()}…` : text;
}
