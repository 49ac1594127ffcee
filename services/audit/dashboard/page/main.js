import { html, render } from "./vendor/preact.js";
import { App } from "./views/app.js";

// The list finds its reader's place again: the browser looks for it before the rows are there.
history.scrollRestoration = "manual";
const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no place for the app");
place.replaceChildren();
render(html`<${App} />`, place);
