// Errors in plain words. The server answers problem details (RFC 9457) with a stable type
// "urn:higgins:problem:NAME"; what cannot reach it or is not of this form gets a name of its own here.

export interface Problem {
  name: string; // the last part of the type
  title: string; // of the server, "" where it gave none
  detail: string; // the same
  retry_after_s: number | null;
}

/** What the user can do next; the page makes a button of it. */
export type Remedy = "record" | "resend" | "key" | "text" | "none";

export interface Explanation {
  heading: string;
  advice: string;
  remedy: Remedy;
}

const EXPLANATIONS: Record<string, Explanation> = {
  "bad-audio": {
    heading: "The recording could not be read",
    advice: "The file is damaged or is not audio. Record again, or choose another file.",
    remedy: "record",
  },
  "unsupported-audio": {
    heading: "This kind of audio file is not supported",
    advice: "Use wav, mp3, flac, ogg or webm, or record here.",
    remedy: "record",
  },
  "unsupported-media-type": {
    heading: "This kind of audio file is not supported",
    advice: "Use wav, mp3, flac, ogg or webm, or record here.",
    remedy: "record",
  },
  "audio-too-long": {
    heading: "The recording is too long",
    advice: "Read a shorter text, or stop the recording right after the last word.",
    remedy: "record",
  },
  "audio-too-short": {
    heading: "The recording is too short for this text",
    advice: "Read the whole text before you stop the recording.",
    remedy: "record",
  },
  "no-speech": {
    heading: "No speech was heard",
    advice: "Check that the right microphone is chosen and not muted, come closer, and record again.",
    remedy: "record",
  },
  "invalid-argument": {
    heading: "The text could not be used",
    advice: "Write the words that you will read, in English, and try again.",
    remedy: "text",
  },
  "bad-request": {
    heading: "The server did not understand the request",
    advice: "Reload the page and try again; this page may be older than the server.",
    remedy: "resend",
  },
  unauthorised: {
    heading: "This server asks for an API key",
    advice: "Enter the key that you were given in the settings, then send the recording again.",
    remedy: "key",
  },
  forbidden: {
    heading: "This API key may not assess recordings",
    advice: "Ask whoever runs the server for a key with the scope “assess”.",
    remedy: "key",
  },
  "rate-limited": {
    heading: "Too many recordings in a short time",
    advice: "Wait a moment, then send it again. Your recording is kept.",
    remedy: "resend",
  },
  "queue-full": {
    heading: "The server is busy",
    advice: "Wait a moment, then send it again. Your recording is kept.",
    remedy: "resend",
  },
  "deadline-exceeded": {
    heading: "The server took too long",
    advice: "It has much to do right now. Send the recording again; it is kept.",
    remedy: "resend",
  },
  "payload-too-large": {
    heading: "The file is too large",
    advice: "Choose a smaller file, or record here: a recording of this page is small.",
    remedy: "record",
  },
  draining: {
    heading: "The server is restarting",
    advice: "Send the recording again in a few seconds; it is kept.",
    remedy: "resend",
  },
  offline: {
    heading: "The server cannot be reached",
    advice:
      "Check your connection and that the server is running, then send the recording again; it is kept.",
    remedy: "resend",
  },
  "not-a-report": {
    heading: "The answer was not understood",
    advice: "Reload the page and try again; this page may be older than the server.",
    remedy: "resend",
  },
  "microphone-denied": {
    heading: "The microphone is blocked",
    advice:
      "Allow the microphone for this page (the icon beside the address), then record again. A file works too.",
    remedy: "record",
  },
  "microphone-missing": {
    heading: "No microphone was found",
    advice: "Plug one in and record again, or choose a file.",
    remedy: "record",
  },
  "microphone-busy": {
    heading: "The microphone cannot be used",
    advice: "Another program may be using it. Close that program and record again, or choose a file.",
    remedy: "record",
  },
  "microphone-insecure": {
    heading: "The browser allows recording only on secure pages",
    advice: "Open this page by https:// or on localhost. Choosing a file works here too.",
    remedy: "none",
  },
  "recording-empty": {
    heading: "Nothing was recorded",
    advice: "The microphone gave no sound. Check that it is not muted, and record again.",
    remedy: "record",
  },
  "no-text": {
    heading: "There is no text to compare with",
    advice: "Choose a practice text or write what you will read.",
    remedy: "text",
  },
};

const UNKNOWN: Explanation = {
  heading: "Something went wrong",
  advice: "Send the recording again; it is kept. If this goes on, tell whoever runs the server.",
  remedy: "resend",
};

export function explain(problem: Problem): Explanation {
  return EXPLANATIONS[problem.name] ?? UNKNOWN;
}

export function localProblem(name: string, detail = ""): Problem {
  return { name, title: "", detail, retry_after_s: null };
}

const NAME_BY_STATUS: Record<number, string> = {
  400: "bad-request",
  401: "unauthorised",
  403: "forbidden",
  413: "payload-too-large",
  415: "unsupported-media-type",
  429: "rate-limited",
  503: "draining",
  504: "deadline-exceeded",
};

/** From a response that is not 2xx; also from a proxy's own page, whose body is no JSON. */
export function problemOf(status: number, body: string, retry_after: string | null): Problem {
  let fields: { type?: unknown; title?: unknown; detail?: unknown } = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null) fields = parsed;
  } catch {
    // Not of this server; the status has to do.
  }
  const type = typeof fields.type === "string" ? fields.type : "";
  const named = /^urn:higgins:problem:(.+)$/.exec(type)?.[1];
  const seconds = Number(retry_after ?? NaN);
  return {
    name: named ?? NAME_BY_STATUS[status] ?? "internal",
    title: typeof fields.title === "string" ? fields.title : "",
    detail: typeof fields.detail === "string" ? fields.detail : "",
    retry_after_s: Number.isFinite(seconds) && seconds >= 0 ? Math.ceil(seconds) : null,
  };
}

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title || problem.name);
  }
}
