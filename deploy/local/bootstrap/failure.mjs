/** A step that cannot be completed. The message is one line and ends with what the user can do about it. */
export class Failure extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "Failure";
  }
}
