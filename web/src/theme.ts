// Runs before the first paint (a blocking script of its own), so that a chosen theme never flashes the other one.
import { loadSettings } from "./store/settings.ts";

document.documentElement.dataset["theme"] = loadSettings().theme;
