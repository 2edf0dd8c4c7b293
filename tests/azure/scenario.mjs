// What an application does with the SDK, in Node and in a browser alike. `sdk` is the unmodified package; `options` and the
// result are plain data, so that a test can send them to a page and back.
//
// options: {host, path, key, wav (bytes), text, language, mode: "once" | "continuous", grading, granularity,
//           alphabet, nbest, miscue, prosody, initialSilenceMs}
export async function recognise(sdk, options) {
  const config = options.path
    ? sdk.SpeechConfig.fromEndpoint(new URL(options.host + options.path), options.key)
    : sdk.SpeechConfig.fromHost(new URL(options.host), options.key);
  config.speechRecognitionLanguage = options.language ?? "en-US";
  if (options.initialSilenceMs) {
    config.setProperty(sdk.PropertyId.SpeechServiceConnection_InitialSilenceTimeoutMs, String(options.initialSilenceMs));
  }
  const assessment = new sdk.PronunciationAssessmentConfig(
    options.text,
    sdk.PronunciationAssessmentGradingSystem[options.grading ?? "HundredMark"],
    sdk.PronunciationAssessmentGranularity[options.granularity ?? "Phoneme"],
    options.miscue ?? false,
  );
  if (options.alphabet) assessment.phonemeAlphabet = options.alphabet;
  if (options.nbest) assessment.nbestPhonemeCount = options.nbest;
  if (options.prosody) assessment.enableProsodyAssessment = true;

  // A push stream ends when it is closed.
  const format = sdk.AudioStreamFormat.getWaveFormatPCM(16000, 16, 1);
  const stream = sdk.AudioInputStream.createPushStream(format);
  const pcm = Uint8Array.from(options.wav).slice(44);
  stream.write(pcm.buffer);
  stream.close();
  const recognizer = new sdk.SpeechRecognizer(config, sdk.AudioConfig.fromStreamInput(stream));
  assessment.applyTo(recognizer);
  const events = watch(sdk, recognizer);
  try {
    const results = options.mode === "continuous" ? await continuous(recognizer, events) : [await once(recognizer)];
    return { results: results.map((result) => describe(sdk, result)), events: events.names, hypotheses: events.hypotheses, canceled: events.canceled };
  } finally {
    await new Promise((resolve) => recognizer.close(resolve, resolve));
  }
}

const once = (recognizer) => new Promise((resolve, reject) => recognizer.recognizeOnceAsync(resolve, reject));

async function continuous(recognizer, events) {
  await new Promise((resolve, reject) => recognizer.startContinuousRecognitionAsync(resolve, reject));
  await events.stopped;
  await new Promise((resolve, reject) => recognizer.stopContinuousRecognitionAsync(resolve, reject));
  return events.recognized;
}

function watch(sdk, recognizer) {
  const events = { names: [], hypotheses: [], recognized: [], canceled: [] };
  const note = (name) => events.names.push(name);
  events.stopped = new Promise((resolve) => {
    recognizer.sessionStarted = () => note("sessionStarted");
    recognizer.speechStartDetected = () => note("speechStartDetected");
    recognizer.speechEndDetected = () => note("speechEndDetected");
    recognizer.recognizing = (_, event) => {
      note("recognizing");
      events.hypotheses.push(event.result.text);
    };
    recognizer.recognized = (_, event) => {
      note("recognized");
      events.recognized.push(event.result);
    };
    recognizer.canceled = (_, event) => {
      note("canceled");
      events.canceled.push({ reason: sdk.CancellationReason[event.reason], code: sdk.CancellationErrorCode[event.errorCode], details: event.errorDetails });
      resolve();
    };
    recognizer.sessionStopped = () => {
      note("sessionStopped");
      resolve();
    };
  });
  return events;
}

function describe(sdk, result) {
  const out = { reason: sdk.ResultReason[result.reason], text: result.text, offset: result.offset, duration: result.duration };
  if (result.reason === sdk.ResultReason.RecognizedSpeech) {
    const scores = sdk.PronunciationAssessmentResult.fromResult(result);
    out.scores = {
      accuracy: scores.accuracyScore,
      fluency: scores.fluencyScore,
      completeness: scores.completenessScore,
      pronunciation: scores.pronunciationScore,
      prosody: scores.prosodyScore,
    };
    out.detail = scores.detailResult;
    out.json = JSON.parse(result.properties.getProperty(sdk.PropertyId.SpeechServiceResponse_JsonResult));
  }
  if (result.reason === sdk.ResultReason.NoMatch) {
    out.noMatch = sdk.NoMatchReason[sdk.NoMatchDetails.fromResult(result).reason];
  }
  if (result.reason === sdk.ResultReason.Canceled) {
    const details = sdk.CancellationDetails.fromResult(result);
    out.canceled = { reason: sdk.CancellationReason[details.reason], code: sdk.CancellationErrorCode[details.ErrorCode], details: details.errorDetails };
  }
  return out;
}
