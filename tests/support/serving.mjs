// A server that was started with --port 0, and where it says that it is.
import { createInterface } from "node:readline";

const START_TIMEOUT_MS = 180_000; // a busy machine: it takes 2 s on a quiet one

/// The address, "http://127.0.0.1:PORT"; `onLine` is given every line of the child's standard error, also later. Rejects
/// when the child ends, cannot be started, or says nothing in time.
export function addressOf(child, onLine) {
  const lines = [];
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`higgins serve ${what}: ${lines.join("\n")}`));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail("did not say its address");
    }, START_TIMEOUT_MS);
    child.once("error", (error) => fail(error.message));
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      onLine(line);
      lines.push(line);
      const serving = /"event":"serving","url":"([^"]*)"/.exec(line);
      if (!serving) return;
      clearTimeout(timer);
      resolve(serving[1]);
    });
  });
}
