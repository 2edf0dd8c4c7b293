// The SDK in Node.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import sdk from "microsoft-cognitiveservices-speech-sdk";
import { cases, withDefaults } from "./cases.mjs";
import { recognise } from "./scenario.mjs";
import { KEY, startServer } from "./server.mjs";

describe("the Speech SDK in Node", () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(async () => {
    await server.stop();
    const log = server.log.join("\n");
    assert.equal(log.includes(KEY), false, "the key is not logged");
    assert.equal(log.includes("weather"), false, "the text is not logged");
  });
  for (const [name, test] of Object.entries(cases)) {
    it(name, { timeout: 60000 }, () => test((options) => recognise(sdk, withDefaults(server.port)(options))));
  }
});
