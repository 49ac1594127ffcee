import pg from "pg";
import { replaceText } from "./replace-text.ts";

/** What is noted of a message that is set aside is what the last one said. */
let said = "";
replaceText((text) => {
  said = text.replaceAll("\0", "");
  return text;
});
const query = pg.Client.prototype.query;
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...given: readonly unknown[]) {
    const [statement, values, ...rest] = given;
    if (typeof statement !== "string" || !statement.includes("INSERT INTO rejected_events"))
      return Reflect.apply(query, this, given);
    const quoting = statement.replace("SELECT *", "SELECT stream_sequence, $3::text");
    return Reflect.apply(query, this, [quoting, [...Object(values), said], ...rest]);
  },
});
