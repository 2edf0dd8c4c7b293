// The pictures of the documents: node tests/web/screenshots.mjs [NAME ...] (needs what the browser tests need).
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Browser, root, startServer, upload } from "./browser/harness.mjs";

const folder = join(root, "docs/figures/web");
const MAX_BYTES = 200 * 1024;

const SHOTS = [
  {
    name: "light",
    options: { viewport: { width: 1280, height: 1180 } },
    recordings: ["think_slt_errors.flac"],
  },
  {
    name: "dark",
    options: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
    recordings: ["think_slt_errors.flac", "think_slt_good.flac"],
    full: true,
  },
  {
    name: "phone",
    options: { viewport: { width: 360, height: 1500 }, isMobile: true, hasTouch: true },
    recordings: ["school_slt_errors.flac"],
    text: "She left her bright red coat at school last week.",
  },
];

mkdirSync(folder, { recursive: true });
const server = await startServer();
const browser = await Browser.launch(null);
try {
  const wanted = process.argv.slice(2); // all of them, or some by name
  for (const { name, options, recordings, text, full } of SHOTS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { page, context } = await browser.open(server.address, options);
    if (text) await page.locator("#text").fill(text);
    for (const recording of recordings) await upload(page, recording);
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1000); // scrolling and fonts have come to rest
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, fullPage: full ?? false });
    const { size } = statSync(path);
    console.log(`${path}: ${size} bytes`);
    if (size > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES} bytes`);
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
