// The API reference at /docs: shown from the server's own /openapi.json, and nothing is asked of anybody else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, startServer } from "./harness.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await Browser.launch(null);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("the description is shown, and no request leaves the origin", async () => {
  const { page, context, requests, errors } = await browser.open("about:blank");
  await page.goto(new URL("docs", server.address).href);
  await page.getByText("/v1/assess").first().waitFor();
  await page.waitForTimeout(2000); // late requests, if there were any
  const foreign = requests.filter(
    (url) => !url.startsWith(server.address) && !/^(about|blob|data):/.test(url),
  );
  assert.deepEqual(foreign, []);
  // A request that the page's policy refused never becomes one, but the console says so.
  assert.deepEqual(
    errors.filter((error) => /Content Security Policy/.test(error)),
    [],
  );
  await context.close();
});
