import pg from "pg";

/** The statement that notes what is set aside notes nothing. */
const query = pg.Client.prototype.query;
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...given: readonly unknown[]) {
    const [statement, ...rest] = given;
    if (typeof statement !== "string" || !statement.includes("INSERT INTO rejected_events"))
      return Reflect.apply(query, this, given);
    return Reflect.apply(query, this, [statement.replace("ON CONFLICT", "WHERE false ON CONFLICT"), ...rest]);
  },
});
