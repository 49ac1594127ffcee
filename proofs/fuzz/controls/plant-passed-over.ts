import pg from "pg";

/** The statement that stores events stores nothing. */
const query = pg.Client.prototype.query;
Object.assign(pg.Client.prototype, {
  query(this: pg.Client, ...given: readonly unknown[]) {
    const [statement, ...rest] = given;
    const { name } = Object(statement);
    if (name !== "insert-events") return Reflect.apply(query, this, given);
    const { text, values } = Object(statement);
    return Reflect.apply(query, this, [{ text: `${text} WHERE false`, values }, ...rest]);
  },
});
