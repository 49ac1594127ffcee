import { html, render } from "./vendor/preact.js";
import { App } from "./views/app.js";

const place = document.getElementById("app");
if (place === null) throw new Error("index.html has no place for the app");
place.replaceChildren();
render(html`<${App} />`, place);
