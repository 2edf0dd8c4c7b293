// The SDK's bundle in headless Chromium: there the key and the connection's id come in the query.
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { cases, withDefaults } from "./cases.mjs";
import { KEY, startServer } from "./server.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const bundle = "node_modules/microsoft-cognitiveservices-speech-sdk/distrib/browser/microsoft.cognitiveservices.speech.sdk.bundle-min.js";
const files = {
  "/": ["text/html", "<!doctype html><meta charset=utf-8><title>SDK</title><script src=/sdk.js></script>"],
  "/sdk.js": ["text/javascript", readFileSync(join(here, bundle))],
  "/scenario.mjs": ["text/javascript", readFileSync(join(here, "scenario.mjs"))],
};

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

describe("the Speech SDK in Chromium", () => {
  let server, site, browser, page, profile;
  before(async () => {
    site = createServer((request, response) => {
      const file = files[request.url];
      response.writeHead(file ? 200 : 404, { "Content-Type": file ? file[0] : "text/plain" });
      response.end(file ? file[1] : "");
    });
    await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${site.address().port}`;
    server = await startServer(["--cors-origin", origin]);
    profile = mkdtempSync(join(tmpdir(), "higgins-chromium-"));
    browser = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", headless: true, args: flags });
    page = await browser.newPage();
    await page.goto(origin);
  });
  after(async () => {
    await browser?.close();
    site?.close();
    await server?.stop();
    if (profile) rmSync(profile, { recursive: true, force: true });
    assert.equal(server.log.join("\n").includes(KEY), false, "the key is not logged");
  });
  const run = (options) => {
    const filled = withDefaults(server.port)(options);
    return page.evaluate(
      async ({ wav, ...rest }) => {
        const { recognise } = await import("/scenario.mjs");
        const bytes = Uint8Array.from(atob(wav), (c) => c.charCodeAt(0));
        return recognise(window.SpeechSDK, { ...rest, wav: bytes });
      },
      { ...filled, wav: filled.wav.toString("base64") },
    );
  };
  for (const [name, test] of Object.entries(cases)) it(name, { timeout: 60000 }, () => test(run));
});
