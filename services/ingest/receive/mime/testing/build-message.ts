/** A part to be written out as MIME. What is not said is left out of its header. */
export type Part =
  | {
      readonly kind: "leaf";
      readonly bytes: Buffer;
      readonly type?: string;
      readonly disposition?: string;
      readonly encoding: Encoding;
    }
  | { readonly kind: "multipart"; readonly parts: readonly Part[]; readonly closed: boolean; readonly filler: boolean }
  | { readonly kind: "message"; readonly part: Part; readonly encoding: Encoding };

export type Encoding = "7bit" | "8bit" | "binary" | "x-unknown" | "base64" | "quoted-printable";

/** Gives a number from nought up to, but without, `count`. What a message looks like hangs on these. */
export type Choose = (count: number) => number;

const LINE_ENDS = ["\r\n", "\n"] as const;
const BOUNDARY_CHARACTERS = "0123456789abcXYZ'()+_-./:=?";
/** No letters of base64, no equals sign, no colon. */
const BASE64_GARBAGE = ["", "", "", "\r\n", "\n", " ", "!", "-", "\xe9"] as const;
const CR = 0x0d;

/** Writes a message as one of the many mailers might: every choice that MIME leaves open is made by `choose`. */
export function buildMessage(part: Part, choose: Choose): Buffer {
  return new MessageBuilder(choose).entity(part, ["Subject: a message"]);
}

/** The leaves of a part, in order. */
export function leavesOf(part: Part): readonly (Part & { readonly kind: "leaf" })[] {
  if (part.kind === "leaf") return [part];
  return part.kind === "message" ? leavesOf(part.part) : part.parts.flatMap(leavesOf);
}

class MessageBuilder {
  readonly #choose: Choose;
  #boundaries = 0;

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  entity(part: Part, fields: readonly string[] = []): Buffer {
    switch (part.kind) {
      case "leaf": {
        const { type, disposition, encoding, bytes } = part;
        const own = [
          ...(type === undefined ? [] : [`Content-Type: ${type}; name="=?x?= boundary=b"`]),
          ...(disposition === undefined ? [] : [`Content-Disposition: ${disposition}`]),
          ...this.#encodingField(encoding),
        ];
        return Buffer.concat([this.#header([...fields, ...own]), this.#encoded(bytes, encoding)]);
      }
      case "message": {
        const own = ["Content-Type: message/rfc822", ...this.#encodingField(part.encoding)];
        const message = this.entity(part.part, ["Subject: enclosed", "X-Long: a\r\n b"]);
        return Buffer.concat([this.#header([...fields, ...own]), this.#encodedMessage(message, part.encoding)]);
      }
      case "multipart":
        return this.#multipart(part, fields);
    }
  }

  #multipart({ parts, closed, filler }: Part & { kind: "multipart" }, fields: readonly string[]): Buffer {
    const boundary = this.#boundary();
    const pieces = [this.#header([...fields, `Content-Type: multipart/mixed; ${this.#parameter(boundary)}`])];
    if (filler) pieces.push(this.#text(`--not-${boundary}\n--${boundary}not\nA preamble: is nothing\n`));
    let before: Buffer = Buffer.alloc(0);
    for (const [index, part] of parts.entries()) {
      pieces.push(index === 0 ? before : this.#lineEnd(before), this.#line(`--${boundary}${this.#padding()}`));
      before = this.entity(part);
      pieces.push(before);
    }
    if (closed || parts.length === 0) {
      if (parts.length > 0) pieces.push(this.#lineEnd(before));
      pieces.push(Buffer.from(`--${boundary}--${this.#padding()}`, "latin1"));
      if (filler) pieces.push(this.#text(`\n--${boundary}\nContent-Type: text/plain\n\nan epilogue is nothing`));
    }
    return Buffer.concat(pieces);
  }

  /** Unlike each other, but each the beginning of another one in every second case. */
  #boundary(): string {
    this.#boundaries += 1;
    const length = 1 + this.#choose(30);
    const text = Array.from({ length }, () => BOUNDARY_CHARACTERS[this.#choose(BOUNDARY_CHARACTERS.length)]).join("");
    return this.#choose(2) === 0 ? `${text}.${this.#boundaries}z` : `same.${"x".repeat(this.#boundaries)}`;
  }

  #parameter(boundary: string): string {
    const half = boundary.length >> 1;
    const percent = [...boundary].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join("");
    const ways = [
      `boundary="${boundary}"`,
      `BOUNDARY = "${boundary}"; charset=x`,
      `type="a;b";\r\n\tboundary="${boundary}"`,
      `boundary*0="${boundary.slice(0, half)}";\r\n boundary*1="${boundary.slice(half)}"`,
      `boundary*=us-ascii'en'${percent}`,
      `(a "comment") boundary="${[...boundary].map((sign) => `\\${sign}`).join("")}"`,
      `boundary=${boundary}`,
    ];
    return ways[this.#choose(ways.length)] ?? "";
  }

  #header(fields: readonly string[]): Buffer {
    const lines = fields.map((field) => {
      const colon = field.indexOf(":");
      const name = field.slice(0, colon);
      const cased = [name, name.toLowerCase(), name.toUpperCase()][this.#choose(3)] ?? name;
      const rest = this.#choose(3) === 0 ? field.slice(colon).replaceAll("; ", ";\r\n ") : field.slice(colon);
      return this.#text(`${cased}${rest}\n`);
    });
    return Buffer.concat([...lines, this.#line("")]);
  }

  #encodingField(encoding: Encoding): string[] {
    const field = `Content-Transfer-Encoding: ${encoding}`;
    return [encoding === "7bit" && this.#choose(2) === 0 ? "X-None: 1" : field];
  }

  #encoded(bytes: Buffer, encoding: Encoding): Buffer {
    if (encoding === "base64") return this.#base64(bytes, BASE64_GARBAGE);
    return encoding === "quoted-printable" ? this.#quotedPrintable(bytes) : bytes;
  }

  #encodedMessage(message: Buffer, encoding: Encoding): Buffer {
    return encoding === "base64" ? this.#base64(message, ["", "", "\n"]) : this.#encoded(message, encoding);
  }

  #base64(bytes: Buffer, garbage: readonly string[]): Buffer {
    const encoded = bytes.toString("base64");
    const lineLength = 1 + this.#choose(100);
    const garbled = [...encoded].map((character, at) => {
      const end = at > 0 && at % lineLength === 0 ? LINE_ENDS[this.#choose(2)] : "";
      const junk = character === "=" || this.#choose(8) > 0 ? "" : garbage[this.#choose(garbage.length)];
      return `${end}${junk}${character}`;
    });
    const text = this.#choose(3) === 0 ? garbled.join("").replaceAll("=", "") : garbled.join("");
    const footer = text.endsWith("=") && this.#choose(3) === 0 ? "\r\nThis footer is text\r\nand so is this" : "";
    return Buffer.from(text + footer, "latin1");
  }

  #quotedPrintable(bytes: Buffer): Buffer {
    const encoded = [...bytes].map((byte, at) => {
      const hex = byte.toString(16).padStart(2, "0");
      const isPlain = (byte > 0x20 && byte < 0x7f && byte !== 0x3d) || (byte === 0x20 && at + 1 < bytes.length);
      const text =
        isPlain && this.#choose(10) > 0 ? String.fromCharCode(byte) : `=${this.#choose(2) ? hex : hex.toUpperCase()}`;
      return this.#choose(20) === 0 ? `${text}=${this.#padding()}${LINE_ENDS[this.#choose(2)]}` : text;
    });
    return Buffer.from(encoded.join(""), "latin1");
  }

  #padding(): string {
    return ["", "", "", " ", " \t "][this.#choose(5)] ?? "";
  }

  #line(text: string): Buffer {
    return Buffer.from(`${text}${LINE_ENDS[this.#choose(2)]}`, "latin1");
  }

  #text(text: string): Buffer {
    return Buffer.from(
      text.replace(/\r?\n/g, () => LINE_ENDS[this.#choose(2)] ?? ""),
      "latin1",
    );
  }

  /** After a body that ends in CR, a bare LF would take that CR with it. */
  #lineEnd(body: Buffer): Buffer {
    return body.at(-1) === CR ? Buffer.from("\r\n") : this.#line("");
  }
}
