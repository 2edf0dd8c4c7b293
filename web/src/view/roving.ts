// A row of buttons as one stop of the Tab key: arrow keys, Home and End move within it, Tab leaves it (the "roving
// tabindex" of the ARIA Authoring Practices). A text of sixty words would else be sixty stops.

export function roving(container: HTMLElement, selector: string): void {
  const items = () => [...container.querySelectorAll<HTMLElement>(selector)];
  const makeCurrent = (current: HTMLElement) => {
    for (const item of items()) item.tabIndex = item === current ? 0 : -1;
  };
  const first = items()[0];
  if (first && !items().some((item) => item.tabIndex === 0 && item.hasAttribute("tabindex")))
    makeCurrent(first);
  container.addEventListener("focusin", (event) => {
    const item = (event.target as HTMLElement).closest<HTMLElement>(selector);
    if (item) makeCurrent(item);
  });
  container.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    const target = to === undefined ? undefined : all[Math.min(all.length - 1, Math.max(0, to))];
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
}

export function setCurrent(container: HTMLElement, selector: string, index: number): void {
  container.querySelectorAll<HTMLElement>(selector).forEach((item, i) => {
    item.tabIndex = i === index ? 0 : -1;
  });
}
