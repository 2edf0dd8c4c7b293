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

/** What the development server does not have; `higgins serve` answers its own. */
const DESCRIPTION = {
  openapi: "3.1.0",
  info: { title: "Higgins", version: "0" },
  paths: {
    "/v1/assess": {
      post: {
        summary: "Assess a recording",
        responses: { 200: { description: "The report" } },
      },
    },
  },
};

test("the description is shown, and no request leaves the origin", async () => {
  const { page, context, requests, errors } = await browser.open("about:blank");
  if (server.kind !== "higgins serve") {
    await page.route("**/openapi.json", (route) => route.fulfill({ json: DESCRIPTION }));
  }
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
