import { buildMail } from "@flowstate/local/doubles/sendgrid.ts";
import { assemblePdf, CATALOG, PAGES } from "@flowstate/local/fixtures/assemble-pdf.ts";

/** The part of a mail's id that makes it another one, as long as every other. */
const MARK = "bench-0000000000000000";

/** A mail that is sent many times: only its id is new each time, so that no copy of its document is made to send it. */
export class MailBody {
  readonly contentType: string;
  readonly #head: Buffer;
  readonly #tail: Buffer;
  readonly #markAt: number;

  /** With one PDF of `documentBytes`, a few hundred more or less, that only a model can read. */
  constructor(recipient: string, documentBytes: number) {
    const { contentType, body } = buildMail({
      from: "billing@supplier.example",
      to: recipient,
      subject: "Invoice",
      messageId: `${MARK}@supplier.example`,
      documents: [{ filename: "invoice.pdf", bytes: scannedPdf(documentBytes) }],
    });
    const bytes = Buffer.from(body);
    const end = bytes.indexOf("\r\n", bytes.indexOf(MARK));
    this.contentType = contentType;
    this.#head = bytes.subarray(0, end);
    this.#tail = bytes.subarray(end);
    this.#markAt = this.#head.indexOf(MARK);
  }

  get length(): number {
    return this.#head.length + this.#tail.length;
  }

  /** The pieces of the mail with this number. */
  pieces(number: number): readonly [Buffer, Buffer] {
    const head = Buffer.from(this.#head);
    head.write(String(number).padStart(MARK.length, "0"), this.#markAt, "latin1");
    return [head, this.#tail];
  }
}

/** A page without text, and a picture of so many bytes that do not compress. */
function scannedPdf(pictureBytes: number): Buffer {
  const picture = Buffer.alloc(pictureBytes);
  // A generator with a known beginning: the same bytes in each run (xorshift32).
  let state = 0x9e3779b9;
  for (let index = 0; index < pictureBytes; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    picture[index] = state;
  }
  return assemblePdf([
    CATALOG,
    PAGES,
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
    { dictionary: "", stream: Buffer.from("q 595 0 0 842 0 0 cm /I Do Q") },
    {
      dictionary: `/Type /XObject /Subtype /Image /Width ${pictureBytes} /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8`,
      stream: picture,
    },
  ]);
}
