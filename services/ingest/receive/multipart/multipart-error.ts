/** Why a body is not read to its end: it is no multipart/form-data, or it has more of something than is allowed. */
export type MultipartFault = "malformed" | "over_limits";

/** The body cannot be read. Says nothing of what stands in it. */
export class MultipartError extends Error {
  readonly reason: MultipartFault;

  constructor(reason: MultipartFault) {
    super(`multipart body ${reason}`);
    this.name = "MultipartError";
    this.reason = reason;
  }
}
