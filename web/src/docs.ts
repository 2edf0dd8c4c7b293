// The API reference: Scalar's ready bundle, told to ask nobody but this server.
import { loadSettings } from "./store/settings.ts";

declare const Scalar: { createApiReference(target: string, configuration: object): void };

Scalar.createApiReference("#reference", {
  url: new URL("openapi.json", document.baseURI).href,
  theme: "none",
  withDefaultFonts: false, // else they come from the maker's host
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true, // it would open the maker's own program
  showDeveloperTools: "never",
  ...(loadSettings().theme === "auto" ? {} : { forceDarkModeState: loadSettings().theme }),
});
