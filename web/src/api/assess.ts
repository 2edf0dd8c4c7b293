// POST v1/assess. XMLHttpRequest and not fetch: only it tells how much of the upload has gone out.
import { isReport, type Report } from "../report.ts";
import { localProblem, problemOf, ProblemError } from "./problem.ts";

export interface AssessRequest {
  audio: Blob;
  text: string;
  strictness: number; // 0 as the pack; +1 flags twice as readily, -1 half
}

/** A server that refuses a large upload closes the connection on it, which looks like a lost network: ask first. */
export const MAX_UPLOAD_BYTES = 25 * 1024 * 1024;

/** `fraction` of the upload, 0-1; from 1 on the server is at work. */
export type OnProgress = (fraction: number) => void;

const EXTENSIONS: Record<string, string> = {
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/wave": "wav",
  "audio/webm": "webm",
  "video/webm": "webm",
  "audio/ogg": "ogg",
  "audio/mpeg": "mp3",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/mp4": "m4a",
  "audio/x-m4a": "m4a",
};

/** The engine goes by the bytes; the name is for people who read a request. It never carries the user's file name. */
export function uploadName(type: string): string {
  const plain = (type.split(";")[0] ?? "").trim().toLowerCase();
  return `recording.${EXTENSIONS[plain] ?? "bin"}`;
}

export function assessForm(request: AssessRequest): FormData {
  const form = new FormData();
  // Text first: a server that reads as it receives then knows what to compare with.
  form.append("text", request.text);
  if (request.strictness !== 0) form.append("strictness", String(request.strictness));
  form.append("audio", request.audio, uploadName(request.audio.type));
  return form;
}

function answerOf(status: number, body: string, retry_after: string | null): Report {
  if (status < 200 || status > 299) throw new ProblemError(problemOf(status, body, retry_after));
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    answer = null;
  }
  if (!isReport(answer)) throw new ProblemError(localProblem("not-a-report"));
  return answer;
}

/** Rejects with ProblemError, or with an AbortError when `signal` fires. */
export function assess(
  request: AssessRequest,
  api_key: string,
  on_progress: OnProgress,
  signal: AbortSignal,
): Promise<Report> {
  if (request.audio.size > MAX_UPLOAD_BYTES) {
    return Promise.reject(new ProblemError(localProblem("payload-too-large")));
  }
  return new Promise((resolve, reject) => {
    const http = new XMLHttpRequest();
    // Relative, so that the page works below a path of a proxy too.
    http.open("POST", new URL("v1/assess", document.baseURI));
    if (api_key) http.setRequestHeader("X-API-Key", api_key);
    http.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) on_progress(event.loaded / event.total);
    };
    http.upload.onload = () => on_progress(1);
    http.onload = () => {
      try {
        resolve(answerOf(http.status, http.responseText, http.getResponseHeader("Retry-After")));
      } catch (error) {
        reject(error);
      }
    };
    http.onerror = () => reject(new ProblemError(localProblem("offline")));
    http.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => http.abort(), { once: true });
    http.send(assessForm(request));
  });
}
