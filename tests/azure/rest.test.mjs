// The REST form for short audio, as curl and the documentation's samples use it.
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { TEXT, near } from "./cases.mjs";
import { KEY, cliReport, noise, silence, startServer, wavOf } from "./server.mjs";

const PATH = "/speech/recognition/conversation/cognitiveservices/v1";

describe("REST, short audio", () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  /// Sends `body` in pieces, after the server's 100 Continue when the headers ask for it.
  function post(body, { parameters, query = "?language=en-US&format=detailed", key = KEY, headers = {} } = {}) {
    const all = { "Content-Type": "audio/wav; codecs=audio/pcm; samplerate=16000", "Transfer-Encoding": "chunked", ...headers };
    if (key) all["Ocp-Apim-Subscription-Key"] = key;
    if (parameters) all["Pronunciation-Assessment"] = Buffer.from(JSON.stringify(parameters)).toString("base64");
    return new Promise((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port: server.port, method: "POST", path: PATH + query, headers: all }, (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode, continued, body: text ? JSON.parse(text) : null });
        });
      });
      let continued = false;
      const send = () => {
        for (let at = 0; at < body.length; at += 8192) call.write(body.subarray(at, at + 8192));
        call.end();
      };
      call.on("error", reject);
      if (all.Expect) {
        call.on("continue", () => {
          continued = true;
          send();
        });
        call.flushHeaders();
      } else {
        send();
      }
    });
  }
  const hundred = { ReferenceText: TEXT, GradingSystem: "HundredMark", Granularity: "Phoneme", Dimension: "Comprehensive" };

  it("chunked, after 100 Continue, gives the scores of the command line", async () => {
    const wav = wavOf("think_slt_good");
    const answer = await post(wav, { parameters: hundred, headers: { Expect: "100-continue" } });
    assert.equal(answer.continued, true);
    assert.equal(answer.status, 200);
    assert.equal(answer.body.RecognitionStatus, "Success");
    const report = cliReport(wav, TEXT);
    const best = answer.body.NBest[0];
    near(best.AccuracyScore, report.utterance.accuracy);
    assert.equal(best.PronunciationAssessment.AccuracyScore, best.AccuracyScore);
    assert.equal(best.Words[7].Syllables.length, 2);
  });

  it("parameters may be strings, in any spelling", async () => {
    const parameters = { referenceText: TEXT, gradingsystem: "hundredmark", EnableMiscue: "True", NBestPhonemeCount: "3", phonemeAlphabet: "IPA" };
    const { body } = await post(wavOf("think_slt_good"), { parameters });
    assert.equal(body.NBest[0].Words[1].Phonemes[0].Phoneme, "θ");
    assert.equal(body.NBest[0].Words[1].Phonemes[0].PronunciationAssessment.NBestPhonemes.length, 3);
    assert.equal("FluencyScore" in body.NBest[0], false, "the dimension is basic by default");
  });

  it("simple is the default format", async () => {
    const { body } = await post(wavOf("think_slt_good"), { parameters: hundred, query: "?language=en-US" });
    assert.deepEqual(Object.keys(body).sort(), ["DisplayText", "Duration", "Offset", "RecognitionStatus"]);
  });

  it("silence and noise are answers, not errors", async () => {
    for (const wav of [silence(2), noise(2)]) {
      const { status, body } = await post(wav, { parameters: hundred });
      assert.equal(status, 200);
      assert.equal(body.RecognitionStatus, "InitialSilenceTimeout");
    }
  });

  it("refuses a wrong key, a missing one, and what it cannot use", async () => {
    assert.equal((await post(silence(1), { parameters: hundred, key: "wrong" })).status, 401);
    assert.equal((await post(silence(1), { parameters: hundred, key: null })).status, 401);
    assert.equal((await post(silence(1), {})).status, 400);
    assert.equal((await post(silence(1), { parameters: { ReferenceText: "" } })).status, 400);
    assert.equal((await post(Buffer.from("this is no audio at all"), { parameters: hundred })).status, 400);
    assert.equal((await post(silence(31), { parameters: hundred })).status, 400);
  });
});
