/**
 * Reads an answer of type text/event-stream (WHATWG HTML, server-sent events) to its end. EventSource would do, but it
 * cannot send a key in a header.
 *
 * @typedef {object} ServerEvent
 * @property {string} type
 * @property {string} data
 * @property {string | undefined} id of this event, where it names one
 */

/**
 * Comments come as events of the type `comment`: they are how a silent server says that it is there.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<ServerEvent>}
 */
export async function* readServerEvents(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() ?? "";
      for (const block of blocks) yield parseBlock(block);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * @param {string} block the lines of one event
 * @returns {ServerEvent}
 */
function parseBlock(block) {
  /** @type {ServerEvent} */
  const event = { type: "message", data: "", id: undefined };
  const data = [];
  let fields = 0;
  for (const line of block.split(/\r?\n/)) {
    const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field !== "") fields += 1;
    if (field === "event") event.type = value;
    if (field === "data") data.push(value);
    if (field === "id") event.id = value;
  }
  return fields === 0 ? { ...event, type: "comment" } : { ...event, data: data.join("\n") };
}
