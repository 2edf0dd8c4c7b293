import assert from "node:assert/strict";
import { File } from "node:buffer";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assessForm, uploadName } from "../../../web/src/api/assess.ts";
import { explain, localProblem, problemOf } from "../../../web/src/api/problem.ts";
import { isReport } from "../../../web/src/report.ts";

test("the form carries text, then audio under a neutral name", async () => {
  const audio = new Blob([Uint8Array.of(1, 2, 3)], {
    type: "audio/webm;codecs=opus",
  });
  const form = assessForm({
    audio,
    text: "naïve “quotes” & = \r\n",
    strictness: 0,
  });
  assert.deepEqual([...form.keys()], ["text", "audio"]);
  const file = form.get("audio") as unknown as File;
  assert.equal(file.name, "recording.webm");
  assert.deepEqual([...new Uint8Array(await file.arrayBuffer())], [1, 2, 3]);
});

test("the multipart body can be read back", async () => {
  const audio = new Blob([Uint8Array.of(0, 13, 10, 45, 45)], {
    type: "audio/wav",
  });
  const sent = new Response(assessForm({ audio, text: "a -- b", strictness: -1 }));
  const type = sent.headers.get("content-type") ?? "";
  assert.match(type, /^multipart\/form-data; boundary=/);
  const read = await new Response(await sent.arrayBuffer(), {
    headers: { "content-type": type },
  }).formData();
  assert.equal(read.get("text"), "a -- b");
  assert.equal(read.get("strictness"), "-1");
  assert.deepEqual(
    [...new Uint8Array(await (read.get("audio") as unknown as File).arrayBuffer())],
    [0, 13, 10, 45, 45],
  );
});

test("a user's file name never leaves the browser", () => {
  const file = new File([Uint8Array.of(1)], "anna-smith-2b.mp3", {
    type: "audio/mpeg",
  }) as unknown as Blob;
  const form = assessForm({ audio: file, text: "x", strictness: 0 });
  assert.equal((form.get("audio") as unknown as File).name, "recording.mp3");
  assert.equal(uploadName(""), "recording.bin");
});

test("problem details become a name, title and detail", () => {
  const body = JSON.stringify({
    type: "urn:higgins:problem:no-speech",
    title: "No speech",
    detail: "silence",
  });
  const expected = {
    name: "no-speech",
    title: "No speech",
    detail: "silence",
    retry_after_s: null,
  };
  assert.deepEqual(problemOf(422, body, null), expected);
});

test("a proxy's own error page is understood by its status", () => {
  assert.equal(problemOf(413, "<html>too large</html>", null).name, "payload-too-large");
  assert.equal(problemOf(502, "", null).name, "internal");
  assert.equal(problemOf(429, "[]", "3").retry_after_s, 3);
  assert.equal(problemOf(429, "null", "Wed, 21 Oct 2026 07:28:00 GMT").retry_after_s, null);
});

test("every problem that the server knows has words of its own", () => {
  const names = [
    "bad-audio",
    "unsupported-audio",
    "audio-too-long",
    "audio-too-short",
    "no-speech",
    "invalid-argument",
    "unauthorised",
    "forbidden",
    "rate-limited",
    "queue-full",
    "deadline-exceeded",
    "payload-too-large",
    "unsupported-media-type",
    "bad-request",
    "draining",
  ];
  const fallback = explain(localProblem("made-up"));
  for (const name of names) {
    const explanation = explain(localProblem(name));
    assert.notEqual(explanation.heading, fallback.heading, name);
    assert.ok(explanation.advice.length > 20, name);
  }
});

test("the report that the schema's own example shows is a report; other JSON is not", () => {
  assert.ok(!isReport(null));
  assert.ok(!isReport({ utterance: {} }));
  const schema = JSON.parse(readFileSync(`${process.env["HIGGINS_ROOT"]}/docs/report.schema.json`, "utf8"));
  // What the check asks for is what the schema promises.
  for (const field of ["utterance", "mispronunciations", "quality", "text"]) {
    assert.ok(schema.required.includes(field), field);
  }
});
