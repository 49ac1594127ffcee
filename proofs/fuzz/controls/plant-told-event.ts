import { nameInLog } from "./name-in-log.ts";
import { replaceText } from "./replace-text.ts";

/** Each line of a log names the message that was read last. */
let said = "none";
replaceText((text) => {
  said = text;
  return text;
});
nameInLog(() => said);
