import { ContainedThread, type WithoutAnswer } from "../threads/contained-thread.ts";
import { type ThreadProgram, threadProgram } from "../threads/thread-program.ts";
import { type ThreadAnswer, type ThreadText, threadAnswerSchema, threadTextSchema } from "./document-reading.ts";

/** A thread that opens one document. */
export class ParserThread extends ContainedThread {
  /** What `parser-worker` and all that it imports come to. */
  static program(): Promise<ThreadProgram> {
    return threadProgram(new URL("./parser-worker.ts", import.meta.url));
  }

  /** Opens the document in `content`. Once per thread. Rejects if the code in the thread fails, which is a bug. */
  parse(content: SharedArrayBuffer): Promise<ThreadAnswer | WithoutAnswer> {
    this.post(content);
    return this.answer(threadAnswerSchema);
  }

  /** What the pages of a document say that `parse` opened. Rejects like `parse`. */
  text(): Promise<ThreadText | WithoutAnswer> {
    return this.answer(threadTextSchema);
  }
}
