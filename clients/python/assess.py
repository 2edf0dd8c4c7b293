#!/usr/bin/env python3
"""usage: assess.py RECORDING TEXT: asks a Higgins server how a text was read. Standard library only."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("HIGGINS_URL", "http://127.0.0.1:8080")
KEY = os.environ.get("HIGGINS_KEY")


def form(fields, files):
    """A multipart/form-data body and its content type."""
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in fields.items():
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, data in files.items():
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'.encode()
        body += data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def assess(recording, text, attempts=5):
    body, content_type = form({"text": text}, {"audio": recording})
    headers = {"Content-Type": content_type}
    if KEY:
        headers["Authorization"] = f"Bearer {KEY}"
    for _ in range(attempts):
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{URL}/v1/assess", body, headers)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            problem = json.load(error)
            if error.code not in (429, 503):
                raise SystemExit(f"{problem['title']}: {problem['detail']}") from None
            time.sleep(float(error.headers.get("Retry-After", 1)))
    raise SystemExit("the server is busy")


def added_line(words, added):
    """Of speech that is not in the text: where it is, and the words that were said once more or what was heard."""
    after = added["after_word"]
    place = "before the first word" if after is None else f'after "{words[after]["word"]}"'
    said = " ".join(added["phones"])
    if added["repeats_begin"] is not None:
        repeated = words[added["repeats_begin"] : added["repeats_end"]]
        said = f'"{" ".join(word["word"] for word in repeated)}" once more'
    return f"said beside the text, {place}: {said}"


def pause_line(words, pause):
    """Of a silence between two words: where it is, and how long."""
    seconds = (pause["end_ms"] - pause["start_ms"]) / 1000
    return f'pause of {seconds:.1f} s after "{words[pause["after_word"]]["word"]}"'


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        report = assess(file.read(), sys.argv[2])
    print(f"total {report['utterance']['total'] * 100:.0f}")
    for warning in report["warnings"]:
        print(f"warning: {warning['message']}")
    for word in report["words"]:
        if word["omission_probability"] >= 0.5:
            print(f"{word['word']}: not heard")
    for added in report["added_speech"]:
        print(added_line(report["words"], added))
    for pause in report["pauses"]:
        if pause["noticed_probability"] >= 0.5:
            print(pause_line(report["words"], pause))
    for error in report["mispronunciations"]:
        print(f"{error['word']}: {error['type']}, expected {error['expected']}, heard {error['actual']}")
        print(f"  {error['suggestion']}")
