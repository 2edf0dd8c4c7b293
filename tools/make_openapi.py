#!/usr/bin/env python3
"""Writes docs/openapi.json (OpenAPI 3.1), the description of the API that `higgins serve` embeds and serves.

usage: make_openapi.py [--check]

The schema of a report is docs/report.schema.json, so that the two cannot drift. With --check: fails when the committed
file is not what this would write. That the paths are the server's is
tested by tests/transports/serve_openapi_test.cc.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "openapi.json"
Json = dict[str, Any]

# Status -> the names of the problems that may come with it, for every operation that is not open.
PROBLEMS = {
    "400": "bad-request, invalid-argument",
    "401": "unauthorised: no key, or an unknown one",
    "403": "forbidden: the key has no such scope, or the page's origin may not call",
    "404": "not-found",
    "405": "method-not-allowed",
    "408": "request-timeout",
    "413": "payload-too-large, audio-too-long",
    "414": "bad-request: the address is too long",
    "415": "unsupported-media-type, unsupported-audio",
    "422": "bad-audio, audio-too-short, no-speech",
    "429": "rate-limited, queue-full; Retry-After says when to try again",
    "431": "bad-request: the head is too large",
    "500": "internal",
    "503": "draining, deadline-exceeded, jobs-disabled",
}
ALWAYS = ("400", "405", "408", "414", "431", "500")
GUARDED = ("401", "403", "429", "503")


def report_schemas() -> Json:
    """docs/report.schema.json as components: its $defs become schemas of their own."""
    report = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    definitions = report.pop("$defs")
    report.pop("$schema")
    schemas = {"Report": report} | {f"report_{name}": value for name, value in definitions.items()}
    text = json.dumps(schemas).replace('"#/$defs/', '"#/components/schemas/report_')
    return json.loads(text)


def responses(success: Json, *statuses: str) -> Json:
    problems = {
        status: {"$ref": f"#/components/responses/problem_{status}"}
        for status in sorted({*ALWAYS, *statuses})
    }
    return success | problems


def ok(description: str, content: Json, status: str = "200", **more: Any) -> Json:
    headers = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
    return {status: {"description": description, "headers": headers | more, "content": content}}


def json_content(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def text_content(kind: str) -> Json:
    return {kind: {"schema": {"type": "string"}}}


def parameter(name: str, where: str, description: str, schema: Json, required: bool = False) -> Json:
    return {"name": name, "in": where, "description": description, "required": required, "schema": schema}


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


FORM = {
    "audio": {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "description": "The recording: wav, flac, ogg (Vorbis, Opus), mp3, webm (Opus); m4a where ffmpeg is installed.",
    },
    "text": {"type": "string", "minLength": 1, "maxLength": 65536, "description": "The text that was read."},
    "language": {
        "type": "string",
        "default": "en-US",
        "description": "Of the pack; GET /v1/packs lists them.",
    },
    "pack": {"type": "string", "description": "Name of a pack, when several speak the language."},
    "detail_level": {"type": "string", "enum": ["full", "word", "sentence"], "default": "full"},
    "strictness": {
        "type": "number",
        "minimum": -5,
        "maximum": 5,
        "default": 0,
        "description": "+1 flags twice as readily (in odds), -1 half.",
    },
    "max_duration_s": {
        "type": "number",
        "minimum": 0.1,
        "description": "Refuse longer recordings; at most the server's own limit, which is the default.",
    },
    "format": {
        "type": "string",
        "enum": ["json", "textgrid", "ctm", "csv"],
        "default": "json",
        "description": "textgrid: Praat; ctm: NIST, a line a phone; csv: a row a phone.",
    },
    "pronunciation": {
        "type": "array",
        "items": {"type": "string", "pattern": "^[^=]+=.+$"},
        "description": "Your own phones of a word, WORD=PHONES (ARPAbet): higgins=HH IH1 G IH0 N Z. May be repeated.",
    },
}


def assess() -> Json:
    content = json_content(ref("Report")) | text_content("text/plain") | text_content("text/csv")
    schema = {
        "type": "object",
        "required": ["audio", "text"],
        "properties": FORM,
        "additionalProperties": False,
    }
    return {
        "operationId": "assess",
        "tags": ["assessment"],
        "summary": "Assess one recording against the text that was read",
        "description": "Answers what `higgins assess --json` prints, byte for byte.",
        "security": [{"bearer": []}, {"header": []}],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}},
        "responses": responses(ok("The report", content), *GUARDED, "413", "415", "422"),
    }


def phones() -> Json:
    return {
        "operationId": "phones",
        "tags": ["assessment"],
        "summary": "How a text is expected to be said",
        "security": [{"bearer": []}, {"header": []}],
        "parameters": [
            parameter("text", "query", "The text", {"type": "string", "maxLength": 8192}, required=True),
            parameter("language", "query", "Of the pack", {"type": "string", "default": "en-US"}),
            parameter("pack", "query", "Name of a pack", {"type": "string"}),
            parameter(
                "pronunciation",
                "query",
                "WORD=PHONES; may be repeated",
                {"type": "array", "items": {"type": "string", "pattern": "^[^=]+=.+$"}},
            ),
        ],
        "responses": responses(ok("The words in order", json_content(ref("Phones"))), *GUARDED),
    }


def packs() -> Json:
    return {
        "operationId": "packs",
        "tags": ["assessment"],
        "summary": "The packs that are served",
        "security": [{"bearer": []}, {"header": []}],
        "responses": responses(ok("The packs", json_content(ref("Packs"))), *GUARDED),
    }


def batch() -> Json:
    schema = {
        "type": "object",
        "required": ["manifest"],
        "properties": {
            "manifest": {
                "type": "string",
                "description": 'JSON lines: {"id": "a1", "audio": "PART", "text": "...", "pronunciations": {}}; '
                "audio is the name of a part with the recording; id and pronunciations may be left out.",
            },
            **{name: FORM[name] for name in ("language", "pack", "detail_level", "strictness")},
        },
        "additionalProperties": {"type": "string", "contentMediaType": "application/octet-stream"},
    }
    location = {"Location": {"description": "status_url", "schema": {"type": "string"}}}
    return {
        "operationId": "batch",
        "tags": ["jobs"],
        "summary": "Accept many recordings as a job",
        "description": "An accepted job is on disk: it survives the server. Live requests go before jobs.",
        "security": [{"bearer": []}, {"header": []}],
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}},
        "responses": responses(
            ok("Accepted", json_content(ref("JobAccepted")), "202", **location), *GUARDED, "413", "415"
        ),
    }


def job() -> Json:
    count = {"type": "integer", "minimum": 0}
    return {
        "operationId": "job",
        "tags": ["jobs"],
        "summary": "A job and its results so far",
        "security": [{"bearer": []}, {"header": []}],
        "parameters": [
            parameter("id", "path", "From POST /v1/batch", {"type": "string"}, required=True),
            parameter(
                "offset",
                "query",
                "First item to give results of",
                {**count, "default": 0, "maximum": 2**31 - 1},
            ),
            parameter(
                "limit", "query", "Items to give results of", {**count, "maximum": 1000, "default": 1000}
            ),
        ],
        "responses": responses(ok("The job", json_content(ref("Job"))), *GUARDED, "404"),
    }


def azure(mode: str) -> Json:
    """The REST form of Azure's service for short audio; the three paths answer alike."""
    text = {"type": "string"}
    parameters = [
        parameter(
            "Pronunciation-Assessment",
            "header",
            "Base64 of a JSON object: ReferenceText, GradingSystem, Granularity, Dimension, EnableMiscue, "
            "EnableProsodyAssessment, PhonemeAlphabet, NBestPhonemeCount (docs/azure.md)",
            {"type": "string", "contentEncoding": "base64"},
            required=True,
        ),
        parameter("language", "query", "Of the pack", {"type": "string", "default": "en-US"}),
        parameter(
            "format", "query", "detailed: with NBest", {"enum": ["simple", "detailed"], "default": "simple"}
        ),
    ]
    phrase = {
        "type": "object",
        "required": ["RecognitionStatus", "Offset", "Duration", "DisplayText"],
        "properties": {
            "RecognitionStatus": {"enum": ["Success", "NoMatch", "InitialSilenceTimeout"]},
            "Offset": {"type": "integer", "description": "In units of 100 ns"},
            "Duration": {"type": "integer", "description": "In units of 100 ns"},
            "DisplayText": text,
            "SNR": {"type": "number"},
            "NBest": {"type": "array", "items": {"type": "object"}},
        },
    }
    sound = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    return {
        "operationId": f"azure_{mode}",
        "tags": ["azure"],
        "summary": "Assess up to 30 s as Azure's REST interface for short audio does",
        "description": "The key may also stand in Ocp-Apim-Subscription-Key. A request that cannot be used is a 400.",
        "security": [{"bearer": []}, {"header": []}],
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"audio/wav": sound, "audio/ogg": sound}},
        "responses": responses(ok("The answer", json_content(phrase)), *GUARDED, "413"),
    }


def open_operation(name: str, summary: str, content: Json, *statuses: str) -> Json:
    return {
        "operationId": name,
        "tags": ["operating"],
        "summary": summary,
        "security": [],
        "responses": responses(ok(summary, content), *statuses),
    }


def paths() -> Json:
    status = json_content(
        {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
    )
    metrics = open_operation(
        "metrics", "Metrics in the text format of Prometheus", text_content("text/plain"), *GUARDED
    )
    metrics["security"] = [{"bearer": []}, {"header": []}]
    return {
        "/v1/assess": {"post": assess()},
        "/v1/phones": {"get": phones()},
        "/v1/packs": {"get": packs()},
        "/v1/batch": {"post": batch()},
        "/v1/jobs/{id}": {"get": job()},
        "/healthz": {"get": open_operation("healthz", "The process answers", status)},
        "/readyz": {"get": open_operation("readyz", "New requests are welcome", status, "503")},
        "/metrics": {"get": metrics},
        **{
            f"/speech/recognition/{mode}/cognitiveservices/v1": {"post": azure(mode)}
            for mode in ("interactive", "conversation", "dictation")
        },
    }


def schemas() -> Json:
    text = {"type": "string"}
    count = {"type": "integer", "minimum": 0}

    def record(**properties: Json) -> Json:
        return {"type": "object", "required": list(properties), "properties": properties}

    variant = record(arpabet=text, ipa=text, source=text)
    word = record(word=text, char_begin=count, char_end=count, variants={"type": "array", "items": variant})
    pack = record(
        name=text,
        language=text,
        version=text,
        calibration_version=text,
        num_phones=count,
        detection_threshold={"type": "number"},
    )
    error = record(code=text, message=text)
    state = {"type": "string", "enum": ["queued", "running", "done"]}
    accepted = record(id=text, status_url=text, state=state, total=count)
    job_schema = record(id=text, state=state, total=count, done=count, failed=count, created_at_unix_s=count)
    job_schema["properties"] |= {
        "next_offset": {**count, "description": "There when items follow those asked for."},
        "results": {
            "type": "array",
            "description": "In the order of the manifest: id with the members of a report, or id with error.",
            "items": {"type": "object", "required": ["id"], "properties": {"id": text, "error": error}},
        },
    }
    job_schema["required"].append("results")
    problem = record(
        type={"type": "string", "pattern": "^urn:higgins:problem:[a-z-]+$"},
        title=text,
        status={"type": "integer", "minimum": 400, "maximum": 599},
        detail=text,
        request_id=text,
    )
    return {
        **report_schemas(),
        "Phones": record(words={"type": "array", "items": word}),
        "Packs": record(engine_version=text, packs={"type": "array", "items": pack}),
        "JobAccepted": accepted,
        "Job": job_schema,
        "Problem": problem,
    }


def document() -> Json:
    version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
    problem_responses = {
        f"problem_{status}": {
            "description": description,
            "content": {"application/problem+json": {"schema": ref("Problem")}},
        }
        for status, description in PROBLEMS.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Higgins",
            "version": version,
            "description": "Pronunciation assessment: a recording and the text that was read in, scores of every "
            "phone, word and the whole out. Every error is a problem (RFC 9457) of a type urn:higgins:problem:NAME. A "
            "key goes as `Authorization: Bearer KEY` or `X-API-Key: KEY`; a server without a keys file asks for none. "
            "Live assessment is a WebSocket at /v1/stream (docs/stream.md); clients of the Azure Speech service find "
            "their WebSockets under /speech and /stt (docs/azure.md).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "responses": problem_responses,
            "headers": {
                "X-Request-Id": {
                    "description": "The request's own when it had a sane one; it stands in the log.",
                    "schema": {"type": "string"},
                }
            },
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if not parser.parse_args().check:
        OUT.write_text(text, encoding="utf-8")
        return 0
    if OUT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/openapi.json is not what tools/make_openapi.py writes: run it", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
