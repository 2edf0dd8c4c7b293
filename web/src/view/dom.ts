// The little that is needed to make elements; text always goes in as text, so nothing of a report can become markup.

type Attribute = string | number | boolean | undefined | ((event: Event) => void);
type Child = Node | string | null | undefined | false;

/** h("button", {class: "x", onclick: f, hidden: true}, "text"): `on...` listens, true sets an empty attribute. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => Boolean(child)));
  return element;
}

/** An element of index.html; a missing one is a defect of the page. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no element #${id}`);
  return element as T;
}

const SVG = "http://www.w3.org/2000/svg";

// 16 x 16, drawn with the text's colour. The three marks of a level differ in shape, not only in colour.
const ICONS = {
  clear: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z",
  almost: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13zm0 1.8v9.4a4.7 4.7 0 1 0 0-9.4z",
  off: "M3.6 2.2 8 6.6l4.4-4.4 1.4 1.4L9.4 8l4.4 4.4-1.4 1.4L8 9.4l-4.4 4.4-1.4-1.4L6.6 8 2.2 3.6z",
  play: "M4 2.2v11.6L13.6 8z",
  stop: "M3.5 3.5h9v9h-9z",
  record: "M8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10z",
  retry: "M8 2.5a5.5 5.5 0 0 1 4.4 2.2L14 3v4.6H9.4l1.7-1.7A3.7 3.7 0 1 0 11.7 9h1.8A5.5 5.5 0 1 1 8 2.5z",
  remove: "M4.1 3 8 6.9 11.9 3 13 4.1 9.1 8l3.9 3.9-1.1 1.1L8 9.1 4.1 13 3 11.9 6.9 8 3 4.1z",
  note: "M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13zM7.1 7v4.4h1.8V7zm0-2.6V6h1.8V4.4z",
} as const;

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
